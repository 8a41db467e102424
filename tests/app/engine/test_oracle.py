"""The engine against the reference evaluator: every metric, part, breakdown and period over random rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar
from tallymark_sdk.reference import ReferenceEvaluator

LakeOf = Callable[[Mapping[str, Any]], TenantData]

START = date(2024, 1, 1)


def random_company(seed: int) -> dict[str, list[dict[str, Any]]]:
    dice = random.Random(seed)

    def day(span: int = 500) -> date:
        return START + timedelta(days=dice.randrange(span))

    def maybe(value: Any, chance: float = 0.8) -> Any:
        return value if dice.random() < chance else None

    def amount() -> Decimal:
        return Decimal(dice.randrange(0, 10_000_000)) / 10_000

    def deal(number: int) -> dict[str, Any]:
        status = dice.choice(["won", "won", "lost", "open", "cancelled"])
        value = maybe(amount())
        return {
            "id": f"d{number}",
            "status": status,
            "created_on": maybe(day(), 0.9),
            "closed_on": maybe(day(), 0.95) if status != "open" else None,
            "amount": value,
            "amount_base": maybe(value, 0.95),
            "probability": Decimal(dice.randrange(1_000_001)) / 1_000_000,
            "rep_id": maybe(dice.choice(["r1", "r2", "r3", "ghost"])),
            "account_id": maybe(dice.choice(["a1", "a2", "a3"])),
            "region_id": maybe(dice.choice(["north", "south"]), 0.3),
            "product_id": maybe(dice.choice(["p1", "p2", "unlisted"])),
            "channel": maybe(dice.choice(["web", "phone", ""])),
            "stage_id": maybe(dice.choice(["s1", "s2"])),
            "deleted_at": maybe(datetime(2024, 5, 1, tzinfo=UTC), 0.05),
        }

    def order(number: int) -> dict[str, Any]:
        return {
            "id": f"o{number}",
            "status": dice.choice(["confirmed", "paid", "cancelled", None]),
            "ordered_on": maybe(day(), 0.95),
            "rep_id": maybe(dice.choice(["r1", "r2", "r3"])),
            "account_id": maybe(dice.choice(["a1", "a2", "a3"])),
            "deleted_at": maybe(datetime(2024, 5, 1, tzinfo=UTC), 0.05),
        }

    def line(number: int) -> dict[str, Any]:
        value = amount()
        return {
            "id": f"l{number}",
            "order_id": f"o{dice.randrange(130)}",
            "product_id": maybe(dice.choice(["p1", "p2"])),
            "amount": value,
            "amount_base": maybe(value, 0.9),
            "cost": value,
            "cost_base": maybe(value / 2, 0.7) and (value / 2).quantize(Decimal("0.0001")),
        }

    reps: list[dict[str, Any]] = [
        {
            "id": "r1",
            "team_id": "t1",
            "department": "sales",
            "region_id": "north",
            "hired_on": date(2023, 1, 1),
        },
        {"id": "r2", "team_id": "t1", "region_id": "south", "hired_on": day(), "left_on": date(2025, 6, 30)},
        {"id": "r3", "team_id": "t2", "department": "partners"},
        {"id": "boss", "team_id": "t3"},
    ]
    return {
        "opportunities": [deal(number) for number in range(300)],
        "orders": [order(number) for number in range(120)],
        "order_lines": [line(number) for number in range(300)],
        "opportunity_lines": [
            {
                "id": f"x{n}",
                "opportunity_id": f"d{dice.randrange(300)}",
                "product_id": maybe(dice.choice(["p1", "p2"])),
                "amount": amount(),
            }
            for n in range(200)
        ],
        "reps": reps,
        "accounts": [{"id": "a1", "region_id": "north"}, {"id": "a2"}],
        "products": [{"id": "p1", "product_group": "g1"}, {"id": "p2"}],
    }


@pytest.mark.parametrize(("seed", "name", "grain"), [(1, "gregorian", "month"), (2, "jalali", "quarter")])
def test_engine_agrees_with_the_reference_in_every_cell(
    lake_of: LakeOf, seed: int, name: str, grain: str
) -> None:
    rows = random_company(seed)
    metrics = registry()
    cut = calendar(name)
    periods = cut.range(cut.period(grain, START + timedelta(days=120)), 3)
    by = sorted({dimension for metric in metrics for dimension in metric.by})
    cells = compute(metrics, sorted(metrics.metrics), periods, by, data=lake_of(rows), calendar=cut)
    oracle = ReferenceEvaluator(rows, cut, metrics)
    # The first and last totals and a sample of members: the reference compiles one query a cell.
    checked = [cell for cell in cells if not cell.dimension and cell.period != periods[1]]
    checked += random.Random(seed).sample([cell for cell in cells if cell.dimension], 40)
    for cell in checked:
        expected = oracle.value(
            metrics[cell.metric], cell.period, part=cell.part, dimension=cell.dimension, member=cell.member
        )
        assert cell.value == expected, cell
        assert (cell.value is None) == (cell.reason is not None), cell


def test_members_of_an_additive_metric_sum_to_its_total(lake_of: LakeOf) -> None:
    metrics = registry()
    cut = calendar("gregorian")
    periods = cut.range(cut.parse("2024-03"), 6)
    additive = [metric for metric in metrics if metric.additive]
    by = sorted({dimension for metric in additive for dimension in metric.by})
    data = lake_of(random_company(3))
    cells = compute(metrics, [metric.key for metric in additive], periods, by, data=data, calendar=cut)
    compared = 0
    for metric in additive:
        own = [cell for cell in cells if cell.metric == metric.key and cell.part == "value"]
        for period in periods:
            total = next(cell.value for cell in own if cell.period == period and not cell.dimension)
            for dimension in metric.by:
                if dimension in metric.not_additive_by:
                    continue
                parts = [cell.value for cell in own if cell.period == period and cell.dimension == dimension]
                assert sum(Decimal(part or 0) for part in parts) == total, (metric.key, dimension, period)
                compared += 1
    assert compared > 100


def test_row_order_and_threads_change_nothing(lake_of: LakeOf) -> None:
    metrics = registry()
    cut = calendar("gregorian")
    periods = cut.range(cut.parse("2024-03"), 4)
    rows = random_company(4)
    shuffled = {name: random.Random(9).sample(given, len(given)) for name, given in rows.items()}
    answers = []
    for given, threads in [(rows, 1), (shuffled, 2)]:
        data = lake_of(given)
        answers.append(
            compute(
                metrics, sorted(metrics.metrics), periods, ["rep"], data=data, calendar=cut, threads=threads
            )
        )
    assert answers[0] == answers[1]
