"""Charts: shapes from specs."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from markupsafe import Markup

from tallymark.scorecards.charts import (
    Bar,
    Sparkline,
    TrendChart,
    axis_ticks,
    draw,
)


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        (("0", "97"), "0", "100"),
        (("812000", "1284310"), "800000", "1300000"),
        (("10", "100"), "0", "100"),
        (("-5", "5"), "-5", "5"),
        (("0.26", "0.29"), "0.26", "0.29"),
        (("5", "5"), "2", "8"),
        (("0", "0"), "0", "1"),
        ((), "0", "1"),
    ],
    ids=str,
)
def test_an_axis_encloses_its_values_with_round_ticks(values, first, last):
    ticks = axis_ticks([Decimal(value) for value in values])
    assert (ticks[0], ticks[-1]) == (Decimal(first), Decimal(last))
    assert 2 <= len(ticks) <= 6
    assert len({after - before for before, after in pairwise(ticks)}) == 1


def widths(svg):
    return [float(width) for width in re.findall(r'width="([\d.]+)%"', svg)]


def test_a_bar_is_as_long_as_its_part_and_never_longer_than_its_track():
    assert widths(draw(Bar(part=0.25))) == [100, 100, 25]
    assert widths(draw(Bar(part=7))) == [100, 100, 100]
    assert widths(draw(Bar(part=-1))) == [100, 100]


def test_a_bar_grows_from_where_reading_starts():
    assert 'x="75.00%" width="25.00%"' in draw(Bar(part=0.25), direction="rtl")
    assert 'x="20.00%"' in draw(Bar(part=0.25, tick=0.8), direction="rtl")


def test_a_gap_in_the_values_is_a_gap_in_the_line():
    svg = draw(Sparkline(points=(1, 2, None, 4, 5)))
    assert svg.count("<polyline") == 2
    assert draw(Sparkline(points=(None, None))) == ""
    assert "<circle" not in draw(Sparkline(points=(1, 2, None)))


def test_equal_values_lie_on_one_level():
    places = re.search(r'<polyline points="([^"]+)"', draw(Sparkline(points=(3, 3, 3))))[1]
    assert len({point.split(",")[1] for point in places.split()}) == 1


def test_a_trend_marks_what_missed_and_steps_its_target():
    chart = TrendChart(
        values=(1, 2, None),
        targets=(2, 2, 2),
        year_before=(None, 1, 1),
        missed=(True, False, False),
        low=0,
        high=4,
        lines=4,
    )
    svg = draw(chart)
    assert svg.count('class="hollow"') == 1
    assert svg.count("<circle") == 2
    assert svg.count('class="s-target"') == 1
    assert svg.count('class="s-grid"') == 4


def test_captions_are_escaped():
    svg = draw(Bar(part=0.5, caption="<script>&"))
    assert isinstance(svg, Markup)
    assert "<title>&lt;script&gt;&amp;</title>" in svg
