"""The templates' surroundings: charts, words and caps for one document."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tallymark.i18n import Catalogue, Formatter
from tallymark.i18n.conventions import FIRST_STRONG_ISOLATE, POP_ISOLATE
from tallymark.i18n.isolation import bare, isolate
from tallymark.scorecards import charts
from tallymark.scorecards.document import Document, Figure, Gauge, Line, Status, Tile, Tiles, Trend

TEMPLATES = Path(__file__).parent / "templates"
_BADGE_STEP = 5


@dataclass(frozen=True, kw_only=True)
class Caps:
    """How much of a document is drawn; what is left out is counted under it. Lengths are in characters."""

    tiles: int = 40
    ranks: int = 15
    rows: int = 20
    passports: int = 60
    notes: int = 12
    name: int = 80
    text: int = 400


@dataclass(frozen=True, kw_only=True)
class TileCell:
    """A place in the flow of tiles; the first of a group carries the group's name."""

    group: str | None
    tile: Tile


class View:
    """What a template asks: it holds one document's words, direction and caps."""

    def __init__(self, document: Document, texts: Catalogue, caps: Caps) -> None:
        self.caps = caps
        self.texts = texts
        self.direction = texts.direction
        self.format = Formatter(
            document.locale,
            document.currency,
            document.calendar,
            texts=texts,
            money_display=document.money_display,
        )

    def name(self, text: str) -> str:
        """A name of any length and script, clipped and safe in a line of this direction."""
        return isolate(self._clipped(bare(text), self.caps.name), self.direction)

    def prose(self, text: str) -> str:
        """A sentence, clipped."""
        return self._clipped(text, self.caps.text)

    def heading(self, text: str) -> str:
        """A title or column head of ours, which may hold a name of any length."""
        return self._clipped(text, self.caps.name)

    @staticmethod
    def _clipped(text: str, length: int) -> str:
        if len(text) <= length:
            return text
        cut = text[: length - 1].rstrip()
        open_isolates = cut.count(FIRST_STRONG_ISOLATE) - cut.count(POP_ISOLATE)
        return cut + "…" + POP_ISOLATE * open_isolates

    def status(self, status: Status) -> str:
        """The word for a status."""
        return {
            Status.ON: self.texts.gettext("On target"),
            Status.RISK: self.texts.gettext("At risk"),
            Status.OFF: self.texts.gettext("Off target"),
            Status.NONE: self.texts.gettext("No target"),
        }[status]

    def more(self, rows: tuple[object, ...], cap: int, omitted: int = 0) -> str | None:
        """`and 12 more` for rows beyond the cap, or None."""
        left = max(0, len(rows) - cap) + omitted
        if not left:
            return None
        return self.texts.ngettext(
            "and %(count)s more", "and %(count)s more", left, count=self.format.count(left)
        )

    def tile_rows(self, section: Tiles, width: int) -> list[list[TileCell]]:
        """The tiles in rows of `width`; groups follow each other without leaving holes."""
        cells = [
            TileCell(group=group.name if index == 0 else None, tile=tile)
            for group in section.groups
            for index, tile in enumerate(group.tiles)
        ][: self.caps.tiles]
        return [cells[start : start + width] for start in range(0, len(cells), width)]

    def gauge(self, gauge: Gauge, status: Status) -> Markup:
        """A tile's bullet bar."""
        bar = charts.Bar(part=gauge.fill, tick=gauge.tick, tone=str(status), caption=gauge.caption)
        return charts.draw_bar(bar, direction=self.direction)

    def bar(self, part: float, tick: float | None = None) -> Markup:
        """A bar in a table, where the number stands beside it."""
        return charts.draw_bar(charts.Bar(part=part, tick=tick), direction=self.direction)

    def line(self, line: Line) -> Markup:
        """A tile's sparkline."""
        points = tuple(None if point is None else float(point) for point in line.points)
        target = None if line.target is None else float(line.target)
        return charts.draw_sparkline(charts.Sparkline(points=points, target=target, caption=line.caption))

    def trend(self, trend: Trend) -> Markup:
        """The trend's drawing; its labels are laid out by the template."""
        return charts.draw_trend(
            charts.TrendChart(
                values=tuple(_float(point.value) for point in trend.points),
                targets=tuple(_float(point.target) for point in trend.points),
                year_before=tuple(_float(point.year_before) for point in trend.points),
                missed=tuple(point.missed for point in trend.points),
                low=float(trend.ticks[0].exact),
                high=float(trend.ticks[-1].exact),
                lines=len(trend.ticks) - 1,
                caption=trend.caption,
            )
        )

    def badge_place(self, trend: Trend) -> str:
        """The class that puts the newest value beside its point: its height in steps of five percent."""
        low, high = float(trend.ticks[0].exact), float(trend.ticks[-1].exact)
        newest = _float(trend.points[-1].value) or low
        part = (newest - low) / ((high - low) or 1.0)
        return f"at-{round(part * 100 / _BADGE_STEP) * _BADGE_STEP}"

    def page_words(self) -> tuple[str, str, str]:
        """The words before, between and after the page number and the number of pages."""
        text = self.texts.gettext("Page %(page)s of %(pages)s", page="\x01", pages="\x01")
        before, between, after = text.split("\x01")
        return before, between, after


def _float(figure: Figure | None) -> float | None:
    return None if figure is None else float(figure.exact)


@lru_cache(maxsize=1)
def _base() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # they are package data; and a drawing process could open no file to look
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )


@lru_cache(maxsize=16)
def _environment(texts: Catalogue) -> Environment:
    """With the words of a language; kept, since its templates are compiled for it."""
    environment = _base().overlay()
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.translations.gettext, texts.translations.ngettext, newstyle=True
    )
    return environment


def render_template(template: str, document: Document, *, texts: Catalogue, caps: Caps, **more: Any) -> str:
    """The template's HTML for the document, every text of it through `texts`."""
    environment = _environment(texts)
    view = View(document, texts, caps)
    values = {"doc": document, "view": view, "charts": charts, "dir": texts.direction, "lang": texts.tag}
    return environment.get_template(template).render(**values, **more)
