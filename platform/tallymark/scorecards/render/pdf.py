"""The scorecard as a PDF, drawn by a separate process that has little memory, little time, no network and no files."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGSYS, SIGTRAP, SIGXCPU, Signals
from typing import Any

from tallymark.scorecards import errors
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.exports.references import RowRefs, references_as_json
from tallymark.scorecards.render.assets import Asset, kind_of
from tallymark.scorecards.render.ordering import Renderer, Reply, warm_renderer
from tallymark.scorecards.typefaces import FOLDER, missing_files

_TOO_MUCH = "Rendering needed too much memory; show fewer rows."
_NO_MEMORY = (
    "MemoryError",
    "Cannot allocate memory",
    "failed to map segment",
    "error return without exception",
)
_NAMED = {
    kind.__name__: kind for kind in (errors.RenderOutOfMemory, errors.DocumentTooLarge, errors.RenderCrashed)
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one rendering may use: bytes of memory and document, seconds of processor and of wall clock, pages."""

    memory: int = 1_500_000_000
    document: int = 8_000_000
    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    pages: int = 80


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A PDF with what was noticed on the way: characters without a glyph, refused addresses.

    `cpu_seconds` is the drawing's own processor time, without what loading took.
    """

    pdf: bytes
    pages: int
    cpu_seconds: float
    warnings: tuple[str, ...]


def render_pdf(
    document: Document,
    *,
    assets: Iterable[Asset] = (),
    limits: Limits | None = None,
    fonts: Path = FOLDER,
    font_cache: Path | None = None,
    rows: Mapping[str, RowRefs] | None = None,
    paper: str | None = None,
    orientation: str | None = None,
    attach: bool = True,
) -> Rendered:
    """The document as a tagged PDF/A-3a with bookmarks and its numbers attached as CSV and XLSX.

    Drawn by the renderer that is kept warm beside a worker (`ordering.keep_warm`), else by one for this order alone,
    which takes two seconds of processor more. The same arguments give the same bytes either way.

    Args:
        assets: pictures that `document.cover.logo` may name.
        fonts: the folder of the typefaces; another than the packaged one has a renderer of its own.
        font_cache: a folder that keeps the font index between renderers.
        rows: the rows that the period's KPIs stand on, by metric, for the attached workbook.
        paper, orientation: other than the document's own: "a4" or "letter", "portrait" or "landscape".
        attach: whether the numbers are attached at all.

    Raises:
        RenderError: a subclass that says what went wrong; no other process and no other order is harmed.
    """
    bounds = limits or Limits()
    if problems := missing_files(fonts):
        raise errors.FontsUnusable(problems[0].message)
    changes: dict[str, Any] = {
        "paper": paper or document.paper,
        "orientation": orientation or document.orientation,
    }
    order = _order(replace(document, **changes), assets, bounds, rows or {}, attach=attach)
    warm = warm_renderer() if fonts == FOLDER else None
    if warm is not None:
        return _result(warm.draw(order, bounds.wall_seconds), bounds)
    alone = Renderer(fonts, font_cache)
    try:
        return _result(alone.draw(order, bounds.wall_seconds), bounds)
    finally:
        alone.close()


def _order(
    document: Document,
    assets: Iterable[Asset],
    limits: Limits,
    rows: Mapping[str, RowRefs],
    *,
    attach: bool,
) -> bytes:
    pictures = {
        asset.name: {"kind": kind_of(asset), "content": base64.b64encode(asset.content).decode()}
        for asset in assets
    }
    plain = to_json(document)
    text = json.dumps(plain, ensure_ascii=False)
    if len(text.encode(errors="surrogatepass")) > limits.document:
        raise errors.DocumentTooLarge(
            f"The scorecard has {len(text) // 1000} kB of text, {limits.document // 1000} are drawn; show fewer rows."
        )
    order = {
        "document": plain,
        "assets": pictures,
        "rows": references_as_json(rows),
        "attach": attach,
        "limits": asdict(limits),
    }
    return json.dumps(order).encode()


def _result(reply: Reply, limits: Limits) -> Rendered:
    if reply.late:
        raise errors.RenderTimedOut(
            f"Rendering took over {limits.wall_seconds:g} s; leave sections out or try when the machine is idle."
        )
    if reply.status is not None and reply.status < 0:
        raise _ended(-reply.status, limits)
    head, _, pdf = reply.answer.partition(b"\n")
    try:
        facts = json.loads(head)
    except ValueError:
        if any(sign in reply.said for sign in _NO_MEMORY):
            raise errors.RenderOutOfMemory(_TOO_MUCH) from None
        last = (reply.said.strip().splitlines() or ["it was lost"])[-1]
        raise errors.RenderCrashed(f"The rendering process failed: {last[:300]}") from None
    if "error" in facts:
        raise _NAMED[facts["error"]](facts["message"])
    return Rendered(
        pdf=pdf, pages=facts["pages"], cpu_seconds=reply.cpu_seconds, warnings=tuple(facts["warnings"])
    )


def _ended(signal: int, limits: Limits) -> errors.RenderError:
    if signal in (SIGXCPU, SIGKILL):
        return errors.RenderTimedOut(
            f"Rendering used over {limits.cpu_seconds} s of processor time; show fewer rows."
        )
    if signal in {SIGABRT, SIGTRAP}:  # the text library's way to say that it got no memory
        return errors.RenderOutOfMemory(_TOO_MUCH)
    if signal == SIGSYS:
        return errors.RenderCrashed(
            "The rendering process tried what it may not do and was ended; nothing was reached. Report this."
        )
    return errors.RenderCrashed(
        f"The rendering process ended with {Signals(signal).name}; run `tallymark doctor`, which checks the fonts."
    )
