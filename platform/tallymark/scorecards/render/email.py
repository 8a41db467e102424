"""The scorecard as the body of an e-mail: one table with its own styles, or plain text.

Mail programs drop stylesheets, drawings and anything that lies elsewhere; so every style stands on its element, and
a status is a sign and a word. The figures are those of the weightiest KPIs; the rest is behind the link.
"""

import re
from dataclasses import dataclass

from tallymark.i18n import catalogue
from tallymark.scorecards.document import Document, Status, Tile
from tallymark.scorecards.render.choice import weightiest
from tallymark.scorecards.render.view import Caps, View, render_template

MOST_LINES = 9
_MOST_FINDINGS = 5
_CAPS = Caps(name=60, text=300)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
BRAND = "#1d4ed8"
SIGNS = {Status.ON: "✓", Status.RISK: "▲", Status.OFF: "✕", Status.NONE: "–"}
COLOURS = {Status.ON: "#146c43", Status.RISK: "#8a5300", Status.OFF: "#a4161a", Status.NONE: "#5b6475"}


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What an e-mail says of a document: its weightiest KPIs, and how many it doesn't show."""

    tiles: tuple[Tile, ...]
    left: int


def render_email(document: Document, *, link: str | None) -> str:
    """A `<table lang dir>` to stand in an HTML e-mail; it asks for nothing from elsewhere.

    `link` is the address of the whole scorecard, None where its reader has no access to it.
    """
    return _rendered("email.html", document, link).strip() + "\n"


def render_text(document: Document, *, link: str | None) -> str:
    """The same as plain text, for mail programs and messengers that show no HTML."""
    lines = (line.rstrip() for line in _rendered("email.txt", document, link).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def _rendered(template: str, document: Document, link: str | None) -> str:
    texts = catalogue(document.locale)
    shown = _shown(document)
    more = View(document, texts, _CAPS).more((), 0, shown.left)
    given = document.brand.primary if document.brand else ""
    return render_template(
        template,
        document,
        texts=texts,
        caps=_CAPS,
        shown=shown,
        more=more,
        link=link,
        findings=document.summary.findings[:_MOST_FINDINGS],
        signs=SIGNS,
        colours=COLOURS,
        brand=given if _COLOUR.fullmatch(given) else BRAND,
        start="right" if texts.direction == "rtl" else "left",
    )


def _shown(document: Document) -> _Shown:
    tiles = [
        tile
        for section in document.sections
        if section.kind == "tiles"
        for group in section.groups
        for tile in group.tiles
    ]
    places = weightiest(tiles, MOST_LINES)
    kept = tuple(tile for place, tile in enumerate(tiles) if place in places)
    return _Shown(tiles=kept, left=len(tiles) - len(kept))
