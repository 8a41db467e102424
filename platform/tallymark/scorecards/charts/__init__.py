"""Charts: a declarative spec in, SVG shapes out; the same for page and PDF.

Shapes only. Labels are HTML beside the drawing, because text inside SVG is neither joined nor reordered in the PDF.
Each shape carries a class (the page colours it, light and dark) and presentation attributes (the PDF's colours).
"""

from tallymark.scorecards.charts.bars import draw_bar
from tallymark.scorecards.charts.icons import arrow_icon, status_icon
from tallymark.scorecards.charts.lines import draw_sparkline, draw_trend
from tallymark.scorecards.charts.scale import axis_ticks
from tallymark.scorecards.charts.spec import Bar, Sparkline, Step, TrendChart, Waterfall
from tallymark.scorecards.charts.steps import draw_waterfall

__all__ = [
    "Bar",
    "Sparkline",
    "Step",
    "TrendChart",
    "Waterfall",
    "arrow_icon",
    "axis_ticks",
    "draw_bar",
    "draw_sparkline",
    "draw_trend",
    "draw_waterfall",
    "status_icon",
]
