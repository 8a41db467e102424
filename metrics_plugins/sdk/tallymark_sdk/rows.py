"""The rows a Flow or Stock reads, as an ibis table, with every row's standing beside it.

The engine and the reference evaluator both start here, so that a row counts for both or for neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.errors import InvalidExpression
from tallymark_sdk.expression import (
    Kernel,
    columns_used,
    condition,
    parameters_used,
    reduction,
    row_nodes,
)
from tallymark_sdk.formula import Flow, Leaf, PerPeriod, Stock
from tallymark_sdk.model import DATASETS, Kind
from tallymark_sdk.parameters import Parameter
from tallymark_sdk.view import View

MONEY_PLACES = 4
_WIDE = 28
_BETWEEN_IDS = "\x1f"

_WORDS = (Kind.ID, Kind.TEXT, Kind.CHOICE)

DELETED = "deleted in the source"
NO_RATE = "no exchange rate"


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]  # ibis declares no types
    name="round_even", signature=((dt.Decimal(38, 10), dt.int64), dt.Decimal(38, 4))
)
def _round_half_even(value: Any, places: Any) -> Any:
    """The engine's own half-even rounding; what it does is the database's."""
    raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A Flow or Stock over a concrete table.

    Attributes:
        kernel: how values are reduced.
        argument: row-level value, None where rows are counted.
        used: which rows make the number. Periods are not part of it.
        left_out: reason → rows that are meant but can't be used. The reasons exclude each other.
        columns: the table's columns that value, conditions and reasons read.
    """

    kernel: Kernel
    argument: ir.Value | None
    used: ir.BooleanValue
    left_out: Mapping[str, ir.BooleanValue]
    columns: frozenset[str]


@cache
def empty_model() -> Mapping[str, ir.Table]:
    """Every canonical dataset as an unbound table; expressions resolve against it without data."""
    return MappingProxyType(
        {
            name: ibis.table(ibis.Schema.from_pyarrow(dataset.stored_schema), name=name)
            for name, dataset in DATASETS.items()
        }
    )


def empty_relation(of: str | View) -> ir.Table:
    """The relation over the empty model."""
    return of.over_nothing if isinstance(of, View) else empty_model()[of]


def holds_words(of: str | View) -> dict[str, bool]:
    """The relation's columns, and whether each holds words; told from declarations, without building a view."""
    if isinstance(of, View):
        return {name: of.kind(name) in _WORDS for name in of.columns}
    return {column.name: column.kind in _WORDS for column in DATASETS[of].stored_columns}


def grain(of: str | View) -> str:
    """The dataset whose rows the relation's rows are."""
    return of.grain if isinstance(of, View) else of


def measured(leaf: Leaf, table: ir.Table) -> Measured:
    """Take a leaf apart over its relation's table.

    A row is left out, and counted, when it is deleted, has no date to be placed by, lacks the value that is
    summed (for money: has an amount but no exchange rate), or meets one of the formula's own reasons; the first
    that applies is the row's reason.
    """
    taken = reduction(leaf.value, table, leaf.bound)
    own = [_widened(condition(reason, table, leaf.bound)) for reason in leaf.leave_out.values()]
    where = None if leaf.where is None else _widened(condition(leaf.where, table, leaf.bound))
    meant = _all(where, None if taken.condition is None else _widened(taken.condition))
    reasons = {DELETED: table.deleted_at.notnull(), **_undated(leaf, table)}
    exact = _exact(taken.kernel, taken.argument, table)
    valueless = _valueless(taken.argument, exact, table)
    if taken_names := sorted(set(leaf.leave_out) & {*reasons, *valueless}):
        raise InvalidExpression(f'the reason "{taken_names[0]}" is given already; call yours differently')
    reasons |= dict(zip(leaf.leave_out, own, strict=True)) | valueless
    used, left_out = meant, {}
    for reason, applies in reasons.items():
        left_out[reason] = used & applies.fill_null(False)
        used = used & ~applies.fill_null(False)
    return Measured(
        kernel=taken.kernel,
        argument=exact,
        used=used,
        left_out=left_out,
        columns=columns_used(taken.argument, taken.condition, where, *own),
    )


@lru_cache(maxsize=8192)
def described(leaf: Leaf) -> Measured:
    """The leaf taken apart over the empty model."""
    return measured(leaf, empty_relation(leaf.dataset))


def parameters_of(leaf: Leaf) -> tuple[Parameter, ...]:
    """The parameters that a leaf's expressions and its view stand on, by name."""
    table = empty_relation(leaf.dataset)
    written = [leaf.value, *leaf.leave_out.values(), *([] if leaf.where is None else [leaf.where])]
    found = {parameter for each in written for parameter in parameters_used(each, table)}
    if isinstance(leaf.dataset, View):
        found |= set(leaf.dataset.parameters)
    return tuple(sorted(found, key=lambda parameter: parameter.name))


