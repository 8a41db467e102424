"""The reference evaluator: one plain query a cell, for golden cases and as the platform engine's oracle.

It is slow on purpose. It shares with the engine only what a row means (`rows`, `dimensions`), not how cells are
planned, fused or assembled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark_sdk.arithmetic import Exact, Figure, apply, function, settle
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.calendars.inside import months_of
from tallymark_sdk.computing import answer_rows, as_given, members_in
from tallymark_sdk.computing_rows import handed_over, member_column
from tallymark_sdk.dimensions import follows_owner, with_member
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Function,
    Leaf,
    Monthly,
    Number,
    Operand,
    PeriodDays,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Target,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import DATASETS
from tallymark_sdk.ownership import day_owned, with_owners_then
from tallymark_sdk.rows import empty_model, empty_relation, grain, measured
from tallymark_sdk.targets.book import TargetSource
from tallymark_sdk.targets.nature import book_of

_COMPILER = DuckDBCompiler()


class ReferenceEvaluator:
    """Evaluates metrics over rows given in memory.

    Args:
        rows: dataset → its rows as mappings of stored columns; columns not given are null. Every dataset that
            isn't given is empty.
        calendar: the calendar that `previous` and `year_before` step in.
        metrics: the metrics that references may point to.
        targets: where `Target` operands find theirs; without it, in the rows of `targets`.
        as_of: the day of the data, from which a cohort's horizon counts.
        attribution: by whom reps', teams', departments' and regions' rows count: who owns them now, or owned them.
    """

    def __init__(
        self,
        rows: Mapping[str, Iterable[Mapping[str, Any]]],
        calendar: Calendar,
        metrics: Iterable[Metric] = (),
        *,
        targets: TargetSource | None = None,
        as_of: date | None = None,
        attribution: Attribution = AS_IS,
    ) -> None:
        rows = {name: list(given) for name, given in rows.items()}
        self._calendar = calendar
        self._as_of = as_of
        self._attribution = attribution
        self._metrics = {metric.key: metric for metric in metrics}
        self._targets = targets or book_of(rows, self._metrics, calendar)
        self._rows = rows
        self._given: set[str] = set()
        self._connection = _database().cursor()
        self._connection.execute("SET TimeZone = 'UTC'")

    def value(
        self, metric: Metric, period: Period, *, part: str = "value", dimension: str = "", member: str = ""
    ) -> Figure | None:
        """The metric's value, None where there is none."""
        return settle(self._evaluate(metric.formula_of(part, dimension), period, dimension, member))

    def is_immature(self, metric: Metric, period: Period, *, dimension: str = "", member: str = "") -> bool:
        """Whether the value can still change because members of its cohort can."""
        if metric.pending is None:
            return False
        days = metric.horizon_days
        if days is not None and self._as_of is not None and period.end + timedelta(days=days) <= self._as_of:
            return False
        return bool(self._evaluate(metric.pending, period, dimension, member))

    def _evaluate(  # noqa: C901, PLR0912  one case a kind
        self, operand: Operand, period: Period, dimension: str, member: str
    ) -> Exact | None:
        def again(inner: Operand, at: Period = period) -> Exact | None:
            return self._evaluate(inner, at, dimension, member)

        match operand:
            case Flow() | Stock() | PerPeriod():
                return self._leaf(operand, period, dimension, member)
            case Computed():
                return self._computed(operand, period, dimension, member)
            case Number(value):
                return value
            case PeriodDays():
                return period.days
            case Target(key):
                return self._targets.value(key, dimension, member, period)[0]
            case Derived(expression):
                return again(expression)
            case Reference(key, part):
                return again(self._metrics[key].formula_of(part, dimension))
            case Total(inner):
                return self._evaluate(inner, period, "", "")
            case Shifted(inner, "previous"):
                return again(inner, self._calendar.step(period, -1))
            case Shifted(inner, _):
                return again(inner, self._calendar.year_before(period))
            case Rolling(inner, periods):
                return _sum([again(inner, self._calendar.step(period, -back)) for back in range(periods)])
            case Monthly(inner):
                return _sum([again(inner, month) for month in months_of(period, self._calendar)])
            case Ratio(left, right):
                return apply("/", again(left), again(right))
            case Arithmetic(operator, left, right):
                return apply(operator, again(left), again(right))
            case Function(name, arguments):
                return function(name, [settle(again(argument)) for argument in arguments])
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _leaf(self, leaf: Leaf, period: Period, dimension: str, member: str) -> Figure | None:
        self._connection.register("periods", period_table([period]))
        then = AS_WAS if self._attribution == AS_WAS and follows_owner(dimension) else AS_IS
        query = _query(leaf, period, dimension, member, then)
        found = self._fetch(query.sql, query.tables)
        if found is None:
            return query.when_empty
        return Decimal(str(found)) if isinstance(found, float) else found

    def _computed(self, formula: Computed, period: Period, dimension: str, member: str) -> Figure | None:
        """A function's answer, called in this very process: whoever tests a pack trusts it."""
        members = member_column(dimension) if dimension else None
        tables: dict[str, pa.Table] = {}
        for dataset, columns in formula.columns.items():
            rows = handed_over(dataset, columns, [dimension] if dimension else [])
            self._give(_tables(rows))
            given = self._connection.sql(_COMPILER.to_sqlglot(rows).sql("duckdb")).to_arrow_table()
            tables[dataset] = as_given(given, columns, members)
        answer = formula.function(tables, period_table([period]))
        values = {
            name: value
            for _, name, value in answer_rows(answer, 1, total=not dimension, members=members_in(tables))
        }
        return values.get(member)

    def _scalar(self, expression: ir.Scalar) -> Any:
        return self._fetch(*_compiled(expression))

    def _fetch(self, sql: str, tables: frozenset[str]) -> Any:
        self._give(tables)
        found = self._connection.execute(sql).fetchall()
        return found[0][0] if found else None

    def _give(self, tables: frozenset[str]) -> None:
        for name in tables & DATASETS.keys() - self._given:
            rows = [{"source_id": "test", **row} for row in self._rows.get(name, ())]
            self._connection.register(name, pa.Table.from_pylist(rows, schema=DATASETS[name].stored_schema))
            self._given.add(name)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for the process: making one takes longer than asking it. Each evaluator's rows are its cursor's own."""
    return duckdb.connect(":memory:", config={"threads": 1})


class _Query(NamedTuple):
    """The SQL of a leaf's cell, the tables it reads, and what it means to find nothing."""

    sql: str
    tables: frozenset[str]
    when_empty: int | None


