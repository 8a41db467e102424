"""A waterfall: one step a row, each beginning where the one before it ended. Labels stand beside, in HTML."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import drawn, element, filled, picture
from tallymark.scorecards.charts.spec import Step, Waterfall

HEIGHT = 28
THICK = 14
_LEAST = 0.004  # of the width: a step too small to be drawn is still one that can be seen


def draw_waterfall(chart: Waterfall, *, direction: str = "ltr") -> list[Markup]:
    """One drawing for each step, in percent, so that all fill the same width; in a right-to-left page mirrored."""
    reached = [0.0, *(edge for step in chart.steps for edge in (step.before, step.after))]
    low, high = min(reached), max(reached)
    reach = (high - low) or 1.0

    def place(value: float) -> float:
        part = (value - low) / reach
        return part if direction == "ltr" else 1 - part

    return [_row(chart.steps, index, place) for index in range(len(chart.steps))]


def _row(steps: Sequence[Step], index: int, place: Callable[[float], float]) -> Markup:
    step = steps[index]
    edges = sorted((place(step.before), place(step.after)))
    width = max(edges[1] - edges[0], _LEAST)
    left = min(edges[0], 1 - width)
    shapes = [
        element("line", x1=_percent(place(0)), x2=_percent(place(0)), y1=0, y2=HEIGHT, **drawn("axis", 1))
    ]
    if index + 1 < len(steps):
        end = _percent(place(step.after))
        shapes.append(element("line", x1=end, x2=end, y1=HEIGHT / 2, y2=HEIGHT, **drawn("past", 1)))
    if index:
        start = _percent(place(steps[index - 1].after))
        shapes.append(element("line", x1=start, x2=start, y1=0, y2=HEIGHT / 2, **drawn("past", 1)))
    box = {"y": (HEIGHT - THICK) / 2, "height": THICK, "rx": 2.0}
    shapes.append(element("rect", x=_percent(left), width=_percent(width), **box, **filled(step.tone)))
    return picture(*shapes, css="fall", caption=step.caption, width="100%", height=HEIGHT)


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"
