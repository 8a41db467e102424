"""The limited process that draws a PDF: an order in JSON on standard input, a line of facts and the PDF on output."""

import base64
import gc
import json
import logging
import resource
import sys
import time
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from tallymark.i18n import catalogue
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.figures import figures_csv
from tallymark.scorecards.render.view import Caps, render_template

STYLES = Path(__file__).parent / "static" / "pdf.css"
_MAX_WARNINGS = 50
_TO_SAY_SO = 32_000_000
"""Bytes kept back, so that a process without memory can still say that it has none."""


class TooManyPages(ValueError):
    """The layout came out longer than any scorecard."""


class _Collector(logging.Handler):
    """Keeps the text library's and WeasyPrint's warnings, each once."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.lines) < _MAX_WARNINGS:
            self.lines[record.getMessage()[:300]] = None


def limit(memory: int, cpu_seconds: int) -> None:
    """Bind this process for good: no more memory or processor time, no core dump, no files written."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory + _TO_SAY_SO))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def draw(
    document: Document, assets: dict[str, tuple[str, bytes]], max_pages: int
) -> tuple[bytes, int, list[str]]:
    """The PDF, its number of pages and the warnings."""
    from weasyprint import CSS, HTML, Attachment

    from tallymark.scorecards.render.fetcher import SCHEME, MemoryFetcher

    notes = _Collector()
    logger = logging.getLogger("weasyprint")
    logger.handlers[:] = [notes]
    logger.setLevel(logging.WARNING)
    fetcher = MemoryFetcher(assets)
    logo = SCHEME + document.cover.logo if document.cover.logo in assets else None
    html = render_template("pdf.html", document, texts=catalogue(document.locale), caps=Caps(), logo=logo)
    styles = CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=fetcher)
    gc.disable()  # layout makes millions of objects that live to the end anyway
    pages = HTML(string=html, url_fetcher=fetcher).render(
        stylesheets=[styles], pdf_variant="pdf/a-3a", pdf_tags=True, output_intent="srgb"
    )
    if len(pages.pages) > max_pages:
        raise TooManyPages(
            f"The scorecard has {len(pages.pages)} pages, {max_pages} are drawn; show fewer rows."
        )
    made = datetime.fromisoformat(document.created).astimezone(UTC)
    numbers = Attachment(
        file_obj=BytesIO(b"\xef\xbb\xbf" + figures_csv(document).encode()),
        name="figures.csv",
        description="All figures of this scorecard",
        relationship="Data",
        created=made,
        modified=made,
        url_fetcher=fetcher,
    )
    pdf: bytes = pages.write_pdf(
        attachments=[numbers],
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
        output_intent="srgb",
        finisher=_once_each,
    )
    return pdf, len(pages.pages), [*notes.lines, *(f"Refused: {address}" for address in fetcher.refused)]


def _once_each(_document: Any, pdf: Any) -> None:
    """WeasyPrint lists each attached file twice among the associated files; list it once."""
    files = pdf.catalog.get("AF")
    if files:
        unique = list(dict.fromkeys(files))
        files.clear()
        files.extend(unique)


def answer(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Facts and PDF for an order; a failure is a fact with an error's name and message."""
    assets = {
        name: (asset["kind"], base64.b64decode(asset["content"])) for name, asset in order["assets"].items()
    }
    try:
        pdf, pages, warnings = draw(from_json(order["document"]), assets, order["limits"]["pages"])
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (resource.getrlimit(resource.RLIMIT_AS)[1],) * 2)
        return {
            "error": "RenderOutOfMemory",
            "message": "Rendering needed too much memory; show fewer rows.",
        }, b""
    except TooManyPages as error:
        return {"error": "DocumentTooLarge", "message": str(error)}, b""
    return {"pages": pages, "cpu_seconds": round(time.process_time(), 3), "warnings": warnings}, pdf


def main() -> int:
    """Read the order, draw, answer."""
    order = json.load(sys.stdin.buffer)
    limit(order["limits"]["memory"], order["limits"]["cpu_seconds"])
    facts, pdf = answer(order)
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + pdf)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
