"""Bars: bullet, rank and share, drawn in percent so that they fill whatever width they get."""

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import Style, element, filled, picture
from tallymark.scorecards.charts.spec import Bar

HEIGHT = 14
THICK = 6


def draw_bar(bar: Bar, *, direction: str = "ltr") -> Markup:
    """The bar as SVG; in a right-to-left page it grows from the right."""
    part, top = _clamped(bar.part), (HEIGHT - THICK) / 2
    box: Style = {"y": top, "height": THICK, "rx": THICK / 2}
    shapes = [element("rect", x="0", width="100%", **box, **filled("track"))]
    if part > 0:
        shapes.append(
            element(
                "rect", x=_percent(_from(part, direction)), width=_percent(part), **box, **filled(bar.tone)
            )
        )
    if bar.tick is not None:
        tick = _clamped(bar.tick)
        place = tick if direction == "ltr" else 1 - tick
        shapes.append(
            element("rect", x=_percent(place), y=1, width=1.6, height=HEIGHT - 2, **filled("target"))
        )
    return picture(*shapes, css="bar", caption=bar.caption, width="100%", height=HEIGHT)


def _clamped(part: float) -> float:
    return min(1.0, max(0.0, part))


def _from(part: float, direction: str) -> float:
    return 0.0 if direction == "ltr" else 1 - part


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"
