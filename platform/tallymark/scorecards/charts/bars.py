"""Bars: bullet, rank, share and funnel, drawn in percent so that they fill whatever width they get."""

from itertools import count, takewhile

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import Paint, Style, element, percent, picture
from tallymark.scorecards.charts.spec import Bar, FunnelBar

HEIGHT = 14
THICK = 6
FUNNEL_HEIGHT = 26
_PALEST = 0.85
"""So that a white figure on the last step can still be read."""
_HATCH, _SLANT = 0.018, 0.042


def draw_bar(bar: Bar, direction: str, paint: Paint) -> Markup:
    """In a right-to-left page it grows from the right."""
    part, top = clamped(bar.part), (HEIGHT - THICK) / 2
    box: Style = {"y": top, "height": THICK, "rx": THICK / 2}
    shapes = [element("rect", x="0", width="100%", **box, **paint.filled("track"))]
    if part > 0:
        left = _left(0.0, part, direction)
        shapes.append(element("rect", x=percent(left), width=percent(part), **box, **paint.filled(bar.tone)))
    if bar.tick is not None:
        tick = clamped(bar.tick)
        place = tick if direction == "ltr" else 1 - tick
        tall: Style = {"y": 1, "width": 1.6, "height": HEIGHT - 2}
        shapes.append(element("rect", x=percent(place), **tall, **paint.filled("target")))
    return picture(*shapes, css="bar", caption=bar.caption, width="100%", height=HEIGHT)


def draw_funnel_bar(bar: FunnelBar, direction: str, paint: Paint) -> Markup:
    """Those who got here, then those who were lost on the way, hatched, on a track as wide as all."""
    part = clamped(bar.part)
    lost = min(clamped(bar.lost), 1 - part)
    box: Style = {"y": "0", "height": "100%", "rx": 3}
    shapes = [element("rect", x="0", width="100%", **box, **paint.filled("pale"))]
    shapes += _hatching(part, part + lost, direction, paint)
    if part > 0:
        shade = 1 - (1 - _PALEST) * clamped(bar.depth)
        left = percent(_left(0.0, part, direction))
        shapes.append(
            element("rect", x=left, width=percent(part), fill_opacity=shade, **box, **paint.filled("brand"))
        )
    return picture(*shapes, css="funnel-bar", caption=bar.caption, width="100%", height=FUNNEL_HEIGHT)


def _hatching(start: float, end: float, direction: str, paint: Paint) -> list[Markup]:
    """Slanted lines, each cut where the hatched stretch ends. A pattern would need a name of its own in the page."""
    if end - start <= 0:
        return []
    lines = []
    for foot in takewhile(lambda each: each < end, (start - _SLANT + _HATCH * (i + 0.5) for i in count())):
        low, high = max(start, foot), min(end, foot + _SLANT)
        places = [(each, percent(1 - (each - foot) / _SLANT)) for each in (low, high)]
        (x1, y1), (x2, y2) = [(each if direction == "ltr" else 1 - each, y) for each, y in places]
        lines.append(
            element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2, **paint.drawn("loss", 0.8))
        )
    return lines


def clamped(part: float) -> float:
    """`part` within 0 and 1; what is no number at all is 0."""
    return min(1.0, max(0.0, part)) if part == part else 0.0  # noqa: PLR0124  only NaN differs from itself


def _left(start: float, width: float, direction: str) -> float:
    return start if direction == "ltr" else 1 - start - width
