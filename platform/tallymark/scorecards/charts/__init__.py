"""Charts: a declarative spec in, shapes out; the same for page, wall and PDF.

`draw(spec, direction)` draws every kind. Drawings are SVG shapes only: labels are HTML beside them, because text
inside SVG is neither joined nor reordered in the PDF. Tables and heat maps are tables. Each shape carries a class (the
page colours it, light and dark) and presentation attributes (the PDF's colours).
"""

from tallymark.scorecards.charts.columns import tops
from tallymark.scorecards.charts.drawing import draw, draw_waterfall
from tallymark.scorecards.charts.icons import arrow_icon, info_icon, state_icon, status_icon
from tallymark.scorecards.charts.scale import axis_ticks
from tallymark.scorecards.charts.shapes import Paint
from tallymark.scorecards.charts.spec import (
    Bar,
    Column,
    FunnelBar,
    HeatCell,
    HeatMap,
    HeatRow,
    Row,
    Sparkline,
    Spec,
    Step,
    Table,
    TrendChart,
    Waterfall,
    WaterfallRow,
)

__all__ = [
    "Bar",
    "Column",
    "FunnelBar",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "Paint",
    "Row",
    "Sparkline",
    "Spec",
    "Step",
    "Table",
    "TrendChart",
    "Waterfall",
    "WaterfallRow",
    "arrow_icon",
    "axis_ticks",
    "draw",
    "draw_waterfall",
    "info_icon",
    "state_icon",
    "status_icon",
    "tops",
]
