"""Targets in formulas: imported and set here, divided, summed up, by last year's months; and the reference agrees."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tallymark.engine import TenantData, compute
from tallymark.engine.targets import SetTargets, TenantTargets
from tallymark.plugins.registry import Registry
from tallymark_sdk import Flow, Metric, Ratio, _, metric_value
from tallymark_sdk.calendars import calendar
from tallymark_sdk.formula import target
from tallymark_sdk.reference import ReferenceEvaluator
from tallymark_sdk.testing.bench import Bench
from tallymark_tenants.profile import TenantProfile
from tallymark_tenants.targets import StoredTarget

CUT = calendar()
MAY = CUT.parse("2026-05")
BOOKED = Metric(
    key="t.booked", name="Booked", description="d", unit="money", better="higher", additive=True,
    inputs=("opportunities.amount_base", "opportunities.closed_on"), by=("rep", "team"),
    formula=Flow("opportunities", on="closed_on", value=_.amount_base.sum()),
)  # fmt: skip
ATTAINED = Metric(
    key="t.attained", name="Attained", description="d", unit="ratio", better="higher",
    inputs=("t.booked",), by=("rep", "team"),
    formula=Ratio(metric_value("t.booked"), target("t.booked")),
)  # fmt: skip
COMPANY = TenantProfile(id=uuid4(), slug="t", name="T", currency="EUR")
KNOWN = Registry(metrics={metric.key: metric for metric in (BOOKED, ATTAINED)})


def deal(number: int, day: date, amount: int, rep: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "closed_on": day,
        "amount": Decimal(amount),
        "amount_base": Decimal(amount),
        "rep_id": rep,
    }


def goal(
    number: int, value: object, rep: str = "", *, scope: str = "rep", base: object = "same"
) -> dict[str, Any]:
    return {
        "id": str(number), "metric": "t.booked", "scope": scope, "scope_id": rep or None,
        "period_start": date(2026, 1, 1), "period_end": date(2027, 1, 1), "value": Decimal(str(value)),
        "value_base": Decimal(str(value)) if base == "same" else base,
    }  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    "opportunities": [
        deal(1, date(2026, 5, 3), 75, "an"),
        deal(2, date(2026, 5, 4), 30, "bo"),
        deal(3, date(2025, 5, 9), 300, "an"),
        deal(4, date(2025, 7, 9), 100, "an"),
    ],
    "reps": [{"id": "an", "name": "An", "team_id": "north"}, {"id": "bo", "name": "Bo", "team_id": "north"}],
    "targets": [goal(1, 1200, "an"), goal(2, 240, "bo")],
}


def stored(value: object, **more: Any) -> StoredTarget:
    year: dict[str, Any] = {"start": date(2026, 1, 1), "end": date(2027, 1, 1)}
    return StoredTarget(id=uuid4(), metric="t.booked", value=Decimal(str(value)), **(year | more))


@pytest.fixture
def asked(lake_of: Callable[..., TenantData]):
    """Compute the attainment of May, by rep and team, with these rows and targets of the tenant's own."""

    def ask(rows=ROWS, *own: StoredTarget, spreads: dict[str, str] | None = None):
        data = lake_of(rows)
        targets = TenantTargets(
            stored=SetTargets(targets=own, spreads=spreads or {}), data=data, registry=KNOWN, calendar=CUT,
            profile=COMPANY,
            )  # fmt: skip
        cells = compute(
            KNOWN, ["t.attained"], [MAY], ("rep", "team"), data=data, calendar=CUT, targets=targets
        )
        return {(cell.dimension, cell.member): cell for cell in cells}, targets

    return ask


def test_imported_targets_are_divided_and_summed_up_to_the_team_and_the_company(asked):
    cells, _targets = asked()
    assert {place: (cell.value, cell.denominator) for place, cell in cells.items()} == {
        ("rep", "an"): (Decimal("0.75"), 100),
        ("rep", "bo"): (Decimal("1.5"), 20),
        ("team", "north"): (Decimal("0.875"), 120),
        ("", ""): (Decimal("0.875"), 120),
    }


