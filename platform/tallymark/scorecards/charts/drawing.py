"""The one way from a spec to its drawing."""

from markupsafe import Markup

from tallymark.scorecards.charts.bars import draw_bar, draw_funnel_bar
from tallymark.scorecards.charts.columns import draw_columns
from tallymark.scorecards.charts.lines import draw_sparkline, draw_trend
from tallymark.scorecards.charts.shapes import PLAIN, Paint
from tallymark.scorecards.charts.spec import (
    Bar,
    FunnelBar,
    HeatMap,
    Sparkline,
    Spec,
    Table,
    TrendChart,
    Waterfall,
    WaterfallRow,
)
from tallymark.scorecards.charts.steps import draw_row
from tallymark.scorecards.charts.tables import draw_heat_map, draw_table


def draw(spec: Spec, direction: str = "ltr", *, paint: Paint = PLAIN) -> Markup:
    """The drawing of any spec, for a page that reads in `direction`.

    Bars, funnels and waterfalls are mirrored where reading is. Time runs from left to right everywhere: a rising line
    that is mirrored reads as a falling one.
    """
    match spec:
        case Bar():
            return draw_bar(spec, direction, paint)
        case FunnelBar():
            return draw_funnel_bar(spec, direction, paint)
        case Waterfall():
            return draw_columns(spec, direction, paint)
        case WaterfallRow():
            return draw_row(spec, direction, paint)
        case Sparkline():
            return draw_sparkline(spec, paint)
        case TrendChart():
            return draw_trend(spec, paint)
        case HeatMap():
            return draw_heat_map(spec)
        case Table():
            return draw_table(spec)


def draw_waterfall(chart: Waterfall, *, direction: str = "ltr") -> list[Markup]:
    """A waterfall that goes down the page: the drawing of each of its steps."""
    return [draw(WaterfallRow(chart=chart, index=index), direction) for index in range(len(chart.steps))]
