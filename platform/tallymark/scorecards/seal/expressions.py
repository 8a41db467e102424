"""A metric's expressions as plain data and back: the very operations that the metric kit lets an author write.

Nothing but those operations is read back, each made of checked arguments, so that what is read can no more than add up
columns of the model; it is data, never code. Every node is filed under the digest of what it is made of: equal parts of
several metrics are kept once, and a definition's own digest says whether it is still the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.deferred import Deferred, Resolver
from ibis.common.temporal import DateUnit, IntervalUnit, TimestampUnit, TimeUnit
from ibis.expr.operations.relations import Namespace
from ibis.expr.schema import Schema

from tallymark.scorecards.seal.canonical import canonical
from tallymark.scorecards.seal.errors import SealError
from tallymark_sdk.expression import KERNELS, ROW_OPERATIONS
from tallymark_sdk.parameters import Parameter, parameters_in
from tallymark_sdk.rows import rounded_half_even
from tallymark_sdk.view import RELATION_OPERATIONS, VIEW_VALUES

_LENGTH = 20
_UNITS = (IntervalUnit, DateUnit, TimeUnit, TimestampUnit)
_ROUND, _PARAMETER = "round_even", "ScalarParameter"

Nodes = dict[str, list[Any]]
"""Digest → the operation's name and its arguments."""


@cache
def _operations() -> Mapping[str, type[ops.Node]]:
    """The operations that may be read back, by name: those that the kit lets through and what they are made with."""
    known = {each.__name__: each for each in (*ROW_OPERATIONS, *KERNELS, *VIEW_VALUES, *RELATION_OPERATIONS)}
    return known | {_ROUND: type(rounded_half_even(ibis.literal(Decimal(1))).op())}


class Writer:
    """Writes expressions into one table of nodes."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.parameters: dict[str, Parameter] = {}
        self._known: dict[ops.Node, str] = {}
        self._selves: dict[Any, int] = {}

    def expression(self, expression: ir.Expr, over: ir.Table | None = None) -> str:
        """Write an expression; the digest it is filed under.

        Args:
            over: the table that the expression's rows are of, which is left open: it is read back over another.
        """
        self.parameters |= {each.name: each for each in parameters_in(expression)}
        self._names = {each.value.op(): each.name for each in parameters_in(expression)}
        self._known, self._selves = {}, {}
        return self._node(expression.op(), None if over is None else over.op())

    def _node(self, node: ops.Node, over: ops.Node | None) -> str:
        if node not in self._known:
            self._known[node] = self._filed(self._parts(node, over))
        return self._known[node]

    def _parts(self, node: ops.Node, over: ops.Node | None) -> list[Any]:
        if node in self._names:
            return [_PARAMETER, {"name": self._names[node]}]
        name = _ROUND if isinstance(node, ops.ScalarUDF) else type(node).__name__
        if _operations().get(name) is not type(node):
            raise SealError(f"{name} can't be sealed; it isn't an operation that a metric may use.")
        arguments = {}
        for argument, value in zip(node.__argnames__, node.__args__, strict=True):
            if argument == "identifier" and isinstance(node, ops.SelfReference):
                # ibis counts these through a process; here they count within the expression.
                arguments[argument] = self._selves.setdefault(value, len(self._selves))
            else:
                arguments[argument] = self._value(value, over)
        return [name, arguments]

    def _value(self, value: Any, over: ops.Node | None) -> Any:
        if isinstance(value, ops.Node):
            return {"row": 1} if over is not None and value == over else {"n": self._node(value, over)}
        if isinstance(value, Schema):
            return {"schema": [[name, str(kind)] for name, kind in value.items()]}
        if isinstance(value, Mapping):
            return {"map": [[str(name), self._value(each, over)] for name, each in value.items()]}
        if isinstance(value, tuple | list):
            return [self._value(each, over) for each in value]
        if isinstance(value, frozenset):
            return {"set": sorted(value)}
        return _constant(value)

    def _filed(self, parts: list[Any]) -> str:
        name = hashlib.sha256(canonical(parts)).hexdigest()[:_LENGTH]
        self.nodes[name] = parts
        return name


def _constant(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value.value if isinstance(value, _UNITS) else value
        case int():
            return value
        case float():
            return {"float": repr(value)}
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case dt.DataType():
            return {"type": str(value)}
        case Namespace(catalog=None, database=None):
            return {"namespace": 1}
    if isinstance(value, _UNITS):
        return {"unit": value.value}
    raise SealError(f"A {type(value).__name__} can't be sealed; it isn't a constant that a metric may use.")


class Reader:
    """Reads expressions from a table of nodes."""

    def __init__(self, nodes: Nodes, parameters: Mapping[str, Parameter]) -> None:
        self._nodes = nodes
        self._parameters = parameters

    def expression(self, name: str, over: ir.Table | None = None) -> ir.Expr:
        """The expression filed under a digest, over a table where its own was left open.

        Raises:
            SealError: it holds what no metric may use, or what the model doesn't have any more.
        """
        try:
            return self._node(name, None if over is None else over.op(), {}).to_expr()
        except SealError:
            raise
        except Exception as error:  # whatever ibis says of arguments that don't fit
            raise SealError(f"A sealed definition can't be read any more: {error}") from error

    def deferred(self, name: str) -> Deferred:
        """The same as an author's expression over any table: what a `Flow`'s value and conditions are."""
        return Deferred(_Sealed(name, lambda table: self.expression(name, table)), repr="_")

    def _node(self, name: str, over: ops.Node | None, known: dict[str, ops.Node]) -> ops.Node:
        if name not in known:
            if name not in self._nodes:
                raise SealError("A part of a sealed definition is missing; this edition's basis was changed.")
            operation, arguments = self._nodes[name]
            given = {each: self._value(value, over, known) for each, value in arguments.items()}
            known[name] = self._made(operation, given)
        return known[name]

    def _made(self, operation: str, given: dict[str, Any]) -> ops.Node:
        if operation == _PARAMETER:
            node: ops.Node = self._parameters[given["name"]].value.op()
            return node
        kind = _operations().get(operation)
        if kind is None:
            raise SealError(f"A sealed definition uses {operation}, which no metric may use.")
        return kind(**given)

    def _value(self, value: Any, over: ops.Node | None, known: dict[str, ops.Node]) -> Any:
        if isinstance(value, list):
            return tuple(self._value(each, over, known) for each in value)
        if not isinstance(value, dict):
            return value
        ((tag, content),) = value.items()
        if tag == "n":
            return self._node(content, over, known)
        if tag == "row":
            if over is None:
                raise SealError("A sealed definition doesn't say of which rows it is.")
            return over
        if tag == "map":
            return {name: self._value(each, over, known) for name, each in content}
        return _CONSTANTS[tag](content)


_CONSTANTS: Mapping[str, Callable[[Any], Any]] = {
    "schema": lambda content: Schema({name: dt.dtype(kind) for name, kind in content}),
    "set": frozenset,
    "float": float,
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "type": dt.dtype,
    "namespace": lambda _content: Namespace(),
    "unit": str,
}


class _Sealed(Resolver):
    """Stands for an expression over whatever table it is asked of."""

    __slots__ = ("_made", "_name")

    def __init__(self, name: str, made: Callable[[ir.Table], ir.Expr]) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_made", made)

    def resolve(self, context: dict[str, Any]) -> ir.Expr:
        return self._made(context["_"])

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)
