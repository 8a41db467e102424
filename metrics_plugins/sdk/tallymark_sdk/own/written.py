"""A formula as text again, made from what was read: reading it once more gives the same formula."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Function,
    Number,
    Operand,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Target,
    Total,
)

_OR: Final = 1
_AND: Final = 2
_NOT: Final = 3
_COMPARED: Final = 4
_SUM: Final = 5
_PRODUCT: Final = 6
_MINUS: Final = 7
_WHOLE: Final = 8
_SIGNS = {"<", "<=", ">", ">=", "==", "!="}


def written(operand: Operand) -> str:
    """The formula's text.

    Raises:
        TypeError: for kinds that a text can't hold, such as rows.
    """
    return _written(operand)[0]


def _written(operand: Operand) -> tuple[str, int]:
    """The text, and how tightly it holds together."""
    match operand:
        case Derived(inner):
            return _written(inner)
        case Reference(key, part):
            return (key if part == "value" else f"{key}.{part}"), _WHOLE
        case Target(key):
            return f"target({key})", _WHOLE
        case Number(value):
            text = f"{value:f}" if isinstance(value, Decimal) else str(value)
            return text, _MINUS if value < 0 else _WHOLE
        case Shifted(inner, step):
            return f"{step}({written(inner)})", _WHOLE
        case Rolling(inner, periods):
            return f"rolling({written(inner)}, {periods})", _WHOLE
        case Ratio(left, Total(inner)) if inner is left:
            return f"share({written(left)})", _WHOLE
        case Ratio(left, right):
            return _joined("/", left, right, _PRODUCT)
        case Arithmetic():
            return _arithmetic(operand)
        case Function():
            return _function(operand)
    raise TypeError(f"{type(operand).__name__} can't be written as a formula's text")


def _arithmetic(operand: Arithmetic) -> tuple[str, int]:
    if operand.operator == "-" and operand.left == Number(0):
        return f"-{_held(operand.right, _MINUS)}", _MINUS
    level = _PRODUCT if operand.operator in {"*", "/"} else _SUM
    return _joined(operand.operator, operand.left, operand.right, level)


def _function(operand: Function) -> tuple[str, int]:
    name, arguments = operand.name, operand.arguments
    if name in _SIGNS:
        return f"{_held(arguments[0], _SUM)} {name} {_held(arguments[1], _SUM)}", _COMPARED
    if name in {"and", "or"}:
        level = _AND if name == "and" else _OR
        return f" {name} ".join(_held(each, level + 1) for each in arguments), level
    if name == "not":
        return f"not {_held(arguments[0], _NOT)}", _NOT
    return f"{name}({', '.join(written(each) for each in arguments)})", _WHOLE


def _joined(sign: str, left: Operand, right: Operand, level: int) -> tuple[str, int]:
    # What stands on the right holds together more tightly: a - (b - c) keeps its parentheses.
    return f"{_held(left, level)} {sign} {_held(right, level + 1)}", level


def _held(operand: Operand, level: int) -> str:
    text, own = _written(operand)
    return text if own >= level else f"({text})"
