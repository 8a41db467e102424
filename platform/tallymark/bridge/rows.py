"""A leaf's rows as a bridge reads them: placed in its periods, with their member and segment, as ibis tables."""

from __future__ import annotations

from functools import lru_cache

import ibis
import ibis.expr.types as ir
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark.bridge.standing import (
    CURRENCY,
    QUANTITY,
    has_currency,
    has_quantity,
    in_own_currency,
    own_money,
    with_standing,
)
from tallymark_sdk.attribution import AS_WAS, Attribution
from tallymark_sdk.dimensions import follows_owner, with_member
from tallymark_sdk.formula import Flow, Leaf, PerPeriod, Stock
from tallymark_sdk.ownership import day_owned, with_owners_then
from tallymark_sdk.rows import Measured, empty_model, empty_relation, grain, measured
from tallymark_sdk.splits import splits_rows
from tallymark_sdk.view import PERIODS

ASKED = ibis.table({"member": "string"}, name="bridge_member")
"""The one member that is asked about."""
KEYS = ibis.table({"source_id": "string", "id": "string"}, name="bridge_keys")
"""The rows whose standing is asked for."""

_MEMBER, _SEGMENT, _PLACED = "_of_member", "_of_segment", "_is_placed"
_WHOLE = "whole deals"
_COMPILER = DuckDBCompiler()


@lru_cache(maxsize=512)
def pieces_sql(leaf: Leaf, dimension: str, mix: str, attribution: Attribution) -> str:
    """A leaf's money by period, segment, currency, and whether there is a quantity.

    Columns: period, segment, currency, has_quantity, quantity, own, base, gross_own, gross_base.
    """
    rows, parts = _used(leaf, dimension, mix, attribution)
    base = parts.argument
    assert base is not None  # noqa: S101  forms.py lets sums through alone
    money = own_money(leaf)
    own = in_own_currency(base, money) if money else base
    quantity = rows[QUANTITY] if has_quantity(leaf) else ibis.literal(1, "int64")
    chosen = rows.select(
        period="_period",
        segment=_SEGMENT,
        currency=rows[CURRENCY] if has_currency(leaf) else ibis.null("string"),
        quantity=quantity,
        own=own.fill_null(base),
        base=base,
        used=parts.used,
    )
    chosen = chosen.filter(chosen.used).mutate(has_quantity=chosen.quantity.notnull())
    summed = chosen.group_by("period", "segment", "currency", "has_quantity").aggregate(
        quantity=chosen.quantity.sum(),
        own=chosen.own.sum(),
        base=chosen.base.sum(),
        gross_own=chosen.own.abs().sum(),
        gross_base=chosen.base.abs().sum(),
    )
    return _sql(summed)


@lru_cache(maxsize=512)
def sides_sql(leaf: Leaf, dimension: str, mix: str, attribution: Attribution) -> str:
    """A leaf's figure by period and segment. Columns: period, segment, figure."""
    rows, parts = _used(leaf, dimension, mix, attribution)
    argument = ibis.literal(1, "int64") if parts.argument is None else parts.argument
    chosen = rows.select(period="_period", segment=_SEGMENT, argument=argument, used=parts.used)
    chosen = chosen.filter(chosen.used)
    match parts.kernel:
        case "count":
            figure: ir.Scalar = chosen.count()
        case "distinct":
            figure = chosen.argument.nunique()
        case _:
            figure = chosen.argument.sum()
    return _sql(chosen.group_by("period", "segment").aggregate(figure=figure))


@lru_cache(maxsize=512)
def counted_sql(leaf: Leaf, dimension: str, attribution: Attribution, *, own: bool = False) -> str:
    """What each row adds in the only period: its amount where rows are summed, else 1. Columns: source_id, id, base.

    Args:
        own: whether the amount in the row's own currency is wanted too, as `own`; null where the row has none.
    """
    rows, parts = _used(leaf, dimension, "", attribution)
    one = ibis.literal(1, "int64")
    base = parts.argument if parts.kernel == "sum" and parts.argument is not None else one
    columns = {"base": base}
    if own:
        money = own_money(leaf)
        columns["own"] = in_own_currency(base, money) if money else ibis.null("decimal(38, 4)")
    chosen = rows.select("source_id", "id", **columns, used=parts.used)
    chosen = chosen.filter(chosen.used)
    sums = {name: chosen[name].sum() for name in columns}
    return _sql(chosen.group_by("source_id", "id").aggregate(**sums))


