"""One target divided: whatever the method and however the period is cut, the parts add up to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallymark_sdk.calendars import calendar
from tallymark_sdk.targets import METHODS, Spread, TargetError, decompose

GREGORIAN = calendar()
YEAR = GREGORIAN.parse("2026")
MONTHS = GREGORIAN.range(GREGORIAN.parse("2026-01"), 12)
WEEKDAYS = {0, 1, 2, 3, 4}


def works(day: date) -> bool:
    return day.weekday() in WEEKDAYS


def months_of(value, spread=None, **options):
    return decompose(
        Decimal(value), YEAR.start, YEAR.end, MONTHS, spread or Spread(), calendar=GREGORIAN,
        **({"places": 2} | options),
    )  # fmt: skip


def test_a_year_evenly_is_a_twelfth_a_month():
    assert months_of("2400") == (Decimal(200),) * 12


def test_what_does_not_divide_is_off_by_at_most_a_cent():
    parts = months_of("1000")
    assert sum(parts) == 1000
    assert set(parts) == {Decimal("83.33"), Decimal("83.34")}


def test_a_currency_without_decimals_is_divided_into_whole_amounts():
    parts = months_of("1000", places=0)
    assert sum(parts) == 1000
    assert set(parts) == {Decimal(83), Decimal(84)}


def test_a_day_and_a_week_take_their_part_of_the_month_by_days():
    day, week = GREGORIAN.parse("2026-02-10"), GREGORIAN.parse("2026-W07")
    parts = decompose(
        Decimal(3360), YEAR.start, YEAR.end, (day, week), calendar=GREGORIAN, places=2
    )  # February: 280 over 28 days
    assert parts == (Decimal(10), Decimal(70))


def test_working_days_divide_by_the_days_worked():
    week = GREGORIAN.parse("2026-W20")
    days = GREGORIAN.range(GREGORIAN.period("day", week.start), 7)
    spread = Spread(method="working-days")
    parts = decompose(
        Decimal(100), week.start, week.end, days, spread, calendar=GREGORIAN, places=2, works=works
    )
    assert parts == (Decimal(20),) * 5 + (Decimal(0),) * 2


def test_seasonality_divides_as_last_years_months_were():
    last = {1: 10, 2: 30, 12: 60}
    parts = months_of("1000", Spread(method="seasonality"), season=lambda month: last.get(month.start.month))
    assert [parts[0], parts[1], parts[11]] == [100, 300, 600]
    assert sum(parts) == 1000


@pytest.mark.parametrize("nothing", [None, 0, -5])
def test_without_a_last_year_seasonality_is_even(nothing):
    assert months_of("2400", Spread(method="seasonality"), season=lambda _month: nothing) == (200,) * 12


def test_weights_by_quarter_are_even_within_the_quarter():
    parts = months_of(
        "1200", Spread(method="weights", weights=(Decimal(1), Decimal(2), Decimal(2), Decimal(1)))
    )
    assert parts == (Decimal("66.67"), Decimal("66.66"), Decimal("66.67"),
                     *(Decimal("133.33"), Decimal("133.34"), Decimal("133.33")),
                     *(Decimal("133.33"), Decimal("133.34"), Decimal("133.33")),
                     *(Decimal("66.67"), Decimal("66.66"), Decimal("66.67")))  # fmt: skip


def test_level_is_not_divided():
    assert months_of("0.3", Spread(method="level")) == (Decimal("0.3"),) * 12


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Spread(method="evenyl"), 'no spread "evenyl".*evenly'),
        (lambda: Spread(method="weights"), "give both, or neither"),
        (lambda: Spread(weights=(Decimal(1),)), "give both, or neither"),
        (lambda: Spread(method="weights", weights=(Decimal(0), Decimal(0))), "greater than 0"),
        (lambda: Spread(method="weights", weights=(Decimal(-1), Decimal(2))), "0 or more"),
        (lambda: Spread(method="weights", weights=(Decimal("NaN"),)), "0 or more"),
        (lambda: months_of("1", Spread(method="weights", weights=(Decimal(1),) * 5)), "12 weights.*4.*5 are given"),
    ],
    ids=["typo", "weights missing", "weights too many", "all 0", "negative", "not a number", "count"],
)  # fmt: skip
def test_a_spread_that_cannot_be_says_so(make, sentence):
    with pytest.raises(TargetError, match=sentence):
        make()


values = st.decimals(min_value=-(10**12), max_value=10**12, places=3)
weights = st.lists(st.decimals(min_value=0, max_value=100, places=2), min_size=12, max_size=12).filter(any)


@settings(deadline=None, max_examples=50)
@given(
    value=values,
    method=st.sampled_from([method for method in METHODS if method != "level"]),
    given_weights=weights,
    places=st.sampled_from([0, 2, 4]),
    system=st.sampled_from([("gregorian", 1), ("gregorian", 4), ("jalali", 1)]),
    grain=st.sampled_from(["day", "week", "month", "quarter"]),
)
def test_the_parts_add_up_exactly(value, method, given_weights, places, system, grain):
    cut = calendar(system[0], fiscal_start=system[1])
    year = cut.period("year", date(2026, 6, 1))
    spread = Spread(method=method, weights=tuple(given_weights) if method == "weights" else ())
    months = cut.range(cut.period("month", year.start), 12)
    last = dict(zip(months, given_weights, strict=True))
    pieces = [cut.period(grain, year.start)]
    while pieces[-1].end < year.end:
        pieces.append(cut.step(pieces[-1], 1))
    parts = decompose(
        value, year.start, year.end, pieces, spread, calendar=cut, places=places, works=works, season=last.get
    )
    assert sum(map(Fraction, parts)) == Fraction(value)
    if grain in ("month", "quarter") and method == "evenly":
        exact = value / len(parts)
        assert all(abs(part - exact) <= Decimal(1).scaleb(-places) for part in parts)


@settings(deadline=None, max_examples=50)
@given(value=values, cuts=st.sets(st.integers(min_value=1, max_value=364), max_size=20))
def test_any_cut_of_the_period_adds_up(value, cuts):
    days = [YEAR.start + timedelta(days=n) for n in (0, *sorted(cuts), 365)]
    periods = [type(YEAR)(a, b, "day", "gregorian", "") for a, b in pairwise(days)]
    parts = decompose(value, YEAR.start, YEAR.end, periods, calendar=GREGORIAN, places=2)
    assert sum(map(Fraction, parts)) == Fraction(value)
