"""Arithmetic on figures that keeps every digit and knows "no value"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TypeAlias

from tallymark_sdk.formula import FunctionName, Operator

Figure: TypeAlias = Decimal | int
"""A number as it is shown and stored."""

Exact: TypeAlias = Decimal | int | Fraction
"""A number on the way there: quotients keep every digit."""

# More digits than any quotient of two sums of money needs.
EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


def apply(operator: Operator, left: Exact | None, right: Exact | None) -> Exact | None:
    """Two numbers under one of the four signs, without rounding; None where one is missing or nothing is divided by."""
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    one, other = Fraction(left), Fraction(right)
    match operator:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
        case _:
            return one / other


def settled(over: int, under: int) -> Figure:
    """A fraction as a figure: whole, or a decimal of fifty digits. What is shown is rounded here and nowhere before."""
    return over if under == 1 else EXACT.divide(Decimal(over), Decimal(under))


def settle(value: Exact | None) -> Figure | None:
    """An exact number as a figure."""
    return settled(*value.as_integer_ratio()) if isinstance(value, Fraction) else value


def function(name: FunctionName, values: Sequence[Figure | None]) -> Figure | None:
    """A function of figures; conditions are 1 or 0. See `Function` for what it does with missing ones."""
    if name == "coalesce":
        return next((value for value in values if value is not None), None)
    if name == "if":
        chosen = None if values[0] is None else 1 if values[0] != 0 else 2
        return None if chosen is None else values[chosen]
    given = [value for value in values if value is not None]
    return _function(name, given) if len(given) == len(values) else None


def _function(name: FunctionName, given: Sequence[Figure]) -> Figure:
    match name:
        case "min":
            return _extreme(given, least=True)
        case "max":
            return _extreme(given, least=False)
        case "abs":
            return -given[0] if given[0] < 0 else given[0]
        case "round":
            return _rounded(given[0], int(given[1]) if len(given) > 1 else 0)
        case "not":
            return int(given[0] == 0)
        case "and":
            return int(all(given))
        case "or":
            return int(any(given))
        case _:
            return int(_compared(name, given[0], given[1]))


def _extreme(given: Sequence[Figure], *, least: bool) -> Figure:
    ordered = sorted(given, key=Decimal)
    return ordered[0] if least else ordered[-1]


def _compared(name: FunctionName, left: Figure, right: Figure) -> bool:
    return {
        "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "==": left == right,
        "!=": left != right,
    }[name]  # fmt: skip


def _rounded(value: Figure, places: int) -> Decimal:
    return EXACT.quantize(Decimal(value), Decimal(1).scaleb(-places))
