"""A scorecard of a period that is still running: changes are to the same working day, trends to whole periods."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tallymark.engine.cell import Cell
from tallymark.scorecards.compose import Pace, Target, Timeline
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.comparison import Comparison

GREGORIAN = calendar()
OCTOBER = GREGORIAN.parse("2026-10")
RUNNING = Comparison(calendar=GREGORIAN, as_of=date(2026, 10, 13))
KEY = "revenue.bookings"


def tile_of(document):
    tiles = next(section for section in document.sections if section.kind == "tiles")
    return next(tile for group in tiles.groups for tile in group.tiles if tile.metric == KEY)


def cells(timeline: Timeline) -> list[Cell]:
    """A value of 1 for each day of each period, so that a change tells which days were compared."""
    return [
        Cell(metric=KEY, part="value", period=period, value=Decimal(RUNNING.days(period)))
        for period in timeline.needed
    ]


def test_a_running_month_is_held_against_as_much_of_the_others(sample):
    timeline = Timeline.ending(OCTOBER, GREGORIAN, comparison=RUNNING)
    assert timeline.previous is not None
    assert timeline.previous.days == 11
    assert GREGORIAN.parse("2026-09") in timeline.periods
    tile = tile_of(sample.document(timeline=timeline, cells=cells(timeline), targets=[]))
    # 13 days against 11 of September and 13 of October 2025; the line keeps the whole September.
    assert [(delta.against, delta.text) for delta in tile.deltas] == [
        ("vs last month to date", "+18.2%"),
        ("vs last year to date", "0.0%"),
    ]
    assert tile.line is not None
    assert tile.line.points[-2:] == ("30", "13")


def test_a_month_that_is_over_is_held_against_whole_ones(sample):
    timeline = Timeline.ending(GREGORIAN.parse("2026-09"), GREGORIAN, comparison=RUNNING)
    assert timeline.to_date is None
    assert timeline == Timeline.ending(GREGORIAN.parse("2026-09"), GREGORIAN)
    tile = tile_of(sample.document(timeline=timeline, cells=cells(timeline), targets=[]))
    assert [delta.against for delta in tile.deltas] == ["vs last month", "vs last year"]


def test_a_month_aligned_to_a_holiday_says_so(sample):
    tet = Alignment(name="tet", days=(date(2025, 1, 29), date(2026, 2, 17)))
    aligned = Comparison(calendar=GREGORIAN, alignment=tet)
    timeline = Timeline.ending(GREGORIAN.parse("2026-02"), GREGORIAN, comparison=aligned)
    assert timeline.year_before[-1].start == date(2025, 1, 13)
    tile = tile_of(sample.document(timeline=timeline, cells=cells(timeline), targets=[]))
    assert [delta.against for delta in tile.deltas] == [
        "vs last month",
        "vs last year, aligned to the holiday",
    ]


def test_the_headline_of_a_running_month_speaks_of_what_is_due_by_now(sample):
    timeline = Timeline.ending(OCTOBER, GREGORIAN, comparison=RUNNING)
    goal = Target(metric=KEY, period_start=OCTOBER.start, value=Decimal(20))
    half = Pace(
        metric=KEY, pace=Decimal("1.3"), needed=None, share=Decimal("0.5"), day=9, days=22, learned=False
    )
    made = sample.document(timeline=timeline, cells=cells(timeline), targets=[goal], paces=[half])
    # 13 of 20, where 10 are due: 30 % ahead, not "beat target by 35 %"
    assert made.summary.headline.text == (
        "So far nothing is behind its target; sales bookings is 30.0% ahead of what is due."
    )
    late = replace(half, pace=Decimal("0.722"), share=Decimal("0.9"))
    behind = sample.document(timeline=timeline, cells=cells(timeline), targets=[goal], paces=[late])
    assert "furthest behind: sales bookings" in behind.summary.headline.text
