"""A name for an expression that is the same in every process: what prepared facts are filed under."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.grounds import Concrete

_LENGTH = 20


def digest(expression: ir.Expr) -> str:
    """A name of the expression: equal expressions have equal names, others don't (80 bits of SHA-256)."""
    return _of(expression.op())


def named(*parts: object) -> str:
    """A name for several things that have a plain representation."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_LENGTH]


# Nodes are shared by thousands between a pack's expressions, so each is named once.
@lru_cache(maxsize=65_536)
def _of(node: ops.Node) -> str:
    values: list[object] = [type(node).__name__]
    for name, value in zip(node.__argnames__, node.__args__, strict=True):
        if name == "identifier" and isinstance(node, ops.SelfReference):
            continue  # ibis counts these through a process; what they are references to says enough
        values.append((name, _plain(value)))
    return named(*values)


def _plain(value: Any) -> object:
    if isinstance(value, ops.Node):
        return _of(value)
    if isinstance(value, Mapping):
        return [(str(name), _plain(each)) for name, each in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Concrete):
        return str(value)
    return repr(value)
