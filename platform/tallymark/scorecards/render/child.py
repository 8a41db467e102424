"""What the drawing process does: loaded once, then in a fork for each order: bound, and drawn to the answer."""

from __future__ import annotations

import base64
import gc
import json
import logging
import os
import resource
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import jinja2.debug
import weasyprint.pdf
from weasyprint import CSS, HTML, Attachment
from weasyprint.pdf.anchors import MIMETYPES
from weasyprint.text.fonts import FontConfiguration

from tallymark.i18n import catalogue
from tallymark.sandbox import policy, seccomp
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.exports import csv_file, workbook
from tallymark.scorecards.exports.references import RowRefs, read_references
from tallymark.scorecards.exports.xlsx import XLSX
from tallymark.scorecards.render.fetcher import SCHEME, MemoryFetcher
from tallymark.scorecards.render.sheet import sheet_of
from tallymark.scorecards.render.view import Caps, render_template
from tallymark.scorecards.render.warming import FACES, LOCALES, pictures, sample

STYLES = Path(__file__).parent / "static" / "pdf.css"
_MAX_WARNINGS = 50
_LONGEST_ANSWER = 100_000_000
"""Bytes. A PDF of a scorecard has a few hundred thousand."""
_PDF = {"pdf_variant": "pdf/a-3a", "pdf_tags": True, "output_intent": "srgb"}
_VERDICTS = {
    "RenderOutOfMemory": "Rendering needed too much memory; show fewer rows.",
    "RenderCrashed": "The scorecard is nested too deeply to be drawn; show fewer rows and shorter texts.",
}

_loaded: dict[str, Any] = {
    "errors": jinja2.debug
}  # loaded by an error in a template, when nothing can be any more
_kept_back: list[bytearray] = []
"""So that a process without memory can still say that it has none."""


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


class _Held(dict[str, bytes]):
    """Files of a package, held in memory: as much of a folder as the PDF's writer asks for."""

    def __truediv__(self, name: str) -> _HeldFile:
        return _HeldFile(self[name])


class _HeldFile:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, _mode: str) -> BytesIO:
        return BytesIO(self._content)


def prepare() -> None:
    """Load all that drawing needs, files and modules: a drawing process opens none.

    Every typeface is used once, and a small scorecard drawn in each language.
    """
    fetcher = MemoryFetcher({})
    profile = "sRGB2014.icc"  # opened anew for every PDF otherwise
    held = _Held({profile: (files("weasyprint.pdf") / profile).read_bytes()})
    weasyprint.pdf.files = lambda _package: held
    MIMETYPES.add_type(XLSX, ".xlsx")  # else the machine's own list is read, and names it or not
    _loaded["fonts"] = fonts = FontConfiguration()
    _loaded["styles"] = CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=fetcher, font_config=fonts)
    shown = "".join(f'<img src="{SCHEME}{name}" alt="">' for name in pictures())
    HTML(string=FACES + shown, url_fetcher=MemoryFetcher(pictures())).write_pdf(font_config=fonts, **_PDF)
    for locale in LOCALES:
        draw(sample(locale), {}, 10)
    gc.enable()


def work(asked: int, answer: int) -> None:
    """Draw the order in one descriptor, and write a line of facts and the PDF to the other."""
    with os.fdopen(asked, "rb") as file:
        order = json.load(file)
    if (locale := str(order["document"]["locale"])) not in LOCALES:
        draw(sample(locale), {}, 10)
    confine(order["limits"]["memory"], order["limits"]["cpu_seconds"])
    facts, pdf = answered(order)
    with os.fdopen(answer, "wb") as file:
        file.write(json.dumps(facts).encode() + b"\n" + pdf)


def confine(memory: int, cpu_seconds: int) -> None:
    """Bind this process for good: memory in bytes, processor time, nothing opened, started or reached any more."""
    _kept_back.append(bytearray(8_000_000))
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _LONGEST_ANSWER),
        (resource.RLIMIT_NOFILE, 0),  # holds also where the kernel has no filters
        (resource.RLIMIT_AS, memory),
    ):
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 2))
    os.getcwd = lambda: (
        "/"
    )  # writing a picture asks for it, though it has no file; the kernel isn't to be asked
    if seccomp.why_unavailable() is None:
        policy.while_running()


def answered(order: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Facts and PDF for an order; a failure is a fact with an error's name and message."""
    assets = {
        name: (asset["kind"], base64.b64decode(asset["content"])) for name, asset in order["assets"].items()
    }
    verdict, message = "DocumentTooLarge", ""
    try:
        pdf, pages, warnings = draw(
            from_json(order["document"]),
            assets,
            order["limits"]["pages"],
            rows=read_references(order["rows"]),
            attach=order["attach"],
        )
    except MemoryError:
        verdict = "RenderOutOfMemory"
    except RecursionError:
        verdict = "RenderCrashed"
    except TooManyPages as error:
        message = str(error)
    else:
        return {"pages": pages, "warnings": warnings}, pdf
    _kept_back.clear()
    return {"error": verdict, "message": message or _VERDICTS[verdict]}, b""


def draw(
    document: Document,
    assets: dict[str, tuple[str, bytes]],
    max_pages: int,
    *,
    rows: dict[str, RowRefs] | None = None,
    attach: bool = True,
) -> tuple[bytes, int, list[str]]:
    """The PDF, its number of pages and the warnings."""
    notes = _Collector()
    logger = logging.getLogger("weasyprint")
    logger.handlers[:] = [notes]
    logger.setLevel(logging.WARNING)
    fetcher, fonts = MemoryFetcher(assets), _loaded["fonts"]
    logo = SCHEME + document.cover.logo if document.cover.logo in assets else None
    html = render_template("pdf.html", document, texts=catalogue(document.locale), caps=Caps(), logo=logo)
    own = CSS(string=sheet_of(document), url_fetcher=fetcher, font_config=fonts)
    gc.disable()  # layout makes millions of objects that live to the end anyway
    pages = HTML(string=html, url_fetcher=fetcher).render(
        stylesheets=[_loaded["styles"], own], font_config=fonts, **_PDF
    )
    if len(pages.pages) > max_pages:
        raise TooManyPages(
            f"The scorecard has {len(pages.pages)} pages, {max_pages} are drawn; show fewer rows."
        )
    attached = _attachments(document, rows or {}, fetcher) if attach else []
    pdf: bytes = pages.write_pdf(attachments=attached, finisher=_once_each, **_PDF)
    return pdf, len(pages.pages), [*notes.lines, *(f"Refused: {address}" for address in fetcher.refused)]


def _attachments(document: Document, rows: dict[str, RowRefs], fetcher: MemoryFetcher) -> list[Attachment]:
    """The numbers as a table for programs, and as a workbook for people."""
    texts = catalogue(document.locale)
    made = datetime.fromisoformat(document.created).astimezone(UTC)
    described = texts.gettext("All figures of this scorecard")
    written = (("figures.csv", csv_file(document, rows)), ("figures.xlsx", workbook(document, rows)))
    return [
        Attachment(
            file_obj=BytesIO(content),
            name=name,
            description=described,
            relationship="Data",
            created=made,
            modified=made,
            url_fetcher=fetcher,
        )
        for name, content in written
    ]


def _once_each(_document: Any, pdf: Any) -> None:
    """WeasyPrint lists each attached file twice among the associated files; list it once."""
    files = pdf.catalog.get("AF")
    if files:
        unique = list(dict.fromkeys(files))
        files.clear()
        files.extend(unique)
