"""A waterfall as columns: one drawing as wide as its place, with its labels in HTML below and above the columns."""

from dataclasses import dataclass

from markupsafe import Markup

from tallymark.scorecards.charts.shapes import Paint, Style, element, percent, picture
from tallymark.scorecards.charts.spec import Step, Waterfall

_THICK = 0.58
"""Of a column's cell."""
_HEADROOM = 0.14
"""Kept free above, for the figure over the highest column."""
_FOOT = 0.45
"""Of the changes' reach: how much of a broken column stands below the lowest level."""
_BROKEN_FROM = 0.5
"""A foot is broken where the changes reach less than this part of the values."""
_TEETH = 4
_LEAST = 0.012


@dataclass(frozen=True, kw_only=True)
class Levels:
    """Where values lie between floor (0) and top (1) of the drawing; `broken` says that the floor isn't zero."""

    low: float
    high: float
    broken: bool

    def place(self, value: float) -> float:
        """The height of a value, as a part of the drawing."""
        return (value - self.low) / ((self.high - self.low) or 1.0) * (1 - _HEADROOM)


def levels(chart: Waterfall) -> Levels:
    """The scale: from zero, or from a little under the changes where they would be too small to be seen."""
    inner = [edge for step in chart.steps[1:-1] for edge in (step.before, step.after)]
    ends = [step.after for step in (*chart.steps[:1], *chart.steps[-1:])]
    reached = [*inner, *ends]
    if not reached:
        return Levels(low=0.0, high=1.0, broken=False)
    low, high = min(reached), max(reached)
    if low > 0 and high - low < high * _BROKEN_FROM:
        reach = (high - low) or high
        return Levels(low=max(0.0, low - reach * _FOOT), high=high, broken=True)
    return Levels(low=min(0.0, low), high=max(0.0, high), broken=False)


def tops(chart: Waterfall) -> tuple[float, ...]:
    """The height (0 to 1) above which each column's figure stands."""
    scale = levels(chart)
    return tuple(
        max(scale.place(max(step.before, step.after, scale.low)), scale.place(scale.low))
        for step in chart.steps
    )


def draw_columns(chart: Waterfall, direction: str, paint: Paint) -> Markup:
    """The columns with dashed lines from each level to the next; mirrored in a right-to-left page."""
    scale, cell = levels(chart), 1 / max(1, len(chart.steps))
    floor = percent(1 - scale.place(max(scale.low, 0.0) if not scale.broken else scale.low))
    shapes = [element("line", x1="0", x2="100%", y1=floor, y2=floor, **paint.drawn("axis", 1))]
    for index, step in enumerate(chart.steps):
        slot = index if direction == "ltr" else len(chart.steps) - 1 - index
        left = (slot + (1 - _THICK) / 2) * cell
        end = index in (0, len(chart.steps) - 1)
        shapes += _column(step, left, cell * _THICK, scale, paint, broken=end and scale.broken)
        if index + 1 < len(chart.steps):
            shapes.append(_bridge(step, left, cell, scale, direction, paint))
    return picture(*shapes, css="columns", caption=chart.caption, width="100%", height="100%")


def _column(
    step: Step, left: float, width: float, scale: Levels, paint: Paint, *, broken: bool
) -> list[Markup]:
    low, high = sorted((scale.place(max(step.before, scale.low)), scale.place(max(step.after, scale.low))))
    tall = max(high - low, _LEAST)
    top = 1 - low - tall
    box: Style = {"x": percent(left), "width": percent(width), "y": percent(top), "height": percent(tall)}
    shapes = [element("rect", rx=2, **box, **paint.filled(step.tone))]
    if broken and tall > 0.08:
        shapes += _break(left, width, paint)
    return shapes


def _break(left: float, width: float, paint: Paint) -> list[Markup]:
    """A zigzag that says that the column goes on further down."""
    shapes, tooth = [], width / _TEETH
    for index in range(_TEETH):
        heights = (0.9, 0.94) if index % 2 else (0.94, 0.9)
        x1, x2 = percent(left + index * tooth), percent(left + (index + 1) * tooth)
        style: Style = {**paint.drawn("paper", 2.4), "stroke_linecap": "round"}
        shapes.append(element("line", x1=x1, y1=percent(heights[0]), x2=x2, y2=percent(heights[1]), **style))
    return shapes


def _bridge(step: Step, left: float, cell: float, scale: Levels, direction: str, paint: Paint) -> Markup:
    level = percent(1 - scale.place(max(step.after, scale.low)))
    start = left + cell * _THICK if direction == "ltr" else left
    end = start + cell * (1 - _THICK) * (1 if direction == "ltr" else -1)
    style: Style = {**paint.drawn("past", 0.8), "stroke_dasharray": "2.4 1.8"}
    return element("line", x1=percent(start), x2=percent(end), y1=level, y2=level, **style)
