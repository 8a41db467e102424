"""Reading an author's expression: resolve it against a table, take it apart, refuse what isn't a measure.

The operation allow-list is the heart of it: ibis itself would let `now()`, `random()`, `first()` and `lag()`
through, each of which makes a number that can't be recomputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from tallymark_sdk.errors import InvalidExpression, did_you_mean
from tallymark_sdk.parameters import Bound, Parameter, filled_in, parameters_in

NOTHING_BOUND: Bound = {}

Kernel: TypeAlias = Literal["sum", "count", "distinct", "min", "max", "median"]

KERNELS: dict[type[ops.Node], Kernel] = {
    ops.Sum: "sum",
    ops.Count: "count",
    ops.CountStar: "count",
    ops.CountDistinct: "distinct",
    ops.Min: "min",
    ops.Max: "max",
    ops.Median: "median",
}

_OTHER_ROWS = "a value reads the metric's own rows; say which of them are meant in `where`"

# Row-level operations whose result depends on nothing but the row. Division is missing on purpose: only a
# Ratio or a Derived divides, and they divide sums.
ROW_OPERATIONS: tuple[type[ops.Node], ...] = (
    ops.Field, ops.Literal, ops.Cast, ops.Coalesce, ops.NullIf, ops.IfElse, ops.SimpleCase, ops.SearchedCase,
    ops.Equals, ops.NotEquals, ops.Less, ops.LessEqual, ops.Greater, ops.GreaterEqual, ops.Between, ops.InValues,
    ops.And, ops.Or, ops.Not, ops.IsNull, ops.NotNull,
    ops.Add, ops.Subtract, ops.Multiply, ops.Negate, ops.Abs, ops.Least, ops.Greatest,
    ops.DateDelta, ops.DateAdd, ops.DateSub, ops.Lowercase, ops.Uppercase, ops.Strip, ops.StringLength,
    ops.StartsWith, ops.EndsWith, ops.StringContains, ops.StringConcat,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """An expression taken apart over one table.

    Attributes:
        kernel: how the row-level values are reduced.
        argument: the row-level value; None where rows themselves are counted.
        condition: which rows the reduction takes; None for all.
    """

    kernel: Kernel
    argument: ir.Value | None
    condition: ir.BooleanValue | None


def reduction(value: Deferred, table: ir.Table, bound: Bound = NOTHING_BOUND) -> Reduction:
    """Take `value` apart over `table`, with the parameters' values filled in.

    Raises:
        InvalidExpression: not exactly one allowed reduction over allowed row-level operations.
    """
    expression = _resolve(value, table, bound)
    node = expression.op()
    kernel = KERNELS.get(type(node))
    if kernel is None:
        raise InvalidExpression(_why_not_a_reduction(expression))
    if isinstance(node, ops.CountStar) and node.arg != table.op():
        raise InvalidExpression(_OTHER_ROWS)
    argument = None if isinstance(node, ops.CountStar) else node.args[0].to_expr()
    condition = node.where.to_expr() if node.where is not None else None
    for row_level in (argument, condition):
        if row_level is not None:
            _refuse_foreign_operations(row_level, table)
    if condition is not None:
        _refuse_constant(condition)
    _refuse_inexact(kernel, argument)
    return Reduction(kernel=kernel, argument=argument, condition=condition)


def condition(value: Deferred, table: ir.Table, bound: Bound = NOTHING_BOUND) -> ir.BooleanValue:
    """Resolve a row condition over `table`, with the parameters' values filled in.

    Raises:
        InvalidExpression: it isn't a row-level condition of allowed operations.
    """
    expression = _resolve(value, table, bound)
    if not isinstance(expression, ir.BooleanValue):
        raise InvalidExpression(f"{value!r} is not a condition; compare something, as in _.status == 'won'")
    _refuse_foreign_operations(expression, table)
    _refuse_constant(expression)
    return expression


def columns_used(*expressions: ir.Value | None) -> frozenset[str]:
    """The table columns that row-level expressions read."""
    return frozenset(
        node.name
        for expression in expressions
        if expression is not None
        for node in row_nodes(expression, ops.Field)
    )


def row_nodes(expression: ir.Value, kind: type[ops.Node]) -> list[ops.Node]:
    """The operations of a kind in a row-level expression, without descending into the table it is over."""
    found: list[ops.Node] = expression.op().find(kind, filter=ops.Value)
    return found


def parameters_used(value: Deferred, table: ir.Table) -> tuple[Parameter, ...]:
    """The parameters that an author's expression stands on."""
    return parameters_in(_as_written(value, table))


