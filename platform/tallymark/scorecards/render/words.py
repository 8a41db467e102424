"""The words of a view: names and sentences clipped and safe, statuses, and where figures are explained."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from tallymark.i18n import Catalogue, Formatter
from tallymark.i18n.conventions import FIRST_STRONG_ISOLATE, POP_ISOLATE
from tallymark.i18n.isolation import bare, isolate
from tallymark.scorecards import charts
from tallymark.scorecards.document import Document, Passport, Status, Tile
from tallymark.scorecards.render.brandsheet import brand_colours

_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]+")
_OPENS = Markup('<button type="button" class="opens" id="kpi-{0}" popovertarget="about-{0}">{1}</button>')

_LONG, _LAST_WORD, _WIDE = 13, 24, 10
_WIDE_LETTERS = 0x2E80
_SNUG, _CROWDED = 23, 33
"""Characters of a change beside which there is room for a small line of the last periods, and for none."""


@dataclass(frozen=True, kw_only=True)
class Caps:
    """How much of a document is drawn; what is left out is counted under it. Lengths are in characters."""

    tiles: int = 60
    ranks: int = 15
    rows: int = 20
    bars: int = 12
    steps: int = 12
    cohorts: int = 14
    passports: int = 60
    notes: int = 12
    name: int = 80
    text: int = 400
    remark: int = 4000


def _room(text: str) -> int:
    """How much room a text takes, in Latin letters; a Chinese sign takes that of two."""
    return sum(1 + (ord(letter) >= _WIDE_LETTERS) for letter in bare(text))


class Words:
    """One document's words, in its reader's direction.

    `paged` says that it is drawn on paper, where nothing opens and nothing folds.
    """

    def __init__(self, document: Document, texts: Catalogue, caps: Caps, *, paged: bool = False) -> None:
        self.document = document
        self.caps = caps
        self.texts = texts
        self.direction = texts.direction
        self.paged = paged
        self.is_wide = paged and document.orientation == "landscape"
        self.paint = (
            charts.Paint.branded(brand_colours(document.brand)[0]) if document.brand else charts.Paint()
        )
        self.format = Formatter(
            document.locale,
            document.currency,
            document.calendar,
            texts=texts,
            money_display=document.money_display,
        )

    # words ----------------------------------------------------------------------------------------------------------
    def name(self, text: str) -> str:
        """A name of any length and script, clipped and safe in a line of this direction."""
        return isolate(self._clipped(bare(text), self.caps.name), self.direction)

    def prose(self, text: str) -> str:
        """A sentence, clipped."""
        return self._clipped(text, self.caps.text)

    def ending(self, text: str) -> tuple[str, str]:
        """A sentence and its last word, which the signs behind it are kept together with.

        It stays whole where it has no such word, or where the word is part of a name.
        """
        said = self.prose(text)
        head, _, tail = said.rpartition(" ")
        whole = head.count(FIRST_STRONG_ISOLATE) == head.count(POP_ISOLATE)
        return (head, tail) if head and whole and len(tail) <= _LAST_WORD else (said, "")

    def remark(self, text: str) -> str:
        """A paragraph that somebody wrote, clipped only where it is a document of its own."""
        return isolate(self._clipped(bare(text), self.caps.remark), self.direction)

    def heading(self, text: str) -> str:
        """A title or column head of ours, which may hold a name of any length."""
        return self._clipped(text, self.caps.name)

    @staticmethod
    def crowding(tile: Tile) -> str:
        """How little room a tile's changes leave beside them: the class that makes their line smaller, or leaves it out."""
        longest = max((_room(f"{each.text} {each.against}") for each in tile.deltas), default=0)
        return " crowded" if longest > _CROWDED else " snug" if longest > _SNUG else ""

    @staticmethod
    def is_long(text: str) -> bool:
        """Whether a figure needs a smaller size on a tile."""
        return len(bare(text)) > _LONG

    @staticmethod
    def takes_room(text: str) -> bool:
        """Whether a target leaves too little room for the status beside it."""
        return len(bare(text)) > _WIDE

    @staticmethod
    def loose(text: str) -> str:
        """A figure that may be broken between its number and its unit, where there is little room."""
        return text.replace("\N{NO-BREAK SPACE}", " ")

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

    def tile_status(self, tile: Tile) -> str:
        """The word for a tile's status; one that has none says what it lacks."""
        if tile.value is None:
            return self.texts.gettext("No value")
        if tile.status == Status.NONE and tile.target is not None:
            return self.texts.gettext("Not rated")
        return self.status(tile.status)

    def more(self, rows: Sequence[object], cap: int, omitted: int = 0) -> str | None:
        """`and 12 more` for rows beyond the cap, or None."""
        left = max(0, len(rows) - cap) + omitted
        if not left:
            return None
        return self.texts.ngettext(
            "and %(count)s more", "and %(count)s more", left, count=self.format.count(left)
        )

    def page_words(self) -> tuple[str, str, str]:
        """The words before, between and after the page number and the number of pages."""
        text = self.texts.gettext("Page %(page)s of %(pages)s", page="\x01", pages="\x01")
        before, between, after = text.split("\x01")
        return before, between, after

    # places ---------------------------------------------------------------------------------------------------------
    @staticmethod
    def slug(metric: str) -> str:
        """A metric's key within an id."""
        return _NOT_IN_AN_ID.sub("-", metric)

    @cached_property
    def tiles(self) -> dict[str, Tile]:
        """Every KPI by its metric."""
        return {
            tile.metric: tile
            for section in self.document.sections
            if section.kind == "tiles"
            for group in section.groups
            for tile in group.tiles
        }

    @cached_property
    def passports(self) -> dict[str, Passport]:
        """The passports by their metric; those beyond the cap are none."""
        return {
            passport.metric: passport
            for section in self.document.sections
            if section.kind == "appendix"
            for passport in section.passports[: self.caps.passports]
        }

    def figures_of(self, metrics: Sequence[str]) -> list[tuple[str, str]]:
        """Where the figures behind a sentence are explained: the metrics that lead somewhere, with their names."""
        found = []
        for metric in dict.fromkeys(metrics):
            if metric in self.passports:
                found.append((metric, self.passports[metric].name))
            elif metric in self.tiles and not self.paged:
                found.append((metric, self.tiles[metric].name))
        return found

    def kpi_name(self, tile: Tile) -> Markup:
        """The KPI's name, leading to its passport: it opens on the page, on paper it stands in the appendix."""
        slug, name = self.slug(tile.metric), self.name(tile.name)
        if not self.paged:
            return _OPENS.format(slug, name)
        if tile.metric in self.passports:
            return Markup('<a id="kpi-{0}" href="#passport-{0}">{1}</a>').format(slug, name)
        return Markup('<span id="kpi-{0}">{1}</span>').format(slug, name)
