"""The families from lead to deal, in the engine against its oracle and at their edges."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import Registry, registry
from tallymark_sdk.binding import bind
from tallymark_sdk.calendars import calendar
from tallymark_sdk.reference import ReferenceEvaluator

from .funnel import random_funnel

LakeOf = Callable[[Mapping[str, Any]], TenantData]

FAMILIES = ("pipeline", "conversion", "deals")
GREGORIAN = calendar("gregorian")
JUNE = GREGORIAN.parse("2026-06")


def of_the_families() -> Registry:
    return Registry(metrics={metric.key: metric for metric in registry() if metric.family in FAMILIES})


PARAMETERS: Mapping[str, Mapping[str, object]] = {
    "pipeline.lead_contact_rate": {"days": 20},
    "pipeline.lead_qualification_rate": {"framework": "gpct", "letters": 2},
    "pipeline.stale_opportunities": {"days": 10},
    **{
        key: {"within": 20}
        for key in (
            "pipeline.opportunity_to_lead_ratio",
            "conversion.conversion_rate",
            "conversion.lead_to_sale",
            "conversion.stage_conversion",
            "conversion.quote_to_close",
        )
    },
}


@pytest.mark.parametrize(
    ("seed", "name", "grain", "is_set"), [(1, "gregorian", "month", False), (2, "jalali", "month", True)]
)
def test_engine_agrees_with_the_reference(
    lake_of: LakeOf, seed: int, name: str, grain: str, *, is_set: bool
) -> None:
    metrics = of_the_families()
    if is_set:
        metrics = Registry(metrics={m.key: bind(m, PARAMETERS.get(m.key, {})) for m in metrics})
    rows, cut = random_funnel(seed), calendar(name)
    periods = cut.range(cut.period(grain, date(2024, 2, 15)), 3)
    by = sorted({dimension for metric in metrics for dimension in metric.by})
    cells = compute(metrics, sorted(metrics.metrics), periods, by, data=lake_of(rows), calendar=cut)
    oracle = ReferenceEvaluator(rows, cut, metrics)
    # The reference asks one query a cell, so of each metric's breakdowns a few cells are taken.
    dice = random.Random(seed)
    of_metrics = [[cell for cell in cells if cell.metric == key] for key in sorted(metrics.metrics)]
    checked = [cell for own in of_metrics for cell in dice.sample(own, 4)]
    for cell in checked:
        expected = oracle.value(
            metrics[cell.metric], cell.period, part=cell.part, dimension=cell.dimension, member=cell.member
        )
        assert cell.value == expected, cell
        assert (cell.value is None) == (cell.reason is not None), cell


def test_the_parts_of_an_additive_metric_sum_to_it_and_no_row_is_counted_twice(lake_of: LakeOf) -> None:
    metrics, rows = of_the_families(), random_funnel(3)
    periods = GREGORIAN.range(GREGORIAN.parse("2024-02"), 3)
    additive = [metric for metric in metrics if metric.additive]
    by = sorted({dimension for metric in additive for dimension in metric.by})
    keys = [metric.key for metric in additive]
    cells = compute(metrics, keys, periods, by, data=lake_of(rows), calendar=GREGORIAN)
    values = {(c.metric, c.period, c.dimension, c.member): c.value for c in cells if c.part == "value"}
    for metric in additive:
        for dimension in set(metric.by) - set(metric.not_additive_by):
            for period in periods:
                parts = [
                    value
                    for (key, when, under, _), value in values.items()
                    if (key, when, under) == (metric.key, period, dimension)
                ]
                assert sum(Decimal(part or 0) for part in parts) == values[metric.key, period, "", ""]


def test_the_order_of_rows_changes_nothing(lake_of: LakeOf) -> None:
    metrics, rows = of_the_families(), random_funnel(4)
    periods = GREGORIAN.range(GREGORIAN.parse("2024-02"), 3)
    shuffled = {name: random.Random(5).sample(given, len(given)) for name, given in rows.items()}
    first, second = (
        compute(metrics, sorted(metrics.metrics), periods, ["rep", "stage"], data=lake_of(given), calendar=GREGORIAN,
                threads=threads)
        for given, threads in [(rows, 1), (shuffled, 2)]
    )  # fmt: skip
    assert first == second


LEADS = [
    {"id": "won", "created_on": date(2026, 6, 1), "opportunity_id": "d1"},
    {"id": "running", "created_on": date(2026, 6, 1), "opportunity_id": "d2"},
    {"id": "untouched", "created_on": date(2026, 6, 30)},
    {"id": "given up", "created_on": date(2026, 6, 30), "status_kind": "unqualified"},
    {"id": "lost", "created_on": date(2026, 6, 1), "opportunity_id": "d3"},
]
DEALS = [
    {"id": "d1", "status": "won", "created_on": date(2026, 6, 1), "closed_on": date(2026, 6, 9)},
    {"id": "d2", "status": "open", "created_on": date(2026, 6, 1)},
    {"id": "d3", "status": "lost", "created_on": date(2026, 6, 1), "closed_on": date(2026, 6, 9)},
]
STAGES = [
    {"id": "quote", "position": 1, "kind": "open", "is_quote": True},
    {"id": "lost", "position": 2, "kind": "lost"},
]
STAYS = [
    {
        "id": f"{deal} {stage}",
        "opportunity_id": deal,
        "stage_id": stage,
        "entered_at": datetime(2026, 6, day, tzinfo=UTC),
        "entered_on": date(2026, 6, day),
        "origin": "derived",
    }
    for deal, stage, day in [("d1", "quote", 1), ("d2", "quote", 1), ("d3", "quote", 1), ("d3", "lost", 9)]
]


@pytest.mark.parametrize(
    ("key", "values", "as_of", "pending"),
    [
        ("conversion.lead_to_sale", {}, date(2030, 1, 1), 2),  # running and untouched can still be won
        ("pipeline.opportunity_to_lead_ratio", {}, date(2030, 1, 1), 1),  # untouched
        ("conversion.conversion_rate", {}, date(2030, 1, 1), 1),  # d2
        ("conversion.lead_to_sale", {"within": 30}, date(2026, 7, 30), 2),
        ("conversion.lead_to_sale", {"within": 30}, date(2026, 7, 31), 0),  # 30 days after 30 June and more
        ("conversion.stage_conversion", {}, date(2030, 1, 1), 1),  # d2 is in its first stage still
        ("conversion.quote_to_close", {}, date(2030, 1, 1), 1),  # d2
        ("pipeline.lead_contact_rate", {}, date(2026, 7, 7), 5),
        ("pipeline.lead_contact_rate", {}, date(2026, 7, 8), 0),
    ],
)
def test_a_cohort_is_immature_while_its_members_can_change(
    lake_of: LakeOf, key: str, values: Mapping[str, object], as_of: date, pending: int
) -> None:
    metrics = Registry(metrics={key: bind(registry()[key], values)})
    rows = {
        "leads": LEADS,
        "opportunities": DEALS,
        "activities": [],
        "stages": STAGES,
        "stage_history": STAYS,
    }
    data = lake_of(rows)
    (cell,) = compute(metrics, [key], [JUNE], data=data, calendar=GREGORIAN, as_of=as_of)
    assert cell.pending == pending


@pytest.mark.parametrize(
    ("key", "connected", "reason"),
    [
        ("pipeline.new_leads", ("opportunities",), "not connected: leads"),
        ("pipeline.lead_contact_rate", ("leads",), "not connected: activities"),
        ("pipeline.stale_opportunities", ("opportunities",), "not connected: activities"),
        ("pipeline.booked_meeting_pipeline", ("opportunities",), "not connected: activities"),
        ("pipeline.opportunity_to_lead_ratio", ("leads",), None),  # leads may say it themselves
        ("conversion.lead_to_sale", ("leads",), "not connected: opportunities"),
        ("conversion.conversion_time", ("opportunities",), None),
        ("conversion.stage_time", ("opportunities",), "not connected: stage history"),
        (
            "conversion.stage_time",
            ("stage_history",),
            "nothing to divide by",
        ),  # a history needs no opportunities
        ("conversion.stage_conversion", ("opportunities", "stage_history"), "not connected: stages"),
        ("conversion.stage_loss", ("opportunities",), None),
        ("conversion.quote_to_close", ("opportunities", "stage_history"), "not connected: stages"),
        ("pipeline.referral_leads", ("leads", "opportunities"), None),
    ],
)
def test_what_is_not_connected_is_no_zero(
    lake_of: LakeOf, key: str, connected: tuple[str, ...], reason: str | None
) -> None:
    rows = {"leads": LEADS, "opportunities": DEALS}
    data = lake_of({name: rows.get(name, []) for name in connected})
    cells = compute(registry(), [key], [JUNE], data=data, calendar=GREGORIAN)
    cell = next(cell for cell in cells if cell.part == "value")
    assert cell.reason == reason
    assert (cell.value is None) == (reason is not None)


def test_rows_that_no_period_can_take_are_counted_beside_the_number(lake_of: LakeOf) -> None:
    deals = [
        {"id": "1", "status": "open", "created_on": date(2026, 6, 1)},
        {"id": "2", "status": "open"},
        {"id": "3", "status": "won", "created_on": date(2026, 6, 1)},
        {"id": "4", "status": "open", "created_on": date(2026, 6, 1), "deleted_at": datetime(2026, 6, 2, tzinfo=UTC)},
    ]  # fmt: skip
    data = lake_of({"opportunities": deals, "activities": []})
    (cell,) = compute(registry(), ["pipeline.stale_opportunities"], [JUNE], data=data, calendar=GREGORIAN)
    assert cell.value == 1
    assert cell.left_out == {
        "no date (created on)": 1,
        "closed without a date": 1,
        "deleted in the source": 1,
    }


@pytest.mark.parametrize("key", ["stage_time", "stage_conversion", "stage_loss", "quote_to_close"])
def test_a_history_seen_between_syncs_says_nothing_of_the_time_before(lake_of: LakeOf, key: str) -> None:
    data = lake_of({"opportunities": DEALS, "stages": STAGES, "stage_history": STAYS})
    cells = compute(registry(), [f"conversion.{key}"], GREGORIAN.range(GREGORIAN.parse("2026-05"), 1), data=data,
                    calendar=GREGORIAN)  # fmt: skip
    assert {cell.reason for cell in cells} == {"no data before the first sync"}