@lru_cache(maxsize=512)
def standing_sql(leaf: Leaf) -> str:
    """How the rows of `KEYS` stand to the only period.

    Columns: source_id, id, is_there (and not deleted), counts (whenever it is), in_period (and counts).
    """
    rows = empty_relation(leaf.dataset)
    rows = rows.semi_join(KEYS, [rows.source_id == KEYS.source_id, rows.id == KEYS.id])
    rows = _placed(rows, leaf, all_rows=True)
    told = rows.select(
        "source_id",
        "id",
        is_there=rows.deleted_at.isnull(),
        counts=measured(leaf, rows).used,
        in_period=rows[_PLACED],
    )
    return _sql(
        told.group_by("source_id", "id").aggregate(
            is_there=told.is_there.any(),
            counts=told.counts.any(),
            in_period=(told.counts & told.in_period).any(),
        )
    )


def _used(leaf: Leaf, dimension: str, mix: str, attribution: Attribution) -> tuple[ir.Table, Measured]:
    """The member's rows in the periods, and the leaf taken apart over them."""
    # Before members are found: a deal that is split over its products has its own amount split as well.
    rows = with_standing(_placed(empty_relation(leaf.dataset), leaf, all_rows=False), leaf)
    rows = _with_members(rows, leaf, dimension, mix, attribution)
    if dimension:
        rows = rows.semi_join(ASKED, rows[_MEMBER] == ASKED.member)
    return rows, measured(leaf, rows)


def _with_members(rows: ir.Table, leaf: Leaf, dimension: str, mix: str, attribution: Attribution) -> ir.Table:
    rows_are = grain(leaf.dataset)
    if attribution == AS_WAS and (follows_owner(dimension) or follows_owner(mix)):
        rows = with_owners_then(rows, grain=rows_are, day="_owned_on", model=empty_model())
    day = leaf.on if isinstance(leaf, Flow) else None
    if dimension:
        rows = with_member(rows, dimension, grain=rows_are, day=day, model=empty_model(), name=_MEMBER)
    if not mix:
        return rows.mutate(**{_SEGMENT: ibis.literal("")})
    # A deal of several products is a segment of its own: cut up by its lines, it would be several deals.
    whole = _WHOLE if splits_rows(mix, rows_are) else rows_are
    return with_member(rows, mix, grain=whole, day=day, model=empty_model(), name=_SEGMENT)


def _placed(rows: ir.Table, leaf: Leaf, *, all_rows: bool) -> ir.Table:
    """Each row once for every period it is in, or with `all_rows` for every period, and whether it is in it."""
    kept = rows.columns
    periods = PERIODS.rename(_period="period", _first="first", _beyond="beyond")
    if isinstance(leaf, PerPeriod):
        rows = rows.rename(_of_period="period")
        kept = rows.columns
        joined = rows.join(periods, rows["_of_period"] == periods["_period"])
    elif all_rows:
        joined = rows.cross_join(periods)
    else:
        joined = rows.join(periods, _is_in(rows, leaf, periods))
    columns = ("_period", "_first", "_beyond")
    found = joined.select(*[joined[column] for column in kept], *columns)
    flag = ibis.literal(value=True) if isinstance(leaf, PerPeriod) else _is_in(found, leaf, found)
    owned_on = (
        found[leaf.on] if isinstance(leaf, Flow) else day_owned(leaf, found["_first"], found["_beyond"])
    )
    # The period's days don't stay: breakdowns have columns of these names for what they look up themselves.
    told = found.mutate(**{_PLACED: flag.fill_null(False), "_owned_on": owned_on})
    return told.drop("_first", "_beyond")


def _is_in(rows: ir.Table, leaf: Flow | Stock, periods: ir.Table) -> ir.BooleanValue:
    """Whether a row is in a period; a stock without a start may be, and counts there or is left out by its leaf."""
    first, beyond = periods["_first"], periods["_beyond"]
    if isinstance(leaf, Flow):
        inside: ir.BooleanValue = (rows[leaf.on] >= first) & (rows[leaf.on] < beyond)
        return inside
    start = rows[leaf.start]
    started: ir.BooleanValue = start.isnull() | (start < (first if leaf.at in {"start", "both"} else beyond))
    if leaf.end is None:
        return started
    end = rows[leaf.end]
    lasts_to = first if leaf.at in {"start", "during"} else beyond
    return started & (end.isnull() | (end >= lasts_to))


def _sql(table: ir.Table) -> str:
    return str(_COMPILER.to_sqlglot(table).sql(dialect="duckdb"))
