"""The engine against the reference evaluator: every metric, part, breakdown and period over random rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import registry
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import calendar
from tallymark_sdk.model import DATASETS, Column, Dataset, Kind
from tallymark_sdk.ownership import OWNED
from tallymark_sdk.reference import ReferenceEvaluator

LakeOf = Callable[[Mapping[str, Any]], TenantData]

START = date(2024, 1, 1)


# How many rows of each dataset: few people and things, many events, so that every breakdown has full members.
ROWS = {"accounts": 12, "reps": 6, "teams": 3, "regions": 3, "products": 5, "stages": 5, "campaigns": 3}
EVENTS = {"opportunities": 250, "activities": 300, "order_lines": 200, "stage_history": 250, "costs": 40}
WORDS = ("north", "web", "gold", "")
SCALES = ((1, 10), (0, 10), (1, 5), (None, None))


def random_company(seed: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of every dataset, drawn column by column from the model: nulls, ghosts, deleted rows and odd orders of
    dates included."""
    dice = random.Random(seed)
    sizes = {name: ROWS.get(name, EVENTS.get(name, 80)) for name in DATASETS}
    return {
        name: [_random_row(dice, DATASETS[name], number, sizes) for number in range(size)]
        for name, size in sizes.items()
    }


def _random_row(dice: random.Random, of: Dataset, number: int, sizes: Mapping[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in of.columns:
        if dice.random() < 0.85 or column.name in {"status", "position"}:
            row[column.name] = _random_value(dice, column, sizes)
    if "scale_min" in row or "scale_max" in row:
        row["scale_min"], row["scale_max"] = dice.choice(SCALES)
    row |= {"id": f"{of.name}-{number}", "created_at": _moment(dice)}
    if dice.random() < 0.04:
        row["deleted_at"] = datetime(2024, 5, 1, tzinfo=UTC)
    for column in of.stored_columns:
        value = row.get(column.name)
        if value is None:
            continue
        if column.local_date:
            row[column.local_date] = value.date()
        if column.in_base and dice.random() < 0.95:
            row[column.in_base] = value
    return row


def _random_value(dice: random.Random, column: Column, sizes: Mapping[str, int]) -> Any:
    match column.kind:
        case Kind.ID if column.refers_to:
            # One more than there are: an id that leads nowhere.
            return f"{column.refers_to}-{dice.randrange(sizes[column.refers_to] + 1)}"
        case Kind.ID | Kind.TEXT:
            return dice.choice(WORDS)
        case Kind.CHOICE:
            return dice.choice(column.choices)
        case Kind.FLAG:
            return dice.random() < 0.5
        case Kind.TIMESTAMP:
            return _moment(dice)
        case Kind.DATE:
            return _moment(dice).date()
        case Kind.MONEY:
            return Decimal(dice.randrange(0, 10_000_000)) / 10_000
        case Kind.DECIMAL:
            return Decimal(dice.randrange(0, 1_000_001)) / 1_000_000 * dice.choice((1, 10))
        case Kind.INTEGER:
            return dice.randrange(1, 6)
        case _:
            return None


def _moment(dice: random.Random) -> datetime:
    return datetime(START.year, START.month, START.day, 12, tzinfo=UTC) + timedelta(days=dice.randrange(500))


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
    # The totals of one period and a sample of members: the reference compiles one query a cell.
    checked = [cell for cell in cells if not cell.dimension and cell.period == periods[seed % 3]]
    checked += random.Random(seed).sample([cell for cell in cells if cell.dimension], 40)
    for cell in checked:
        expected = oracle.value(
            metrics[cell.metric], cell.period, part=cell.part, dimension=cell.dimension, member=cell.member
        )
        assert cell.value == expected, cell
        assert (cell.value is None) == (cell.reason is not None), cell


def test_engine_agrees_with_the_reference_on_who_owned_what_then(lake_of: LakeOf) -> None:
    rows, metrics, cut = random_company(5), registry(), calendar("gregorian")
    periods = cut.range(cut.parse("2024-04"), 3)
    ask = partial(compute, metrics, sorted(metrics.metrics), periods, OWNED, data=lake_of(rows), calendar=cut)
    now, then = ask(), ask(attribution=AS_WAS)
    assert [cell for cell in now if not cell.dimension] == [cell for cell in then if not cell.dimension]
    oracle = ReferenceEvaluator(rows, cut, metrics, attribution=AS_WAS)
    told = {(cell.metric, cell.part, cell.period, cell.dimension, cell.member): cell.value for cell in now}
    differing = [
        cell
        for cell in then
        if cell.dimension
        and told.get((cell.metric, cell.part, cell.period, cell.dimension, cell.member)) != cell.value
    ]
    assert {cell.dimension for cell in differing} == set(OWNED)
    for cell in random.Random(5).sample(differing, 16):
        expected = oracle.value(
            metrics[cell.metric], cell.period, part=cell.part, dimension=cell.dimension, member=cell.member
        )
        assert cell.value == expected, cell


@pytest.mark.parametrize("attribution", [AS_IS, AS_WAS])
def test_members_of_an_additive_metric_sum_to_its_total(lake_of: LakeOf, attribution: Attribution) -> None:
    metrics = registry()
    cut = calendar("gregorian")
    periods = cut.range(cut.parse("2024-03"), 6)
    additive = [metric for metric in metrics if metric.additive]
    offered = {dimension for metric in additive for dimension in metric.by}
    by = sorted(offered & set(OWNED) if attribution == AS_WAS else offered)  # no other depends on it
    data = lake_of(random_company(3))
    cells = compute(
        metrics,
        [metric.key for metric in additive],
        periods,
        by,
        data=data,
        calendar=cut,
        attribution=attribution,
    )
    compared = 0
    for metric in additive:
        own = [cell for cell in cells if cell.metric == metric.key and cell.part == "value"]
        for period in periods:
            total = next(cell.value for cell in own if cell.period == period and not cell.dimension)
            for dimension in metric.by:
                if dimension in metric.not_additive_by or dimension not in by:
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
