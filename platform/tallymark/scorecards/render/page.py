"""The scorecard as a fragment of a web page."""

from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from tallymark.i18n import Catalogue, catalogue
from tallymark.scorecards.document import Document
from tallymark.scorecards.render.view import Caps, render_template

STATIC = Path(__file__).parent / "static"
PAGE_CAPS = Caps(ranks=50, rows=100)


def render_page(
    document: Document,
    *,
    texts: Catalogue | None = None,
    logo: str | None = None,
    rows_of: Callable[[str], str] | None = None,
) -> Markup:
    """An `<article class="scorecard">` for a page that loads `page_stylesheet()`.

    It needs no script and no inline style. `logo` is the address of the company's logo on this site; `rows_of` makes
    of a metric's key the address of the page with its rows.
    """
    words = texts or catalogue(document.locale)
    html = render_template("page.html", document, texts=words, caps=PAGE_CAPS, logo=logo, rows_of=rows_of)
    return Markup(html)  # noqa: S704 (autoescaped)


def page_stylesheet() -> Path:
    """The stylesheet of the fragment: one file, in the cascade layer `scorecard`."""
    return STATIC / "scorecard.css"
