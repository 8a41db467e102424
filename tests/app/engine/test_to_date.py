"""Running periods are compared to the same working day, beside whole ones, and no row counts twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.plugins.registry import Registry
from tallymark_sdk import Derived, Flow, Metric, Ratio, Stock, _, check, previous, year_before
from tallymark_sdk.calendars import CALENDARS, GRAINS, calendar
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.calendars.workdays import Holiday, Workdays
from tallymark_sdk.formula import Arithmetic, Formula, Monthly, Number, Operand, PeriodDays, Rolling
from tallymark_sdk.inputs import inputs_used

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN = calendar()
OCTOBER = GREGORIAN.parse("2026-10")
AMOUNT = Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won"))

# One deal of 1 a day from January 2025 to the ninth working day of October 2026, so that a sum counts days.
LAST = date(2026, 10, 13)
TO_DATE = Comparison(calendar=GREGORIAN, as_of=LAST)


def deals(first: date = date(2025, 1, 1), last: date = LAST, **more: Any) -> list[dict[str, Any]]:
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [
        {
            "id": str(day),
            "status": "won",
            "amount": Decimal(1),
            "amount_base": Decimal(1),
            "closed_on": day,
            **more,
        }
        for day in days
    ]


def metric(key: str, formula: Formula) -> Metric:
    bare = Metric(
        key=key,
        name="X",
        description="X.",
        unit="money",
        better="higher",
        inputs=(),
        formula=formula,
        by=("rep",),
    )
    made = Metric(**{**bare.__dict__, "inputs": inputs_used(bare)})
    check(made)
    return made


def cells(
    formula: Formula, data: TenantData, comparison: Comparison | None, periods: tuple[str, ...] = ("2026-10",)
) -> Sequence[Cell]:
    made = metric("acme.x", formula)
    asked = [GREGORIAN.parse(text) for text in periods]
    return compute(
        Registry(metrics={made.key: made}),
        [made.key],
        asked,
        data=data,
        calendar=GREGORIAN,
        comparison=comparison,
    )


def value(operand: Operand, data: TenantData, comparison: Comparison | None, period: str = "2026-10") -> Any:
    formula = operand if isinstance(operand, Flow | Stock | Ratio) else Derived(operand)
    (cell,) = cells(formula, data, comparison, (period,))
    return cell.value


def test_a_running_month_is_compared_to_the_same_working_day(lake_of: LakeOf) -> None:
    data = lake_of({"opportunities": deals()})
    # The ninth working day of September was the 11th, of October 2025 the 13th.
    assert value(previous(AMOUNT), data, TO_DATE) == 11
    assert value(year_before(AMOUNT), data, TO_DATE) == 13
    assert value(AMOUNT, data, TO_DATE) == 13
    # Without a day of the data, as for a period that is over, by whole months.
    for comparison in (
        None,
        Comparison(calendar=GREGORIAN),
        Comparison(calendar=GREGORIAN, as_of=date(2026, 11, 1)),
    ):
        assert value(previous(AMOUNT), data, comparison) == 30
        assert value(year_before(AMOUNT), data, comparison) == 31


def test_holidays_move_the_day_that_is_compared_to(lake_of: LakeOf) -> None:
    labour_day = Workdays.of({5, 6}, [Holiday(on=date(2026, 9, 7))])
    comparison = Comparison(calendar=GREGORIAN, as_of=LAST, workdays=labour_day)
    assert value(previous(AMOUNT), lake_of({"opportunities": deals()}), comparison) == 14


def test_a_day_may_lie_in_a_whole_period_and_in_a_part_of_it(lake_of: LakeOf) -> None:
    """September is asked for whole, and read to the 11th for October: neither takes rows from the other."""
    data = lake_of({"opportunities": deals(rep_id="an")})
    growth = Derived(Arithmetic("-", AMOUNT, previous(AMOUNT)))
    made = metric("acme.growth", growth)
    plain = metric("acme.amount", AMOUNT)
    found = compute(
        Registry(metrics={made.key: made, plain.key: plain}),
        [plain.key, made.key],
        GREGORIAN.range(GREGORIAN.parse("2026-08"), 3),
        ["rep"],
        data=data,
        calendar=GREGORIAN,
        comparison=TO_DATE,
    )
    for member in ("", "an"):
        by_month = {
            key: [cell.value for cell in found if (cell.metric, cell.member) == (key, member)]
            for key in (plain.key, made.key)
        }
        assert by_month == {plain.key: [31, 30, 13], made.key: [0, -1, 2]}


def test_a_part_and_its_whole_count_a_member_once(lake_of: LakeOf) -> None:
    rows = deals()
    for number, row in enumerate(rows):
        row["account_id"] = str(number % 5)
    accounts = Flow("opportunities", on="closed_on", value=_.account_id.nunique())
    assert value(previous(accounts), lake_of({"opportunities": rows}), TO_DATE) == 5


def test_a_stock_is_taken_at_the_day_that_is_compared_to(lake_of: LakeOf) -> None:
    reps = [
        {"id": "before", "hired_on": date(2020, 1, 1)},
        {"id": "on the day", "hired_on": date(2026, 9, 11)},
        {"id": "the day after", "hired_on": date(2026, 9, 12)},
    ]
    heads = Stock("reps", start="hired_on", end="left_on", at="end", value=_.count())
    data = lake_of({"reps": reps})
    assert value(previous(heads), data, TO_DATE) == 2
    assert value(previous(heads), data, None) == 3


@pytest.mark.parametrize(
    ("operand", "to_date", "whole"),
    [
        # 31 + 30 + 13 days; July, August and September to the 11th; each of the three one month earlier.
        (Rolling(AMOUNT, 3), 74, 74),
        (previous(Rolling(AMOUNT, 3)), 31 + 31 + 11, 31 + 31 + 30),
        (Rolling(previous(AMOUNT), 3), 31 + 31 + 11, 31 + 31 + 30),
        (previous(previous(AMOUNT)), 13, 31),
        (year_before(previous(AMOUNT)), 11, 30),
        (Monthly(AMOUNT), 13, 13),
        (previous(Monthly(AMOUNT)), 11, 30),
        (previous(PeriodDays()), 11, 30),
        (PeriodDays(), 13, 31),
    ],
)
def test_moves_upon_moves(lake_of: LakeOf, operand: Operand, to_date: int, whole: int) -> None:
    data = lake_of({"opportunities": deals()})
    assert value(operand, data, TO_DATE) == to_date
    assert value(operand, data, None) == whole


def test_months_of_a_running_quarter(lake_of: LakeOf) -> None:
    data = lake_of({"opportunities": deals()})
    # A level of 7 in each month that has begun, beside as many of the quarter before.
    assert value(Monthly(Number(7)), data, TO_DATE, "2026-Q4") == 7
    assert value(previous(Monthly(Number(7))), data, TO_DATE, "2026-Q4") == 7
    assert value(previous(Monthly(AMOUNT)), data, TO_DATE, "2026-Q4") == 13
    assert value(previous(Monthly(Number(7))), data, None, "2026-Q4") == 21


@pytest.mark.parametrize("name", CALENDARS)
@pytest.mark.parametrize("grain", GRAINS)
def test_every_calendar_and_grain(lake_of: LakeOf, name: str, grain: str) -> None:
    """With one deal a day, a sum is as many days as the calendar says."""
    cut = calendar(name)
    comparison = Comparison(calendar=cut, as_of=LAST)
    data = lake_of({"opportunities": deals(date(2023, 1, 1))})
    asked = cut.range(cut.step(cut.period(grain, LAST), -1), 2)
    made: dict[str, Formula] = {
        "acme.now": AMOUNT,
        "acme.before": Derived(previous(AMOUNT)),
        "acme.year": Derived(year_before(AMOUNT)),
    }
    metrics = {key: metric(key, formula) for key, formula in made.items()}
    found = compute(
        Registry(metrics=metrics), list(metrics), asked, data=data, calendar=cut, comparison=comparison
    )
    values = {(cell.metric, cell.period): cell.value for cell in found}
    for period in asked:
        assert values["acme.now", period] == comparison.days(period)
        assert values["acme.before", period] == comparison.previous(period).days
        assert values["acme.year", period] == comparison.year_before(period).days
    if grain != "day":
        assert comparison.previous(asked[1]).days < asked[0].days


def test_before_the_first_working_day_there_is_no_growth(lake_of: LakeOf) -> None:
    comparison = Comparison(calendar=GREGORIAN, as_of=date(2026, 11, 1))
    data = lake_of({"opportunities": deals(last=date(2026, 11, 1))})
    (cell,) = cells(Ratio(AMOUNT - previous(AMOUNT), previous(AMOUNT)), data, comparison, ("2026-11",))
    assert (cell.value, cell.reason) == (None, "nothing to divide by")


def test_the_year_before_has_tet_at_the_same_place(lake_of: LakeOf) -> None:
    tet = [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)]
    aligned = Comparison(calendar=GREGORIAN, alignment=Alignment(name="tet", days=tuple(tet)))
    data = lake_of({"opportunities": [row for row in deals(date(2024, 1, 1)) if row["closed_on"] in tet]})
    months = ("2025-01", "2025-02", "2026-01", "2026-02")

    def counts(comparison: Comparison | None) -> list[Any]:
        return [cell.value for cell in cells(Derived(year_before(AMOUNT)), data, comparison, months)]

    assert [cell.value for cell in cells(AMOUNT, data, None, months)] == [1, 0, 0, 1]
    assert counts(aligned) == [1, 0, 0, 1]
    assert counts(None) == [0, 1, 1, 0]
