"""The scorecard as a fragment of a web page."""

from pathlib import Path

from markupsafe import Markup

from tallymark.i18n import Catalogue, catalogue
from tallymark.scorecards.document import Document
from tallymark.scorecards.render.view import Caps, render_template

STATIC = Path(__file__).parent / "static"
PAGE_CAPS = Caps(ranks=50, rows=100)


def render_page(document: Document, *, texts: Catalogue | None = None, logo: str | None = None) -> Markup:
    """An `<article class="scorecard">` for a page that loads `page_stylesheet()`.

    It needs no script and no inline style. `logo` is the address of the company's logo on this site.
    """
    words = texts or catalogue(document.locale)
    return Markup(render_template("page.html", document, texts=words, caps=PAGE_CAPS, logo=logo))  # noqa: S704 (autoescaped)


def page_stylesheet() -> Path:
    """The stylesheet of the fragment: one file, in the cascade layer `scorecard`."""
    return STATIC / "scorecard.css"
