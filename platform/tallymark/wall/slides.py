"""From a document to what is shown one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from tallymark.scorecards.document import Document, Section, Tile, Tiles
from tallymark.wall.plan import Plan, Screen, ScreenKind

MOST_TILES = 9
"""As many as can be read from the other end of a room."""
_COLUMNS = (1, 1, 2, 3, 2, 3, 3, 3, 3, 3)


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One screenful: a section of the document, or some of its tiles in `columns`; the summary has neither."""

    kind: ScreenKind
    seconds: int
    section: Section | None = None
    tiles: tuple[Tile, ...] = ()
    columns: int = 1


def slides(document: Document, plan: Plan) -> list[Slide]:
    """What the plan shows of the document, in the plan's order; empty where nothing of it is there."""
    return [slide for screen in plan.screens for slide in _of(document, screen)]


def kinds_of(document: Document) -> frozenset[ScreenKind]:
    """The kinds of screens that the document has something for."""
    return frozenset(
        kind for kind in ScreenKind if any(True for _ in _of(document, Screen(kind=kind, seconds=1)))
    )


def _of(document: Document, screen: Screen) -> Iterator[Slide]:
    kind, seconds = screen.kind, screen.seconds
    if kind is ScreenKind.SUMMARY:
        if document.summary.headline is not None or document.summary.findings:
            yield Slide(kind=kind, seconds=seconds)
        return
    for section in document.sections:
        if section.kind != kind.value:
            continue
        if isinstance(section, Tiles):
            tiles = [tile for group in section.groups for tile in group.tiles]
            yield from (
                Slide(kind=kind, seconds=seconds, section=section, tiles=page, columns=_COLUMNS[len(page)])
                for page in paged(tiles)
            )
        elif _tells(section):
            yield Slide(kind=kind, seconds=seconds, section=section)


def paged(tiles: list[Tile]) -> list[tuple[Tile, ...]]:
    """Pages of at most nine, as even as can be: ten are five and five, not nine and one."""
    if not tiles:
        return []
    pages = ceil(len(tiles) / MOST_TILES)
    size = ceil(len(tiles) / pages)
    return [tuple(tiles[start : start + size]) for start in range(0, len(tiles), size)]


def _tells(section: Section) -> bool:
    """Whether there is anything to see: a section that only says why it is empty is for the desk."""
    for name in ("points", "steps", "rows", "parts"):
        if hasattr(section, name):
            return bool(getattr(section, name)) or getattr(section, "value", None) is not None
    return False
