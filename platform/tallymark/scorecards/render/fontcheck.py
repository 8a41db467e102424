"""Sets one line in each script and prints the families that were really used, one a line. Run as a process."""

import re
import sys

_LINES = (("Inter", "Xin chào, 1.28M ₫"), ("Vazirmatn", "سلام ۱۲۳"), ("Noto Sans TC", "業績報表"))
_FONT_NAME = re.compile(rb"/BaseFont /(?:[A-Z]{6}\+)?([A-Za-z-]+)")


def main() -> int:
    """Draw and print; without fonts this process ends by a signal, which is the caller's answer."""
    from weasyprint import HTML

    body = "".join(f"<p style=\"font-family:'{family}'\">{text}</p>" for family, text in _LINES)
    pdf = HTML(string=body).write_pdf(uncompressed_pdf=True)
    names = sorted({match.decode() for match in _FONT_NAME.findall(pdf)})
    sys.stdout.write("\n".join(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
