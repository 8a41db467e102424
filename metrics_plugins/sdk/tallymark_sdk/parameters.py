"""Typed parameters of a metric: values that a KPI may set, such as a number of days.

`Parameter.value` stands in the metric's expressions (and in the build of its views) for whatever value the KPI
gives. `tallymark_sdk.binding.bind` fills values in; a metric that nobody has bound has its defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias, get_args
from weakref import WeakValueDictionary

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk.errors import InvalidExpression, TallymarkError, did_you_mean

ParameterKind: TypeAlias = Literal["integer", "number", "choice"]
ParameterValue: TypeAlias = int | Decimal | str | None
Bound: TypeAlias = Mapping[str, ParameterValue]

_TYPES = {"integer": "int64", "number": "decimal(18, 6)", "choice": "string"}


class InvalidParameter(TallymarkError):
    """A parameter is declared or given in a way that isn't allowed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Parameter:
    """A value that a KPI may set.

    Attributes:
        name: as the KPI names it, such as "days".
        description: what it does, in a sentence; a msgid of the pack's catalogue.
        kind: "integer", "number" or "choice".
        default: the value where a KPI says nothing. None means "no limit", and makes None an allowed value.
        minimum, maximum: the least and the greatest value of a number.
        choices: the values that a choice may take.
        words: what formulas call it, a msgid; its name in words where nothing is said.
    """

    name: str
    description: str
    kind: ParameterKind = "integer"
    default: ParameterValue
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    words: str = ""
    value: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in get_args(ParameterKind):
            raise InvalidParameter(f'Parameter "{self.name}": a kind is one of integer, number and choice.')
        if (self.kind == "choice") != bool(self.choices):
            raise InvalidParameter(f'Parameter "{self.name}" lists choices exactly when its kind is choice.')
        self.read(self.default)
        stand_in = ibis.param(_TYPES[self.kind])
        object.__setattr__(self, "value", stand_in)
        _KNOWN[stand_in.op()] = self

    def read(self, given: object) -> ParameterValue:
        """The value that `given` (a number, or text from a form or a file) means.

        Raises:
            InvalidParameter: it isn't one, or lies outside what is allowed.
        """
        if given is None or given == "":
            if self.default is None:
                return None
            raise InvalidParameter(f'"{self.name}" needs a value; the default is {self.default}.')
        if self.kind == "choice":
            return self._choice(str(given))
        number = self._number(given)
        if (self.minimum is not None and number < self.minimum) or (
            self.maximum is not None and number > self.maximum
        ):
            raise InvalidParameter(f'"{self.name}" is {given}; it must be {self._range()}.')
        return number

    def _choice(self, given: str) -> str:
        if given not in self.choices:
            hint = did_you_mean(given, self.choices)
            raise InvalidParameter(f'"{self.name}" is one of {", ".join(self.choices)}, not "{given}".{hint}')
        return given

    def _number(self, given: object) -> int | Decimal:
        try:
            number = Decimal(str(given).strip())
        except InvalidOperation:
            raise InvalidParameter(f'"{self.name}" is a number, not "{given}".') from None
        if isinstance(given, bool) or not number.is_finite():
            raise InvalidParameter(f'"{self.name}" is a number, not "{given}".')
        if self.kind == "number":
            return number
        if number != number.to_integral_value():
            raise InvalidParameter(f'"{self.name}" is a whole number, not {given}.')
        return int(number)

    def _range(self) -> str:
        if self.minimum is not None and self.maximum is not None:
            return f"from {self.minimum} to {self.maximum}"
        return f"at least {self.minimum}" if self.minimum is not None else f"at most {self.maximum}"

    def literal(self, bound: Bound) -> ops.Node:
        """The value as a constant of an expression: the one bound, or the default."""
        value = bound.get(self.name, self.default)
        return ibis.literal(value, type=_TYPES[self.kind]).op()


# Finds the declaration behind a stand-in of an expression.
_KNOWN: WeakValueDictionary[ops.Node, Parameter] = WeakValueDictionary()


def parameters_in(expression: ir.Expr) -> tuple[Parameter, ...]:
    """The parameters that an expression stands on, by name.

    Raises:
        InvalidExpression: it holds a parameter that no `Parameter` declares.
    """
    nodes: list[ops.Node] = expression.op().find(ops.ScalarParameter, filter=_within(expression))
    if any(node not in _KNOWN for node in nodes):
        raise InvalidExpression("ibis.param has no name or default; declare a Parameter and use its .value")
    return tuple(sorted({_KNOWN[node] for node in nodes}, key=lambda each: each.name))


def filled_in(expression: Any, bound: Bound) -> Any:
    """The expression with its parameters' values in place of their stand-ins."""
    found = parameters_in(expression)
    if not found:
        return expression
    values = {each.value.op(): each.literal(bound) for each in found}
    return expression.op().replace(values, filter=_within(expression)).to_expr()


def _within(expression: ir.Expr) -> type[ops.Node] | None:
    """What belongs to an expression: of a value, not the table that it is over."""
    return ops.Value if isinstance(expression, ir.Value) else None
