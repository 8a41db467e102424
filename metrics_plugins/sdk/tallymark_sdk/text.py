"""A formula in words, made from the expression itself so that it can't say something else.

Phrases go through a `translate` function, so each language words them its own way; the pieces are whole
phrases with named places, never glued words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.expression import condition, reduction
from tallymark_sdk.formula import (
    Arithmetic,
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
from tallymark_sdk.rows import empty_relation, grain
from tallymark_sdk.view import View

Translate: TypeAlias = Callable[[str], str]

REDUCED = {
    "sum": "sum of {what}",
    "count": "number of {what}",
    "distinct": "number of different {what}",
    "min": "smallest {what}",
    "max": "largest {what}",
    "median": "median of {what}",
}
PLACED = {
    "start": "valid at the period's start",
    "end": "valid at the period's end",
    "during": "valid on at least one day of the period",
    "both": "valid at the period's start and end",
}
SHIFTED = {"previous": "{what}, the period before", "year_before": "{what}, a year before"}
COMPARED: dict[type[ops.Node], str] = {
    ops.Equals: "{left} is {right}",
    ops.NotEquals: "{left} is not {right}",
    ops.Less: "{left} is before or below {right}",
    ops.LessEqual: "{left} is at most {right}",
    ops.Greater: "{left} is after or above {right}",
    ops.GreaterEqual: "{left} is at least {right}",
    ops.And: "{left} and {right}",
    ops.Or: "({left} or {right})",
    ops.Multiply: "{left} × {right}",
    ops.Add: "({left} + {right})",
    ops.Subtract: "({left} − {right})",
    ops.DateDelta: "days from {right} to {left}",
}
SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def in_words(  # noqa: C901, PLR0912  one case a kind
    operand: Operand, translate: Translate = str, name_of: Callable[[str], str] = str
) -> str:
    """The formula as a phrase.

    Args:
        translate: English phrase → the reader's language.
        name_of: a metric's key → its name in that language.
    """
    match operand:
        case Flow() | Stock() | PerPeriod():
            return _leaf(operand, translate)
        case Ratio(numerator, denominator):
            return f"{_side(numerator, translate, name_of)} ÷ {_side(denominator, translate, name_of)}"
        case Derived(expression):
            return in_words(expression, translate, name_of)
        case Arithmetic(operator, left, right):
            return f"{_side(left, translate, name_of)} {SIGNS[operator]} {_side(right, translate, name_of)}"
        case Shifted(inner, step):
            return translate(SHIFTED[step]).format(what=in_words(inner, translate, name_of))
        case Rolling(inner, periods):
            what = in_words(inner, translate, name_of)
            return translate("{what}, summed over {n} periods").format(what=what, n=periods)
        case Monthly(inner):
            return translate("{what}, summed over the months").format(
                what=in_words(inner, translate, name_of)
            )
        case PeriodDays():
            return translate("days of the period")
        case Target(key):
            return translate("target of {what}").format(what=name_of(key))
        case Function(called, arguments):
            return f"{called}({', '.join(in_words(each, translate, name_of) for each in arguments)})"
        case Total(inner):
            return translate("{what}, of all members").format(what=in_words(inner, translate, name_of))
        case Reference(key, part):
            name = name_of(key)
            return name if part == "value" else f"{name} ({part})"
        case Number(value):
            return str(value)
    raise TypeError(f"no words for {type(operand).__name__}")


def _side(operand: Operand, translate: Translate, name_of: Callable[[str], str]) -> str:
    words = in_words(operand, translate, name_of)
    return words if isinstance(operand, Reference | Number) else f"({words})"


def _leaf(leaf: Leaf, translate: Translate) -> str:
    table = empty_relation(leaf.dataset)
    taken = reduction(leaf.value, table, leaf.bound)
    rows = _rows(leaf)
    what = rows if taken.argument is None else _phrase(taken.argument, translate)
    words = translate(REDUCED[taken.kernel]).format(what=what)
    if taken.argument is not None and taken.kernel != "distinct":
        words = translate("{measure} of {rows}").format(measure=words, rows=rows)
    where = None if leaf.where is None else condition(leaf.where, table, leaf.bound)
    limits = [each for each in (taken.condition, where) if each is not None]
    if limits:
        words += ", " + translate("where {condition}").format(
            condition=f" {translate('and')} ".join(_phrase(each, translate) for each in limits)
        )
    match leaf:
        case Flow():
            return f"{words}, {translate('by {date}').format(date=_words(leaf.on))}"
        case Stock():
            return f"{words}, {translate(PLACED[leaf.at])}"
        case PerPeriod():
            return words


def _rows(leaf: Leaf) -> str:
    if isinstance(leaf.dataset, View) and leaf.dataset.rows:
        return leaf.dataset.rows
    return _words(grain(leaf.dataset))


def _phrase(expression: ir.Value, translate: Translate) -> str:
    return _node(expression.op(), translate)


def _node(node: ops.Node, translate: Translate) -> str:
    if isinstance(node, ops.Field):
        return _words(node.name)
    if isinstance(node, ops.Literal):
        return str(node.value)
    if isinstance(node, ops.InValues):
        options = f" {translate('or')} ".join(_node(option, translate) for option in node.options)
        return translate("{left} is {right}").format(left=_node(node.value, translate), right=options)
    if isinstance(node, ops.IsNull):
        return translate("{left} is empty").format(left=_node(node.arg, translate))
    if isinstance(node, ops.NotNull):
        return translate("{left} is known").format(left=_node(node.arg, translate))
    if isinstance(node, ops.Not):
        return translate("not {what}").format(what=_node(node.arg, translate))
    if isinstance(node, ops.Coalesce | ops.Cast):
        first = node.arg[0] if isinstance(node, ops.Coalesce) else node.arg
        return _node(first, translate)
    pattern = COMPARED.get(type(node))
    if pattern is not None:
        return translate(pattern).format(left=_node(node.left, translate), right=_node(node.right, translate))
    return " ".join(_node(operand, translate) for operand in node.args if isinstance(operand, ops.Node))


def _words(name: str) -> str:
    return name.removesuffix("_base").replace("_", " ")
