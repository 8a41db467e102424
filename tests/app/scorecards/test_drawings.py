"""Every kind of drawing, in both directions, of ordinary and of degenerate data."""

import re
from itertools import pairwise

import pytest
from markupsafe import Markup

from tallymark.scorecards.charts import (
    Bar,
    Column,
    FunnelBar,
    HeatCell,
    HeatMap,
    HeatRow,
    Paint,
    Row,
    Sparkline,
    Step,
    Table,
    TrendChart,
    Waterfall,
    WaterfallRow,
    draw,
    tops,
)

HUGE = 10.0**18


def trend(values, **more):
    known = [value for value in values if value is not None]
    nothing = (None,) * len(values)
    given = {
        "values": tuple(values),
        "targets": nothing,
        "year_before": nothing,
        "missed": (False,) * len(values),
        "low": min(known, default=0.0),
        "high": max(known, default=1.0),
        "lines": 4,
        "caption": "A trend",
    }
    return TrendChart(**{**given, **more})


def fall(*levels):
    """A waterfall through these levels."""
    inner = [Step(before=before, after=after, tone="good") for before, after in pairwise(levels)]
    return Waterfall(
        steps=(Step(before=0, after=levels[0]), *inner, Step(before=0, after=levels[-1])), caption="A fall"
    )


def heat(*rows):
    return HeatMap(
        member="Month",
        size="Size",
        ages=("0", "1"),
        rows=tuple(HeatRow(name="May", size="9", cells=row) for row in rows),
        open_text="Can still change",
        caption="Cohorts",
    )


SPECS = {
    "bar": Bar(part=0.4, tick=0.8, caption="A bar"),
    "bar of nothing": Bar(part=0, caption="A bar"),
    "bar of no number": Bar(part=float("nan"), caption="A bar"),
    "sparkline": Sparkline(points=(1, None, 3), target=2, caption="A line"),
    "sparkline of one": Sparkline(points=(5,), caption="A line"),
    "sparkline of equals": Sparkline(points=(0, 0, 0), caption="A line"),
    "sparkline of negatives": Sparkline(points=(-5, -1, -HUGE), target=HUGE, caption="A line"),
    "large sparkline": Sparkline(points=(1, 2), large=True, caption="A line"),
    "trend": trend([1, None, 3], targets=(2, 2, 2), year_before=(0, 1, 1), missed=(True, False, False)),
    "trend of one": trend([5]),
    "trend of zeros": trend([0, 0]),
    "trend of negatives": trend([-3, -1, -2]),
    "trend of huge": trend([HUGE, -HUGE]),
    "trend of nothing known": trend([None, None]),
    "trend of two hundred": trend(list(range(200)), wide=True),
    "funnel": FunnelBar(part=0.5, lost=0.3, depth=0.5, caption="A step"),
    "funnel of all": FunnelBar(part=1, caption="A step"),
    "funnel of none": FunnelBar(part=0, lost=1, caption="A step"),
    "funnel beyond": FunnelBar(part=0.9, lost=5, depth=9, caption="A step"),
    "waterfall": fall(100, 120, 90),
    "waterfall of zeros": fall(0, 0, 0),
    "waterfall of negatives": fall(-100, -50, -120),
    "waterfall across zero": fall(-50, 80),
    "waterfall of small changes": fall(1_000_000, 1_000_010),
    "waterfall of equals": fall(7, 7, 7),
    "waterfall of huge": fall(HUGE, -HUGE),
    "waterfall of two hundred": fall(*range(200)),
    "waterfall row": WaterfallRow(
        chart=Waterfall(steps=(Step(before=0, after=5, caption="A step"),)), index=0
    ),
}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_a_drawing_is_shapes_within_its_bounds_and_says_what_it_shows(spec, direction):
    svg = draw(spec, direction)
    assert isinstance(svg, Markup)
    assert svg.startswith("<svg")
    assert re.search(r"<title>A (bar|line|trend|step|fall)</title>", svg)
    for forbidden in ("<text", "<tspan", "<foreignObject", "style=", " id=", "url(", "nan", "inf", "None"):
        assert forbidden not in svg
    for share in re.findall(r'"(-?[\d.]+)%"', svg):
        assert -0.01 <= float(share) <= 100.01
    for start, length in re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', svg):
        assert float(start) + float(length) <= 100.02
    for start, length in re.findall(r'y="([\d.]+)%" height="([\d.]+)%"', svg):
        assert float(start) + float(length) <= 100.02


@pytest.mark.parametrize("values", [(), (None,), (None, None)], ids=["empty", "one", "two"])
def test_a_line_of_nothing_is_no_drawing(values):
    assert draw(Sparkline(points=values)) == ""
    assert draw(Sparkline(points=values, target=3)) == ""
    assert draw(trend([])) == ""


