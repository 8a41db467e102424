"""Values that a formula compares a column with, held against the values that the column may take.

A misspelt value is no error to a database: it just never matches, and the number is silently 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.operations as ops

from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.expression import row_nodes
from tallymark_sdk.formula import Leaf
from tallymark_sdk.model import Kind, dataset
from tallymark_sdk.rows import Measured
from tallymark_sdk.view import View

_COMPARED = (ops.Equals, ops.NotEquals)


def impossible_values(leaf: Leaf, parts: Measured) -> Iterator[str]:
    """A sentence for each value that its column never has."""
    told: set[tuple[str, str]] = set()
    for expression in (parts.argument, parts.used):
        if expression is None:
            continue
        for column, value in _comparisons(row_nodes(expression, ops.Value)):
            choices = _choices(leaf, column)
            if choices and value not in choices and (column, value) not in told:
                told.add((column, value))
                hint = did_you_mean(value, choices) or f" It is one of {', '.join(choices)}."
                yield f'"{column}" is never "{value}".{hint}'


def _comparisons(nodes: list[ops.Node]) -> Iterator[tuple[str, str]]:
    """Column and value of each comparison with a text."""
    for node in nodes:
        if isinstance(node, _COMPARED):
            yield from _pair(node.left, node.right)
            yield from _pair(node.right, node.left)
        elif isinstance(node, ops.InValues):
            for option in node.options:
                yield from _pair(node.value, option)


def _pair(column: ops.Node, value: ops.Node) -> Iterator[tuple[str, str]]:
    # A column whose nulls are filled in is still compared with the column's values.
    inner = column.arg[0] if isinstance(column, ops.Coalesce) else column
    if isinstance(inner, ops.Field) and isinstance(value, ops.Literal) and isinstance(value.value, str):
        yield inner.name, value.value


def _choices(leaf: Leaf, column: str) -> tuple[str, ...]:
    """What the column may hold; nothing where it is no choice, or made from several columns."""
    if isinstance(leaf.dataset, View):
        made_from = leaf.dataset.made_from(column) if column in leaf.dataset.columns else ()
        if len(made_from) != 1:
            return ()
        table, name = made_from[0].split(".", 1)
    else:
        table, name = leaf.dataset, column
    found = dataset(table).column(name)
    # A view may make words of its own from a choice; those of a choice under its own name are the model's.
    own_name = not isinstance(leaf.dataset, View) or name == column
    return found.choices if found.kind is Kind.CHOICE and own_name else ()
