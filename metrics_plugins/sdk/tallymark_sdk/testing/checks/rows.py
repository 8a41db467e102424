"""Checks that vary the rows of the golden cases and look at what becomes of the values."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import DATASETS, Kind
from tallymark_sdk.testing.golden import said, same, shown
from tallymark_sdk.testing.rows import Row, Rows
from tallymark_sdk.testing.scene import Cell, Scene
from tallymark_sdk.testing.subject import Subject

_SEED = 20  # any number: a shuffle that can be repeated
_FACTOR = 3
_DELETED = datetime(2026, 1, 1, tzinfo=UTC)


def empty_tenant(subject: Subject, metric: Metric) -> Iterator[str]:
    """Without any rows every value is 0 or missing."""
    for scene in subject.scenes(metric):
        for cell, value in scene.over({}).items():
            if value is not None and value != 0:
                yield f"without any rows the value {cell} is {shown(value)}; it should be 0 or no value"


def nulls(subject: Subject, metric: Metric) -> Iterator[str]:
    """With any one column empty in every row, the value is still a number or missing."""
    for scene in subject.scenes(metric):
        for name in metric.inputs:
            dataset, _, column = name.partition(".")
            if dataset not in DATASETS or column in {"id", "source_id"}:
                continue
            try:
                scene.over(scene.changed(_emptied(dataset, column)), cells=scene.totals)
            except Exception as error:  # noqa: BLE001  whatever a stranger's metric raises
                yield f"with {name} empty in every row it can't be computed: {said(error)}"


def row_order(subject: Subject, metric: Metric) -> Iterator[str]:
    """The order of rows changes nothing."""
    for scene in subject.scenes(metric):
        backwards = {name: list(reversed(rows)) for name, rows in scene.rows.items()}
        for rows in (backwards, {name: _shuffled(rows) for name, rows in scene.rows.items()}):
            yield from _differences(scene, rows, "with the rows in another order")


def repetition(subject: Subject, metric: Metric) -> Iterator[str]:
    """Computed again, or by several threads, the value is the same to the last digit."""
    for scene in subject.scenes(metric):
        for threads, how in ((1, "computed a second time"), (4, "computed by four threads")):
            again = scene.over(scene.rows, threads=threads)
            yield from _compared(scene.values, again, how)


def deleted_twins(subject: Subject, metric: Metric) -> Iterator[str]:
    """A second copy of every row that was deleted in the source changes nothing."""
    for scene in subject.scenes(metric):
        rows = {name: [*rows, *(_twin(row) for row in rows)] for name, rows in scene.rows.items()}
        yield from _differences(
            scene,
            rows,
            "with a deleted copy of every row",
            "leave out rows whose deleted_at is set, in views too",
        )


def currency_scaling(subject: Subject, metric: Metric) -> Iterator[str]:
    """With every amount in the tenant's currency times three, money is three times as much and nothing else moves."""

    def tripled(dataset: str, row: Row) -> Mapping[str, Any]:
        columns = {c.name for c in DATASETS[dataset].stored_columns if c.kind is Kind.MONEY and c.derived}
        return {name: row[name] * _FACTOR for name in columns if row.get(name) is not None}

    for scene in subject.scenes(metric):
        after = scene.over(scene.changed(tripled))
        for cell, before in scene.values.items():
            unit = metric.unit if cell.part == "value" else metric.parts[cell.part].unit
            factor = _FACTOR if unit == "money" else 1
            expected = None if before is None else Decimal(before) * factor
            if not same(expected, after[cell]):
                yield (
                    f"with every amount times {_FACTOR} the value {cell} went from {shown(before)} to "
                    f"{shown(after[cell])}, not to {shown(expected)}; a {unit} should "
                    f"{'grow with the amounts' if factor > 1 else 'not depend on the currency'}"
                )


def _differences(scene: Scene, rows: Rows, how: str, advice: str = "") -> Iterator[str]:
    yield from _compared(scene.values, scene.over(rows), how, advice)


def _compared(
    before: Mapping[Cell, Figure | None], after: Mapping[Cell, Figure | None], how: str, advice: str = ""
) -> Iterator[str]:
    for cell, value in before.items():
        if value != after[cell]:
            yield (
                f"{how} the value {cell} is {shown(after[cell])} instead of {shown(value)}"
                f"{f'; {advice}' if advice else ''}"
            )


def _emptied(dataset: str, column: str) -> Any:
    return lambda name, _row: {column: None} if name == dataset else {}


def _shuffled(rows: Sequence[Row]) -> list[Row]:
    return random.Random(_SEED).sample(rows, len(rows))


def _twin(row: Row) -> Row:
    return {**row, "id": f"{row['id']} (deleted copy)", "deleted_at": _DELETED}
