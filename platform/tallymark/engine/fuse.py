"""Fusing leaves into few queries: one scan per relation and date answers every leaf, period and breakdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.backends.sql.compilers import DuckDBCompiler
from sqlglot import expressions as sge

from tallymark.engine.expand import TOTAL
from tallymark.engine.plan import Leaf, Plan
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.dimensions import columns_read, follows_owner, with_member
from tallymark_sdk.formula import Flow, PerPeriod, Stock
from tallymark_sdk.formula import Leaf as Formula
from tallymark_sdk.ownership import day_owned, with_owners_then
from tallymark_sdk.rows import (
    Measured,
    columns_needed,
    empty_model,
    empty_relation,
    grain,
    measured,
    placement,
)
from tallymark_sdk.splits import splits_rows
from tallymark_sdk.view import PERIODS

BEFORE = -1
"""Stands for every day before the last one that is in no period asked for: it tells which members existed."""
UNDATED = -2
"""Rows that can't be placed in any period."""

DAYS = ibis.table({"day": "date", "period": "int64"}, name="days")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """An engine's SQL: its name in sqlglot, and how an ibis table becomes a statement that means the same there."""

    name: str
    compile: Callable[[ir.Table], sge.Select]


DUCKDB = Dialect(name="duckdb", compile=DuckDBCompiler().to_sqlglot)


@dataclass(frozen=True, kw_only=True)
class Query:
    """One SQL statement and how to read its columns.

    Each row is a period, then one column per dimension (null where rolled up), then for each leaf its value, its
    row count and one count per reason.
    """

    sql: str
    dimensions: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    reasons: tuple[tuple[str, ...], ...]
    wanted: frozenset[str]
    keeps_members: bool
    attribution: Attribution
    dialect: Dialect = DUCKDB

    def one_by_one(self) -> Iterator[Query]:
        """The same as one query a leaf, to find out which of them fails."""
        for leaf in self.leaves:
            yield _query(
                (leaf,),
                self.wanted,
                keeps_members=self.keeps_members,
                attribution=self.attribution,
                dialect=self.dialect,
            )


def fuse(plan: Plan, attribution: Attribution = AS_IS, dialect: Dialect = DUCKDB) -> list[Query]:
    """The plan as queries over the canonical datasets and the two period tables.

    Args:
        attribution: by whom rows count: who owns them now, or owned them then.
        dialect: the engine that the queries are for.
    """
    groups: dict[tuple[object, ...], dict[Leaf, set[str]]] = defaultdict(dict)
    for leaf, dimensions in plan.breakdowns.items():
        formula = leaf.formula
        for dimension in dimensions:
            # A breakdown that splits rows can't share a scan with a total or another breakdown.
            alone = dimension if splits_rows(dimension, grain(formula.dataset)) else None
            group = groups[(formula.dataset, placement(formula), alone)]
            group.setdefault(leaf, set()).add(dimension)
    queries = []
    for group in groups.values():
        # In an order of its own, so that the same KPIs in another order find what was compiled for them.
        leaves = tuple(sorted(group, key=hash))
        wanted: frozenset[str] = frozenset().union(*group.values())
        by_whom = attribution if any(map(follows_owner, wanted)) else AS_IS
        queries.append(
            _query(leaves, wanted, keeps_members=plan.keeps_members, attribution=by_whom, dialect=dialect)
        )
    return queries


@lru_cache(maxsize=512)
def _query(leaves: tuple[Leaf, ...], wanted: frozenset[str], *, keeps_members: bool, attribution: Attribution,
           dialect: Dialect) -> Query:  # fmt: skip
    """Compile one query. It names no period and no tenant, so it is compiled once in the life of a process."""
    first = leaves[0].formula
    dimensions = tuple(sorted(wanted - {TOTAL}))
    # Who owned a row then is known once it is placed; all else is looked up before rows are repeated by period.
    then = [each for each in dimensions if attribution == AS_WAS and follows_owner(each)]
    rows = with_members(cut(leaves, dimensions), first, [each for each in dimensions if each not in then])
    placed = _placed(rows, first, keeps_members=keeps_members)
    if then:
        placed = with_members(with_owners_then_of(placed, first), first, then)
    parts = [measured(leaf.formula, placed) for leaf in leaves]
    keys = ["_period", *(_member(dimension) for dimension in dimensions)]
    aggregated = placed.group_by(keys).aggregate(**_columns(parts))
    return Query(
        sql=_roll_up(dialect, aggregated, len(dimensions), total=TOTAL in wanted),
        dimensions=dimensions,
        leaves=tuple(leaves),
        reasons=tuple(tuple(part.left_out) for part in parts),
        wanted=wanted,
        keeps_members=keeps_members,
        attribution=attribution,
        dialect=dialect,
    )