def test_the_reference_evaluator_finds_the_same(asked):
    cells, _targets = asked()
    reference = ReferenceEvaluator(ROWS, CUT, KNOWN.metrics.values())
    for (dimension, member), cell in cells.items():
        assert reference.value(ATTAINED, MAY, dimension=dimension, member=member) == cell.value


def test_a_target_set_here_goes_before_the_imported_one_of_its_period(asked):
    cells, _targets = asked(ROWS, stored(3600, dimension="rep", member="an"))
    assert cells["rep", "an"].denominator == 300
    assert cells["", ""].denominator == 320


def test_seasonality_takes_the_months_of_last_year(asked):
    cells, _targets = asked(ROWS, spreads={"t.booked": "seasonality"})
    assert cells["rep", "an"].denominator == 900  # 300 of last year's 400 were in May
    assert cells["rep", "bo"].denominator == 20  # sold nothing last year, so evenly


def test_working_days_are_those_of_the_company(asked):
    off = [
        {"id": str(day), "on": date(2026, 5, day), "is_workday": False} for day in range(1, 32) if day != 4
    ]
    cells, targets = asked({**ROWS, "calendar_days": off}, spreads={"": "working-days"})
    worked = targets.workdays.count(CUT.parse("2026"))
    assert worked == 261 - 21 + 1  # the year's Mondays to Fridays, of May's the 4th alone
    assert abs(cells["rep", "an"].denominator - Decimal(1200) / worked) < Decimal("0.01")


def test_a_money_target_without_a_rate_is_no_number(asked):
    rows = {**ROWS, "targets": [goal(1, 1200, "an", base=None), goal(2, 240, "bo")]}
    cells, _targets = asked(rows)
    assert (cells["rep", "an"].value, cells["rep", "an"].reason) == (None, "no exchange rate for the target")
    assert cells["", ""].value is None
    assert cells["rep", "bo"].denominator == 20


def test_who_has_a_target_and_no_rows_has_reached_none_of_it(asked):
    rows = {
        **ROWS,
        "opportunities": ROWS["opportunities"][:1],
        "reps": [*ROWS["reps"], {"id": "cy", "name": "Cy", "team_id": "south"}],
        "targets": [
            *ROWS["targets"],
            goal(3, 600, "cy"),
            {**goal(4, 600, "gone"), "period_start": date(2025, 1, 1), "period_end": date(2026, 1, 1)},
            goal(5, 600, "unrated", base=None),
        ],
    }
    cells, _targets = asked(rows)
    assert {place: (cell.value, cell.denominator) for place, cell in cells.items() if place[0]} == {
        ("rep", "an"): (Decimal("0.75"), 100),
        ("rep", "bo"): (0, 20),
        ("rep", "cy"): (0, 50),
        ("rep", "unrated"): (None, None),
        ("team", "north"): (Decimal("0.625"), 120),
        ("team", "south"): (0, 50),
    }
    assert cells["rep", "unrated"].reason == "no exchange rate for the target"
    bench = Bench(rows, CUT, KNOWN.metrics.values())
    assert bench.members(ATTAINED, "rep", [MAY]) == ("an", "bo", "cy", "unrated")


def test_without_targets_the_reason_says_so(asked):
    cells, _targets = asked({"opportunities": ROWS["opportunities"]})
    assert (cells["", ""].value, cells["", ""].reason) == (None, "no target set")


def test_what_cannot_be_used_is_counted(asked):
    rows = {
        **ROWS,
        "targets": [{**goal(1, 1200, "an"), "metric": "t.unknown"}, {**goal(2, 1), "scope_id": None}],
    }
    _cells, targets = asked(rows)
    assert targets.left_out == {"no such metric": 1, "no member of the scope": 1}
