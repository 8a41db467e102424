"""The wall as a fragment of a page, drawn from the one document that page and PDF are drawn from."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tallymark.i18n import Formatter, catalogue
from tallymark.scorecards import charts
from tallymark.scorecards.document import BridgeSection, Document
from tallymark.scorecards.render.view import Caps, View
from tallymark.wall.plan import Plan
from tallymark.wall.slides import Slide, slides

TEMPLATES = Path(__file__).parent / "templates"
CAPS = Caps(tiles=9, ranks=10, rows=8, notes=2, name=60, text=220)
"""What can be read from across a room."""
_SHADES = 10


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the wall says of itself: how old its data is, in words. `stale` is empty while the data is fresh."""

    as_of: str = ""
    stale: str = ""
    overdue: str = ""


class WallView(View):
    """What the wall's templates ask beside the page's."""

    def waterfall(self, section: BridgeSection) -> list[Markup]:
        """A drawing for each step of a bridge."""
        steps = tuple(
            charts.Step(
                before=float(step.before),
                after=float(step.after),
                tone="brand" if step.is_end else str(step.mood),
                caption=f"{step.name}: {step.figure.text}",
            )
            for step in section.steps
        )
        return charts.draw_waterfall(charts.Waterfall(steps=steps), direction=self.direction)

    @staticmethod
    def shade(part: float) -> str:
        """The class that colours a cohort's cell, in tenths."""
        return f"shade-{round(min(1.0, max(0.0, part)) * _SHADES)}"


def render_wall(document: Document | None, plan: Plan, said: Said, *, formatter: Formatter) -> Markup:
    """A `<div class="wall">` with all slides, for a page that loads css/wall.css; js/wall.js shows one at a time.

    It needs no inline style or script. Who may not be named must be out of `document` already. `formatter` writes the
    wall's language, in which it speaks while there is no document.
    """
    texts = catalogue(document.locale) if document else formatter.texts
    environment = _base().overlay()
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        texts.translations.gettext, texts.translations.ngettext, newstyle=True
    )
    shown: list[Slide] = slides(document, plan) if document else []
    html = environment.get_template("wall.html").render(
        doc=document,
        view=WallView(document, texts, CAPS) if document else None,
        charts=charts,
        slides=shown,
        said=said,
        plan=plan,
        lang=texts.tag,
        dir=texts.direction,
    )
    return Markup(html)  # noqa: S704 (autoescaped)


@lru_cache(maxsize=1)
def _base() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
