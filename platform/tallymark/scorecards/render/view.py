"""The templates' surroundings: charts, words and caps for one document."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.bccache import Bucket, BytecodeCache
from markupsafe import Markup

from tallymark.i18n import Catalogue
from tallymark.scorecards import charts
from tallymark.scorecards.document import Document, Section, Tile, TileGroup, Tiles
from tallymark.scorecards.render.bands import bands, layout
from tallymark.scorecards.render.brandsheet import brand_sheet
from tallymark.scorecards.render.choice import Chosen, chosen
from tallymark.scorecards.render.tabling import Tabling
from tallymark.scorecards.render.words import Caps

__all__ = ["Caps", "TileCell", "View", "render_template"]

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class TileCell:
    """A place in the flow of tiles; the first of a group carries the group's name."""

    group: str | None
    tile: Tile


class View(Tabling):
    """What a template asks: it holds one document's words, direction and caps."""

    @property
    def brand_style(self) -> Markup:
        """The document's colours as a stylesheet; it holds nothing but names and colours."""
        return Markup(brand_sheet(self.document.brand))  # noqa: S704 (hexadecimal digits)

    @cached_property
    def bands(self) -> list[tuple[str, tuple[Section, ...]]]:
        """The sections by bands, each with its class."""
        return [(layout(band), band) for band in bands(self.document.sections)]

    @property
    def across(self) -> int:
        """Tiles a row."""
        return 4 if self.is_wide else 3

    def chosen(self, section: Tiles) -> Chosen:
        """The KPIs that are drawn large, and the others."""
        return chosen(section, width=self.across)

    def tile_rows(self, groups: Sequence[TileGroup]) -> list[list[TileCell]]:
        """The tiles in rows; groups follow each other without leaving holes."""
        cells = [
            TileCell(group=group.name if index == 0 else None, tile=tile)
            for group in groups
            for index, tile in enumerate(group.tiles)
        ]
        return [cells[start : start + self.across] for start in range(0, len(cells), self.across)]


class _Compiled(BytecodeCache):
    """Templates are compiled once a process: they are the same in every language, only the words they ask for differ."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@lru_cache(maxsize=16)
def _environment(texts: Catalogue) -> Environment:
    """With the words of a language; kept, and every template loaded: a drawing process could open no file later."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_COMPILED,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.translations.gettext, texts.translations.ngettext, newstyle=True
    )
    for name in environment.list_templates():
        environment.get_template(name)
    return environment


_NO_OVERRIDES = dict.fromkeys(range(0x202A, 0x202F))
"""Embeddings and overrides of direction: whatever somebody wrote, nothing turns our sentences round. We isolate."""

_FLOODS = re.compile(r"[\u200b-\u200f\u2060-\u206f\ufeff]{16,}|(?<=[\u0300-\u036f]{8})[\u0300-\u036f]+")
"""Signs that nobody sees, by the dozen, and marks upon marks: a text library would be busy with them for minutes."""


def render_template(template: str, document: Document, *, texts: Catalogue, caps: Caps, **more: Any) -> str:
    """The template's HTML for the document, every text of it through `texts`."""
    view = View(document, texts, caps, paged=template == "pdf.html")
    values = {
        "doc": document,
        "view": view,
        "charts": charts,
        "dir": texts.direction,
        "lang": texts.tag,
        "rows_of": None,
        "logo": None,
    }
    html = _environment(texts).get_template(template).render(**{**values, **more})
    return _FLOODS.sub("", html.translate(_NO_OVERRIDES))