def cut(leaves: Sequence[Leaf], dimensions: Sequence[str]) -> ir.Table:
    """The relation with the columns that are read."""
    rows = empty_relation(leaves[0].formula.dataset)
    needed = {"period"}.union(
        *(columns_needed(leaf.formula) for leaf in leaves),
        *(columns_read(dimension) for dimension in dimensions),
    )
    return rows.select(*[column for column in rows.columns if column in needed])


def with_members(rows: ir.Table, first: Formula, dimensions: Sequence[str]) -> ir.Table:
    """The rows with a member column for each dimension."""
    for dimension in dimensions:
        rows = with_member(
            rows,
            dimension,
            grain=grain(first.dataset),
            day=first.on if isinstance(first, Flow) else None,
            model=empty_model(),
            name=_member(dimension),
        )
    return rows


def with_owners_then_of(placed: ir.Table, leaf: Formula) -> ir.Table:
    """The rows with who owned them on their own day, or on the day of the period that they are placed in."""
    if isinstance(leaf, Flow):
        placed = placed.mutate(_owned_on=placed[leaf.on])
    else:
        periods = PERIODS.rename(_number="period", _first="first", _beyond="beyond")
        joined = placed.left_join(periods, placed["_period"] == periods["_number"])
        placed = joined.select(*[joined[column] for column in placed.columns], "_first", "_beyond")
        placed = placed.mutate(_owned_on=day_owned(leaf, placed["_first"], placed["_beyond"]))
    return with_owners_then(placed, grain=grain(leaf.dataset), day="_owned_on", model=empty_model())


def _placed(rows: ir.Table, leaf: Formula, *, keeps_members: bool) -> ir.Table:
    match leaf:
        case Flow():
            return _placed_flow(rows, leaf, keeps_members=keeps_members)
        case Stock():
            return placed_stock(rows, leaf)
        case PerPeriod():
            return rows.rename(_period="period")


def _placed_flow(rows: ir.Table, flow: Flow, *, keeps_members: bool) -> ir.Table:
    """Rows with their period, looked up by day, so that every calendar costs the same."""
    joined = rows.left_join(DAYS, rows[flow.on] == DAYS.day)
    earlier = joined[flow.on] < DAYS.day.max().as_scalar() if keeps_members else ibis.literal(False)
    period = ibis.cases(
        (joined[flow.on].isnull(), UNDATED),
        (joined.period.notnull(), joined.period),
        (earlier, BEFORE),
        else_=None,
    )
    return joined.select(*[joined[column] for column in rows.columns], _period=period).filter(
        _["_period"].notnull()
    )


def placed_stock(rows: ir.Table, stock: Stock) -> ir.Table:
    """Each row once for every period it is valid in."""
    crossed = rows.join(PERIODS, _is_valid(rows, stock))
    return crossed.select(*[crossed[column] for column in rows.columns], _period=crossed.period)


def _is_valid(rows: ir.Table, stock: Stock) -> ir.BooleanValue:
    """Whether a row is valid in a period. Without a start it may be: it is counted as left out there, or open."""
    start = rows[stock.start]
    starts_by = {"start": PERIODS["first"], "both": PERIODS["first"]}.get(stock.at, PERIODS.beyond)
    has_started: ir.BooleanValue = start.isnull() | (start < starts_by)
    if stock.end is None:
        return has_started
    end = rows[stock.end]
    lasts_to = {"start": PERIODS["first"], "during": PERIODS["first"]}.get(stock.at, PERIODS.beyond)
    return has_started & (end.isnull() | (end >= lasts_to))


def _columns(parts: Sequence[Measured]) -> dict[str, ir.Value]:
    columns: dict[str, ir.Value] = {}
    for index, part in enumerate(parts):
        columns[f"v{index}"] = _reduce(part)
        columns[f"n{index}"] = part.used.sum()
        for place, rows in enumerate(part.left_out.values()):
            columns[f"o{index}_{place}"] = rows.sum()
    return columns


def _reduce(part: Measured) -> ir.Value:
    if part.argument is None or part.kernel == "count":
        return part.used.sum()
    kernel = {"distinct": "nunique"}.get(part.kernel, part.kernel)
    reduced: ir.Value = getattr(part.argument, kernel)(where=part.used)
    return reduced


def _member(dimension: str) -> str:
    return f"_by_{dimension}"


def _roll_up(dialect: Dialect, aggregated: ir.Table, dimensions: int, *, total: bool) -> str:
    """The same query grouped by (period) and by (period, each dimension): ibis has no grouping sets of its own.

    A rolled-up dimension reads as null; members are never null, so the two can't be confused.
    """
    select = dialect.compile(aggregated)
    if dimensions:
        keys = [column.unalias() for column in select.expressions[: dimensions + 1]]
        sets = [sge.Tuple(expressions=[keys[0].copy()])] if total else []
        sets += [sge.Tuple(expressions=[keys[0].copy(), key.copy()]) for key in keys[1:]]
        select.set("group", sge.Group(grouping_sets=[sge.GroupingSets(expressions=sets)]))
    return select.sql(dialect=dialect.name)