def _resolve(value: Deferred, table: ir.Table, bound: Bound) -> ir.Value:
    expression: ir.Value = filled_in(_as_written(value, table), bound)
    return expression


def _as_written(value: Deferred, table: ir.Table) -> ir.Value:
    if not isinstance(value, Deferred):
        raise InvalidExpression(f"{value!r} is no expression over columns; write one, as in _.id.count()")
    try:
        expression = value.resolve(table)
    except AttributeError as error:
        raise InvalidExpression(_unknown_column(error, table)) from error
    except Exception as error:
        raise InvalidExpression(f"{value!r} can't be read: {error}") from error
    if not isinstance(expression, ir.Value):
        raise InvalidExpression(
            f"{value!r} is no value; write an expression over columns, as in _.id.count()"
        )
    return expression


def _unknown_column(error: AttributeError, table: ir.Table) -> str:
    name = error.name or str(error).rsplit("'", 2)[-2]
    if error.obj is not None and not isinstance(error.obj, ir.Table):
        if isinstance(error.obj, ir.StringValue) and name in ("sum", "mean", "median"):
            return f"the {name} of text is no number; count it with .count() or .nunique()"
        return f"\"{name}\" can't be asked of a {type(error.obj).__name__}; it isn't of the right type"
    return f'there is no column "{name}".{did_you_mean(name, table.columns)}'


def _why_not_a_reduction(expression: ir.Value) -> str:
    node = expression.op()
    if isinstance(node, ops.Mean):
        return "a mean is a ratio of sums: write Ratio(Flow(… .sum()), Flow(… .count())), so that it adds up"
    if isinstance(node, ops.Divide):
        return "a value can't divide; use Ratio(numerator, denominator), which divides sums"
    if isinstance(node, ops.Reduction):
        return f"{type(node).__name__} is not one of sum, count, nunique, min, max, median"
    if row_nodes(expression, ops.Reduction):
        return "a value is exactly one reduction; calculate with several in Ratio or Derived"
    return "nothing is aggregated; end the value in .sum(), .count(), .nunique(), .min(), .max() or .median()"


def _refuse_foreign_operations(expression: ir.Value, table: ir.Table) -> None:
    nodes = row_nodes(expression, ops.Value)
    if any(isinstance(node, ops.Divide) for node in nodes):
        raise InvalidExpression("a row can't divide; use Ratio(numerator, denominator), which divides sums")
    foreign = dict.fromkeys(_called(node) for node in nodes if not isinstance(node, ROW_OPERATIONS))
    if foreign:
        raise InvalidExpression(
            f"{', '.join(foreign)} is not allowed: a value may depend on nothing but the row's own columns"
        )
    if any(isinstance(node, ops.Field) and node.rel != table.op() for node in nodes):
        raise InvalidExpression(_OTHER_ROWS)
    if any(isinstance(node, ops.Cast) and node.arg.dtype.is_string() for node in nodes):
        raise InvalidExpression(
            "text can't be cast: one row that isn't of that form would end the whole query"
        )


def _refuse_constant(condition: ir.Value) -> None:
    """Refuse what is the same for every row: Python makes a plain False of comparing a column with an odd object."""
    if not row_nodes(condition, ops.Field):
        raise InvalidExpression(
            "a condition reads no column, so it is the same for every row; compare a column with text, a number or a "
            "date, as in _.status == 'won'"
        )


def _called(node: ops.Node) -> str:
    """An operation as an author writes it."""
    name = type(node).__name__
    return {
        "TimestampNow": "now()",
        "DateNow": "today()",
        "RandomScalar": "random()",
        "RandomUUID": "uuid()",
    }.get(name, name)


def _refuse_inexact(kernel: Kernel, argument: ir.Value | None) -> None:
    """Refuse what would depend on the order of rows, or isn't a number where one is needed."""
    if argument is None or kernel in {"count", "distinct"}:
        return
    kind = argument.type()
    if kind.is_floating():
        raise InvalidExpression(
            "floating numbers lose digits with the order of rows; keep to decimals and integers"
        )
    if not (kind.is_decimal() or kind.is_integer() or kind.is_boolean()):
        raise InvalidExpression(f"the {kernel} of {kind} is no number; a metric's value is one")
