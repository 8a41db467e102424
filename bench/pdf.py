"""What a PDF costs, warm, beside headless Chromium printing the same HTML: `python -m bench.pdf DOCUMENT.json`.

The document is a scorecard's (`editions.document`, or what `tallymark.scorecards.codec.to_json` gives). CPU seconds are
those of the process that draws and of whoever asked, medians of several runs; the renderer is loaded before.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tallymark.i18n import catalogue
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.render import ordering, render_pdf
from tallymark.scorecards.render.child import STYLES
from tallymark.scorecards.render.sheet import sheet_of
from tallymark.scorecards.render.view import Caps, render_template

RUNS = 7


def ours(document: Document) -> tuple[float, float, int, int, int]:
    """CPU seconds and seconds of the wall clock, bytes with and without attachments, pages."""
    ordering.keep_warm()
    render_pdf(document)
    cpu, wall = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        done = render_pdf(document)
        cpu.append(time.process_time() - used + done.cpu_seconds)
        wall.append(time.perf_counter() - began)
    bare = render_pdf(document, attach=False)
    ordering.let_cool()
    return median(cpu), median(wall), len(done.pdf), len(bare.pdf), done.pages


def chromium(document: Document) -> tuple[float, float, int] | None:
    """The same for headless Chromium, all its processes; None where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        return None
    html = render_template("pdf.html", document, texts=catalogue(document.locale), caps=Caps(), logo=None)
    styles = f"<style>{STYLES.read_text(encoding='utf-8')}\n{sheet_of(document)}</style></head>"
    cpu, wall, size = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "page.html", Path(folder) / "out.pdf"
        page.write_text(html.replace("</head>", styles), encoding="utf-8")
        for _ in range(RUNS):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.perf_counter()
            subprocess.run(
                [program, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                 "--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri()],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall.append(time.perf_counter() - began)
            cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        size = out.stat().st_size
    return median(cpu), median(wall), size


def main() -> int:
    """Measure and print."""
    document = from_json(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    cpu, wall, size, bare, pages = ours(document)
    print(f"{pages} pages, medians of {RUNS}")
    print(
        f"Tallymark, warm   {cpu:5.2f} s CPU  {wall:5.2f} s  {size / 1000:7.1f} kB, {bare / 1000:.1f} kB without attachments"
    )
    found = chromium(document)
    if found is None:
        print("HEADLESS CHROMIUM IS NOT INSTALLED: nothing to compare with (apt-get install chromium)")
    else:
        cpu, wall, size = found
        print(f"headless Chromium {cpu:5.2f} s CPU  {wall:5.2f} s  {size / 1000:7.1f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