def test_a_waterfall_of_no_steps_is_an_empty_frame():
    assert "<rect" not in draw(Waterfall(steps=()))
    assert tops(Waterfall(steps=())) == ()


def test_time_is_never_mirrored_and_everything_else_is():
    for name in ("sparkline", "trend"):
        assert draw(SPECS[name], "ltr") == draw(SPECS[name], "rtl")
    for name in ("bar", "funnel", "waterfall", "waterfall row"):
        assert draw(SPECS[name], "ltr") != draw(SPECS[name], "rtl")


def rects(svg, role):
    found = re.findall(rf'<rect[^>]*class="f-{role}"[^>]*>', svg)
    return [
        tuple(float(re.search(rf'\b{side}="([\d.]+)%?"', each)[1]) for side in ("x", "width"))
        for each in found
    ]


def test_a_funnels_losses_are_hatched_where_they_were():
    (bar,) = rects(draw(FunnelBar(part=0.5, lost=0.25)), "brand")
    assert bar == (0, 50)
    for direction, low, high in (("ltr", 50, 75), ("rtl", 25, 50)):
        svg = draw(FunnelBar(part=0.5, lost=0.25), direction)
        places = [
            float(x)
            for line in re.findall(r"<line[^>]*>", svg)
            for x in re.findall(r'x[12]="([\d.]+)%"', line)
        ]
        assert len(places) > 20
        assert low - 0.01 <= min(places) < low + 2
        assert high - 2 < max(places) <= high + 0.01
    assert "<line" not in draw(FunnelBar(part=0.5))


def test_columns_stand_on_zero_unless_the_changes_would_vanish():
    whole = draw(fall(100, 180, 40))
    assert 'class="s-paper"' not in whole
    broken = draw(fall(1_000, 1_040, 990))
    assert broken.count('class="s-paper"') == 8  # four teeth in each of the two ends
    assert 'class="s-paper"' not in draw(fall(-1_000, -1_040))


def test_columns_are_in_the_order_of_reading():
    chart = Waterfall(
        steps=(
            Step(before=0, after=10, tone="brand"),
            Step(before=10, after=30, tone="good"),
            Step(before=0, after=30, tone="brand"),
        )
    )
    (left,), (right,) = rects(draw(chart), "good"), rects(draw(chart, "rtl"), "good")
    assert left == right  # the middle one
    first, last = rects(draw(chart), "brand")
    assert first[0] < left[0] < last[0]
    first, last = rects(draw(chart, "rtl"), "brand")
    assert first[0] > left[0] > last[0]


def test_a_columns_figure_stands_above_it():
    low, high, end = tops(fall(10, 30))
    assert low < high
    assert high == end
    assert high <= 0.9
    assert tops(fall(0, 0)) == (0, 0, 0)


def test_a_heat_map_is_a_table_whose_open_cells_say_so():
    html = draw(
        heat(
            (HeatCell(text="12%", shade=0.3), HeatCell(text="40%", shade=1.0, open=True)),
            (HeatCell(text="<b>", shade=-7), None),
        )
    )
    assert '<td class="h3">12%</td>' in html
    assert '<td class="h10 open" title="Can still change">40%</td>' in html
    assert '<td class="h0">&lt;b&gt;</td><td></td>' in html
    assert '<caption class="unseen">Cohorts</caption>' in html
    assert html.count('scope="col"') == 4
    assert draw(heat()).count("<tr>") == 1


def test_a_table_names_its_rows_and_escapes_what_others_wrote():
    table = Table(
        columns=(
            Column(head="#", kind="rank"),
            Column(head="<Name>"),
            Column(head="Compared", kind="graph", unseen=True),
        ),
        rows=(
            Row(cells=("Group",), kind="group"),
            Row(cells=("1", "<script>", draw(Bar(part=1)))),
            Row(cells=("", "Total", ""), kind="total"),
        ),
        named=1,
    )
    html = draw(table)
    assert '<th scope="col">&lt;Name&gt;</th>' in html
    assert '<span class="unseen">Compared</span>' in html
    assert '<tr class="group-row"><th scope="rowgroup" colspan="3">Group</th></tr>' in html
    assert '<td class="rank">1</td><th scope="row">&lt;script&gt;</th><td class="graph"><svg' in html
    assert '<tr class="total">' in html
    assert draw(Table(columns=(), rows=())).startswith('<table class="data">')


def test_a_brands_colour_reaches_every_shape():
    paint = Paint.branded("#6d28d9")
    for name in ("bar", "sparkline", "trend", "funnel", "waterfall"):
        svg = draw(SPECS[name], paint=paint)
        assert "#6d28d9" in svg
        assert "#1d4ed8" not in svg