def columns_needed(leaf: Leaf) -> set[str]:
    """Every column that computing the leaf reads, those included that only tell why a row is left out."""
    parts = described(leaf)
    return {
        "source_id",
        "id",
        *placing_columns(leaf),
        *columns_used(parts.argument, parts.used, *parts.left_out.values()),
    }


def placing_columns(leaf: Leaf) -> tuple[str, ...]:
    """The date columns that place a row in time; none where the view says the period itself."""
    match leaf:
        case Flow():
            return (leaf.on,)
        case Stock():
            return (leaf.start,) if leaf.end is None else (leaf.start, leaf.end)
        case PerPeriod():
            return ()


def placement(leaf: Leaf) -> tuple[object, ...]:
    """Everything that decides in which periods a row counts; leaves that share it can share a scan."""
    place = (leaf.at, leaf.open_start) if isinstance(leaf, Stock) else ()
    return (type(leaf).__name__, placing_columns(leaf), *place)


def undated_reason(column: str) -> str:
    """The reason of rows that have no date to be placed by."""
    return f"no date ({column.replace('_', ' ')})"


def _undated(leaf: Leaf, table: ir.Table) -> dict[str, ir.BooleanValue]:
    if isinstance(leaf, PerPeriod):
        return {}
    if isinstance(leaf, Flow):
        return {undated_reason(leaf.on): table[leaf.on].isnull()}
    if leaf.open_start:
        return {}
    return {undated_reason(leaf.start): table[leaf.start].isnull()}


def _valueless(
    argument: ir.Value | None, exact: ir.Value | None, table: ir.Table
) -> dict[str, ir.BooleanValue]:
    if argument is None or exact is None:
        return {}
    reasons: dict[str, ir.BooleanValue] = {}
    for column in sorted(columns_used(argument)):
        original = column.removesuffix("_base")
        if original != column and original in table.columns:
            reasons[NO_RATE] = reasons.get(NO_RATE, ibis.literal(False)) | (
                table[column].isnull() & table[original].notnull()
            )
    missing = (
        "no value"
        if len(used := columns_used(argument)) != 1
        else "no " + next(iter(used)).removesuffix("_base")
    )
    # Asked of the exact form: the product as written may have no room for its digits.
    reasons[missing.replace("_", " ")] = exact.isnull()
    return reasons


def _exact(kernel: Kernel, argument: ir.Value | None, table: ir.Table) -> ir.Value | None:
    """The argument such that reducing it loses nothing.

    A product of decimals is rounded half to even at the money scale per row, before summing. A median has room for
    the half between two values. Ids are unique within their source only, so distinct ones are counted with it.
    """
    if argument is None:
        return None
    kind = argument.type()
    if isinstance(kind, dt.Boolean):
        return argument.cast("int64")
    if kernel == "distinct" and isinstance(argument.op(), ops.Field) and _is_id(argument.get_name()):
        return table.source_id + _BETWEEN_IDS + argument
    if not isinstance(kind, dt.Decimal):
        return argument
    if row_nodes(argument, ops.Multiply):
        argument = ops.Cast(rounded_half_even(_widened(argument)), dt.Decimal(38, MONEY_PLACES)).to_expr()
    return ops.Cast(argument, dt.Decimal(38, 10)).to_expr() if kernel == "median" else argument


def rounded_half_even(argument: ir.Value) -> ir.Value:
    """Decimals rounded half to even at the places of money, by the engine's own function."""
    return _round_half_even(argument, MONEY_PLACES)


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _widened(argument: ir.Value) -> ir.Value:
    """The same with room for products: DuckDB multiplies two decimals of 18 digits in 18 digits, and overflows."""
    if not row_nodes(argument, ops.Multiply):
        return argument

    def widen(node: ops.Node, changed: Mapping[str, Any] | None) -> ops.Node:
        made = node.__recreate__(changed) if changed else node
        if not isinstance(made, ops.Multiply) or not _is_decimal(made):
            return made
        sides = (made.left, made.right)
        places = max(side.dtype.scale if isinstance(side.dtype, dt.Decimal) else 0 for side in sides)
        # A product of products is kept to ten places, or its own places would leave it no room before the point.
        return ops.Multiply(*[ops.Cast(side, dt.Decimal(_WIDE, min(places, 10))) for side in sides])

    return argument.op().replace(widen, filter=ops.Value).to_expr()


def _is_decimal(product: ops.Multiply) -> bool:
    return any(isinstance(side.dtype, dt.Decimal) for side in (product.left, product.right))


def _all(*conditions: ir.BooleanValue | None) -> ir.BooleanValue:
    met: ir.BooleanValue = ibis.literal(True)
    for each in conditions:
        if each is not None:
            met = met & each.fill_null(False)
    return met