# Tests ask the same cell over many variations of the rows; making the query takes longer than answering it.
@lru_cache(maxsize=2048)
def _query(leaf: Leaf, period: Period, dimension: str, member: str, attribution: Attribution) -> _Query:
    rows = empty_relation(leaf.dataset)
    if dimension:
        day = leaf.on if isinstance(leaf, Flow) else None
        if attribution == AS_WAS:
            on = ibis.literal(period.start), ibis.literal(period.end)
            rows = rows.mutate(_owned_on=rows[day] if day else day_owned(leaf, *on))
            rows = with_owners_then(rows, grain=grain(leaf.dataset), day="_owned_on", model=empty_model())
        rows = with_member(
            rows, dimension, grain=grain(leaf.dataset), day=day, model=empty_model(), name="_member"
        )
        rows = rows.filter(rows["_member"] == member)
    if not isinstance(leaf, PerPeriod):
        rows = rows.filter(_in_period(rows, leaf, period))
    taken = measured(leaf, rows)
    if taken.argument is None or taken.kernel == "count":
        return _Query(*_compiled(taken.used.cast("int64").sum()), 0)
    reduced = getattr(taken.argument, "nunique" if taken.kernel == "distinct" else taken.kernel)
    return _Query(*_compiled(reduced(where=taken.used)), 0 if taken.kernel == "sum" else None)


def _compiled(expression: ir.Scalar) -> tuple[str, frozenset[str]]:
    return str(_COMPILER.to_sqlglot(expression.as_table()).sql("duckdb")), _tables(expression)


def _tables(expression: ir.Expr) -> frozenset[str]:
    return frozenset(node.name for node in expression.op().find(ops.UnboundTable))


def period_table(periods: Iterable[Period]) -> pa.Table:
    """The periods as views made per period are given them, numbered from 0."""
    rows = [
        {"period": number, "first": period.start, "beyond": period.end}
        for number, period in enumerate(periods)
    ]
    kinds = [("period", pa.int64()), ("first", pa.date32()), ("beyond", pa.date32())]
    return pa.Table.from_pylist(rows, schema=pa.schema(kinds))


def _in_period(rows: ir.Table, leaf: Flow | Stock, period: Period) -> ir.BooleanValue:
    first, beyond = ibis.literal(period.start), ibis.literal(period.end)
    if isinstance(leaf, Flow):
        inside: ir.BooleanValue = (rows[leaf.on] >= first) & (rows[leaf.on] < beyond)
        return inside
    started_before = first if leaf.at in {"start", "both"} else beyond
    still_there = first if leaf.at in {"start", "during"} else beyond
    started: ir.BooleanValue = rows[leaf.start] < started_before
    if leaf.open_start:
        started = started | rows[leaf.start].isnull()
    if leaf.end is None:
        return started
    valid: ir.BooleanValue = started & (rows[leaf.end].isnull() | (rows[leaf.end] >= still_there))
    return valid


def _sum(values: list[Exact | None]) -> Exact | None:
    total: Exact | None = 0
    for value in values:
        total = apply("+", total, value)
    return total
