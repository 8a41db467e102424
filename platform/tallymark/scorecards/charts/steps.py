"""A waterfall that goes down the page: one step a row, each beginning where the one before it ended."""

from collections.abc import Callable

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import Paint, Style, element, percent, picture
from tallymark.scorecards.charts.spec import Waterfall, WaterfallRow

HEIGHT = 28
THICK = 14
_LEAST = 0.004  # of the width: a step too small to be drawn is still one that can be seen


def draw_row(row: WaterfallRow, direction: str, paint: Paint) -> Markup:
    """In percent, so that all rows fill the same width; in a right-to-left page mirrored."""
    steps, index, place = row.chart.steps, row.index, _scale(row.chart, direction)
    step = steps[index]
    edges = sorted((place(step.before), place(step.after)))
    width = max(edges[1] - edges[0], _LEAST)
    left = min(edges[0], 1 - width)
    zero = percent(place(0))
    shapes = [element("line", x1=zero, x2=zero, y1=0, y2=HEIGHT, **paint.drawn("axis", 1))]
    if index + 1 < len(steps):
        end = percent(place(step.after))
        shapes.append(element("line", x1=end, x2=end, y1=HEIGHT / 2, y2=HEIGHT, **paint.drawn("past", 1)))
    if index:
        start = percent(place(steps[index - 1].after))
        shapes.append(element("line", x1=start, x2=start, y1=0, y2=HEIGHT / 2, **paint.drawn("past", 1)))
    box: Style = {"y": (HEIGHT - THICK) / 2, "height": THICK, "rx": 2.0}
    shapes.append(element("rect", x=percent(left), width=percent(width), **box, **paint.filled(step.tone)))
    return picture(*shapes, css="fall", caption=step.caption, width="100%", height=HEIGHT)


def _scale(chart: Waterfall, direction: str) -> Callable[[float], float]:
    reached = [0.0, *(edge for step in chart.steps for edge in (step.before, step.after))]
    low, high = min(reached), max(reached)
    reach = (high - low) or 1.0

    def place(value: float) -> float:
        part = (value - low) / reach
        return part if direction == "ltr" else 1 - part

    return place
