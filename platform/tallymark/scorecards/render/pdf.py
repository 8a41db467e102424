"""The scorecard as a PDF, drawn by a separate process that has little memory, little time and no network."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGTRAP, SIGXCPU, Signals

from tallymark.scorecards import errors
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.render.assets import Asset, kind_of
from tallymark.scorecards.typefaces import FOLDER, font_environment, missing_files

_TOO_MUCH = "Rendering needed too much memory; show fewer rows."
_NO_MEMORY = (b"MemoryError", b"Cannot allocate memory", b"failed to map segment")
CHILD = "tallymark.scorecards.render.child"
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
    """A PDF with what was noticed on the way: characters without a glyph, refused addresses."""

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
) -> Rendered:
    """The document as a tagged PDF/A-3a with bookmarks and its numbers attached as CSV.

    `assets` are pictures that `document.cover.logo` may name; `font_cache` is a folder that keeps the font index
    between renderings. Raises a `RenderError` subclass that says what went wrong; no other process is harmed.
    """
    bounds = limits or Limits()
    if problems := missing_files(fonts):
        raise errors.FontsUnusable(problems[0].message)
    order = _order(document, assets, bounds)
    with font_environment(fonts, font_cache) as environment:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-m", CHILD],
                input=order,
                env=environment,
                cwd=environment["HOME"],
                capture_output=True,
                check=False,
                timeout=bounds.wall_seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise errors.RenderTimedOut(
                f"Rendering took over {bounds.wall_seconds:g} s; leave sections out or try when the machine is idle."
            ) from error
    return _result(done, bounds)


def _order(document: Document, assets: Iterable[Asset], limits: Limits) -> bytes:
    pictures = {
        asset.name: {"kind": kind_of(asset), "content": base64.b64encode(asset.content).decode()}
        for asset in assets
    }
    text = json.dumps(to_json(document), ensure_ascii=False)
    if len(text.encode()) > limits.document:
        raise errors.DocumentTooLarge(
            f"The scorecard has {len(text) // 1000} kB of text, {limits.document // 1000} are drawn; show fewer rows."
        )
    return json.dumps({"document": json.loads(text), "assets": pictures, "limits": asdict(limits)}).encode()


def _result(done: subprocess.CompletedProcess[bytes], limits: Limits) -> Rendered:
    if done.returncode < 0:
        raise _ended(-done.returncode, limits)
    head, _, pdf = done.stdout.partition(b"\n")
    try:
        facts = json.loads(head)
    except ValueError:
        if any(sign in done.stderr for sign in _NO_MEMORY):
            raise errors.RenderOutOfMemory(_TOO_MUCH) from None
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
        raise errors.RenderCrashed(f"The rendering process failed: {last[:300]}") from None
    if "error" in facts:
        raise _NAMED[facts["error"]](facts["message"])
    return Rendered(
        pdf=pdf, pages=facts["pages"], cpu_seconds=facts["cpu_seconds"], warnings=tuple(facts["warnings"])
    )


def _ended(signal: int, limits: Limits) -> errors.RenderError:
    if signal in (SIGXCPU, SIGKILL):
        return errors.RenderTimedOut(
            f"Rendering used over {limits.cpu_seconds} s of processor time; show fewer rows."
        )
    if signal in {SIGABRT, SIGTRAP}:  # the text library's way to say that it got no memory
        return errors.RenderOutOfMemory(_TOO_MUCH)
    return errors.RenderCrashed(
        f"The rendering process ended with {Signals(signal).name}; run `tallymark doctor`, which checks the fonts."
    )
