"""The reference evaluator: one plain query a cell, for golden cases and as the platform engine's oracle.

It is slow on purpose. It shares with the engine only what a row means (`rows`, `dimensions`), not how cells are
planned, fused or assembled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.dimensions import with_member
from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Flow,
    Number,
    Operand,
    Ratio,
    Reference,
    Shifted,
    Stock,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import DATASETS
from tallymark_sdk.rows import empty_model, empty_relation, grain, measured

_COMPILER = DuckDBCompiler()
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


class ReferenceEvaluator:
    """Evaluates metrics over rows given in memory.

    Args:
        rows: dataset → its rows as mappings of stored columns; columns not given are null. Every dataset that
            isn't given is empty.
        calendar: the calendar that `previous` and `year_before` step in.
        metrics: the metrics that references may point to.
    """

    def __init__(
        self,
        rows: Mapping[str, Iterable[Mapping[str, Any]]],
        calendar: Calendar,
        metrics: Iterable[Metric] = (),
    ) -> None:
        self._calendar = calendar
        self._metrics = {metric.key: metric for metric in metrics}
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._connection.execute("SET TimeZone = 'UTC'")
        for name, dataset in DATASETS.items():
            given = [{"source_id": "test", **row} for row in rows.get(name, ())]
            self._connection.register(name, pa.Table.from_pylist(given, schema=dataset.stored_schema))

    def value(
        self, metric: Metric, period: Period, *, part: str = "value", dimension: str = "", member: str = ""
    ) -> Decimal | int | None:
        """The metric's value, None where there is none."""
        return self._evaluate(metric.formula_of(part, dimension), period, dimension, member)

    def _evaluate(
        self, operand: Operand, period: Period, dimension: str, member: str
    ) -> Decimal | int | None:
        match operand:
            case Flow() | Stock():
                return self._leaf(operand, period, dimension, member)
            case Number(value):
                return value
            case Derived(expression):
                return self._evaluate(expression, period, dimension, member)
            case Reference(key, part):
                return self._evaluate(
                    self._metrics[key].formula_of(part, dimension), period, dimension, member
                )
            case Total(inner):
                return self._evaluate(inner, period, "", "")
            case Shifted(inner, "previous"):
                return self._evaluate(inner, self._calendar.step(period, -1), dimension, member)
            case Shifted(inner, _):
                return self._evaluate(inner, self._calendar.year_before(period), dimension, member)
            case Ratio(left, right):
                return self._evaluate(Arithmetic("/", left, right), period, dimension, member)
            case Arithmetic(operator, left, right):
                over = self._evaluate(left, period, dimension, member)
                under = self._evaluate(right, period, dimension, member)
                return _arithmetic(operator, over, under)
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _leaf(self, leaf: Flow | Stock, period: Period, dimension: str, member: str) -> Decimal | int | None:
        rows = empty_relation(leaf.dataset)
        if dimension:
            day = leaf.on if isinstance(leaf, Flow) else None
            rows = with_member(
                rows, dimension, grain=grain(leaf.dataset), day=day, model=empty_model(), name="_member"
            )
            rows = rows.filter(rows["_member"] == member)
        rows = rows.filter(_in_period(rows, leaf, period))
        taken = measured(leaf, rows)
        if taken.argument is None or taken.kernel == "count":
            return int(self._scalar(taken.used.sum()) or 0)
        reduced = getattr(taken.argument, "nunique" if taken.kernel == "distinct" else taken.kernel)
        found = self._scalar(reduced(where=taken.used))
        if found is None:
            return 0 if taken.kernel == "sum" else None
        return Decimal(str(found)) if isinstance(found, float) else found

    def _scalar(self, expression: ir.Scalar) -> Any:
        row = self._connection.execute(_COMPILER.to_sqlglot(expression.as_table()).sql("duckdb")).fetchone()
        return row[0] if row else None


def _in_period(rows: ir.Table, leaf: Flow | Stock, period: Period) -> ir.BooleanValue:
    first, beyond = ibis.literal(period.start), ibis.literal(period.end)
    if isinstance(leaf, Flow):
        inside: ir.BooleanValue = (rows[leaf.on] >= first) & (rows[leaf.on] < beyond)
        return inside
    start, end = rows[leaf.start], rows[leaf.end]
    started_before = first if leaf.at in {"start", "both"} else beyond
    still_there = first if leaf.at in {"start", "during"} else beyond
    started = start < started_before
    if leaf.open_start:
        started = started | start.isnull()
    valid: ir.BooleanValue = started & (end.isnull() | (end >= still_there))
    return valid


def _arithmetic(
    operator: str, left: Decimal | int | None, right: Decimal | int | None
) -> Decimal | int | None:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    over, under = Decimal(left), Decimal(right)
    match operator:
        case "+":
            return _EXACT.add(over, under)
        case "-":
            return _EXACT.subtract(over, under)
        case "*":
            return _EXACT.multiply(over, under)
        case _:
            return _EXACT.divide(over, under)
