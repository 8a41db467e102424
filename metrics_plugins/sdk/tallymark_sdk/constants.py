"""Conditions that parameters decide: once a value is filled in, they hold for every row or for none."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops


def decided(node: ops.Node) -> bool | None:
    """Whether the condition holds for every row (True) or for none (False); None where it depends on the row."""
    match node:
        case ops.Literal() if isinstance(node.value, bool):
            return bool(node.value)
        case ops.IsNull() if is_constant(node.arg):
            return value_of(node.arg) is None
        case ops.NotNull() if is_constant(node.arg):
            return value_of(node.arg) is not None
        case ops.Equals() | ops.NotEquals() if is_constant(node.left) and is_constant(node.right):
            return (value_of(node.left) == value_of(node.right)) is isinstance(node, ops.Equals)
        case ops.InValues() if is_constant(node.value) and all(is_constant(each) for each in node.options):
            return value_of(node.value) in [value_of(each) for each in node.options]
        case ops.Not():
            inner = decided(node.arg)
            return None if inner is None else not inner
        case ops.And() | ops.Or():
            return _of_two(node)
    return None


def is_constant(node: ops.Node) -> bool:
    """Whether the node is one value, whatever the row."""
    return isinstance(node, ops.Literal) or (isinstance(node, ops.Cast) and is_constant(node.arg))


def value_of(node: Any) -> object:
    """The value of a constant."""
    value: object = node.value if isinstance(node, ops.Literal) else value_of(node.arg)
    return value


def _of_two(node: Any) -> bool | None:
    sides = {decided(node.left), decided(node.right)}
    settling = isinstance(node, ops.Or)  # one side that holds settles an "or", one that doesn't an "and"
    if settling in sides:
        return settling
    return None if None in sides else not settling
