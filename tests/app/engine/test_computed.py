"""Metrics in Python through the engine: their values stand beside the others', and their failures in their own cells."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric, check
from tallymark_sdk.calendars import calendar
from tallymark_sdk.reference import ReferenceEvaluator

CALENDAR = calendar("gregorian")
PACK = '''
from decimal import Decimal
import pyarrow as pa
from tallymark_sdk import Derived, Flow, Metric, Part, Ratio, _, computed, metric_value, previous

READS = ("orders.amount_base", "orders.ordered_on")
AMOUNT = Flow("orders", on="ordered_on", value=_.amount_base.sum())


def metric(key, formula, inputs=READS, **more):
    return Metric(key=f"acme.{key}", name="n", description="d", unit="money", better="higher", inputs=inputs,
                  formula=formula, **more)


@computed(reads=READS)
def largest(tables, periods):
    """The largest order of each period and member."""
    found = {}
    for row in tables["orders"].to_pylist():
        for span in periods.to_pylist():
            if span["first"] <= row["ordered_on"] < span["beyond"]:
                key = (span["period"], row["member"])
                found[key] = max(found.get(key, 0), row["amount_base"])
    return pa.table({
        "period": pa.array([key[0] for key in found], pa.int64()),
        "member": pa.array([key[1] for key in found], pa.string()),
        "value": pa.array(list(found.values()), pa.decimal128(18, 4)),
    })


@computed(reads=READS)
def fails(tables, periods):
    raise ValueError("out of ideas")


@computed(reads=READS)
def dies(tables, periods):
    import os
    os.kill(os.getpid(), 9)


@computed(reads=("targets.amount",))
def reads_targets(tables, periods):
    return pa.table({"period": [0], "value": [tables["targets"].num_rows]})


METRICS = [
    metric("largest", largest, by=("rep", "region"), parts={
        "before": Part(name="Before", unit="money", formula=Derived(previous(largest)))}),
    metric("growth", Derived(metric_value("acme.largest") - previous(metric_value("acme.largest"))),
           ("acme.largest",), by=("rep",)),
    metric("share", Ratio(largest, AMOUNT), by=("rep",)),
    metric("total", AMOUNT, by=("rep",)),
    metric("fails", fails, by=("rep",)),
    metric("dies", dies),
    metric("on_failure", Derived(metric_value("acme.fails") + metric_value("acme.total")), ("acme.fails", "acme.total")),
]
'''
DELETED = datetime(2026, 6, 20, tzinfo=UTC)
ROWS: dict[str, list[dict[str, Any]]] = {
    "orders": [
        {"id": "1", "ordered_on": date(2026, 5, 31), "amount_base": Decimal(70), "rep_id": "an"},
        {"id": "2", "ordered_on": date(2026, 6, 1), "amount_base": Decimal(100), "rep_id": "an"},
        {"id": "3", "ordered_on": date(2026, 6, 30), "amount_base": Decimal(40), "rep_id": "binh"},
        {"id": "4", "ordered_on": date(2026, 6, 9), "amount_base": Decimal(900), "deleted_at": DELETED},
    ],
    "reps": [{"id": "an", "region_id": "north"}, {"id": "binh"}],
}
JUNE = CALENDAR.parse("2026-06")


@pytest.fixture
def metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Metric]]:
    (tmp_path / "acme_in_python.py").write_text(PACK)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = import_module("acme_in_python").METRICS
    for metric in found:
        check(metric)
    yield {metric.key: metric for metric in found}
    del sys.modules["acme_in_python"]


@pytest.fixture
def computing(
    metrics: dict[str, Metric], lake_of: Callable[..., TenantData]
) -> Callable[..., Sequence[Cell]]:
    def ask(*keys: str, by: tuple[str, ...] = ()) -> Sequence[Cell]:
        registry = Registry(metrics=metrics)
        return compute(
            registry, [f"acme.{key}" for key in keys], [JUNE], by, data=lake_of(ROWS), calendar=CALENDAR
        )

    return ask


def found(cells: Sequence[Cell]) -> dict[tuple[str, str, str], Decimal | int | None]:
    return {(cell.metric.removeprefix("acme."), cell.part, cell.member): cell.value for cell in cells}


def test_a_function_answers_for_totals_members_parts_and_other_metrics(
    computing: Callable[..., Sequence[Cell]],
) -> None:
    cells = found(computing("largest", "growth", "share", by=("rep",)))
    assert {at: value and round(value, 6) for at, value in cells.items()} == {
        ("largest", "value", ""): 100,
        ("largest", "value", "an"): 100,
        ("largest", "value", "binh"): 40,
        ("largest", "before", ""): 70,
        ("largest", "before", "an"): 70,
        ("largest", "before", "binh"): None,
        ("growth", "value", ""): 30,
        ("growth", "value", "an"): 30,
        ("growth", "value", "binh"): None,
        ("share", "value", ""): Decimal("0.714286"),
        ("share", "value", "an"): 1,
        ("share", "value", "binh"): 1,
    }  # fmt: skip


def test_rows_without_a_member_are_handed_over_as_unassigned(
    computing: Callable[..., Sequence[Cell]],
) -> None:
    cells = found(computing("largest", by=("region",)))
    assert cells["largest", "value", "north"] == 100
    assert cells["largest", "value", "unassigned"] == 40


def test_a_failure_stays_in_its_own_cells(computing: Callable[..., Sequence[Cell]]) -> None:
    alone = computing("total", "largest", by=("rep",))
    together = computing("fails", "total", "dies", "largest", "on_failure", by=("rep",))
    reasons = {cell.metric: cell.reason for cell in together if cell.reason}
    assert reasons["acme.fails"] == "raised ValueError: out of ideas"
    assert reasons["acme.dies"] == "tried to send a signal"
    assert reasons["acme.on_failure"] == "raised ValueError: out of ideas"
    assert [cell for cell in together if cell.metric in {"acme.total", "acme.largest"}] == alone


def test_a_function_over_a_dataset_that_nobody_filled_is_not_run(
    metrics: dict[str, Metric], lake_of: Callable[..., TenantData]
) -> None:
    only_reps = lake_of({"reps": ROWS["reps"]})
    (cell,) = compute(Registry(metrics=metrics), ["acme.dies"], [JUNE], data=only_reps, calendar=CALENDAR)
    assert cell.value is None
    assert cell.reason == "not connected: orders"
    known = Registry(metrics=metrics)
    assert known.missing_of("acme.on_failure", only_reps.is_connected) == ("orders",)
    assert known.columns_of("acme.growth") == ("orders.amount_base", "orders.ordered_on")


def test_the_reference_evaluator_agrees(
    metrics: dict[str, Metric], computing: Callable[..., Sequence[Cell]]
) -> None:
    evaluator = ReferenceEvaluator(ROWS, CALENDAR, metrics.values())
    for cell in computing("largest", "growth", "share", by=("rep", "region")):
        value = evaluator.value(
            metrics[cell.metric], JUNE, part=cell.part, dimension=cell.dimension, member=cell.member
        )
        assert value == cell.value, cell
