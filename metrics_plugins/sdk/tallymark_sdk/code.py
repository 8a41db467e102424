"""A formula as the code that declares it, for reference pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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

_CALLS = {"previous": "previous", "year_before": "year_before"}


def in_code(operand: Operand) -> str:  # noqa: C901, PLR0912  one case a kind
    """The formula in Python; a view stands under its name in capitals."""
    match operand:
        case Flow() | Stock() | PerPeriod():
            return _leaf(operand)
        case Ratio(numerator, denominator):
            return f"Ratio({in_code(numerator)}, {in_code(denominator)})"
        case Derived(expression):
            return f"Derived({in_code(expression)})"
        case Arithmetic(operator, left, right):
            return f"({in_code(left)} {operator} {in_code(right)})"
        case Function(name, arguments):
            return f"Function({name!r}, ({', '.join(in_code(each) for each in arguments)}))"
        case Shifted(inner, step):
            return f"{_CALLS[step]}({in_code(inner)})"
        case Rolling(inner, periods):
            return f"rolling({in_code(inner)}, {periods})"
        case Monthly(inner):
            return f"monthly({in_code(inner)})"
        case Total(inner):
            return f"Total({in_code(inner)})"
        case Reference(key, part):
            return f"metric_value({key!r})" if part == "value" else f"metric_value({key!r}, {part!r})"
        case Target(key):
            return f"target({key!r})"
        case PeriodDays():
            return "PeriodDays()"
        case Number(value):
            return str(value)
        case _:
            return type(operand).__name__


def _leaf(leaf: Leaf) -> str:
    of = repr(leaf.dataset) if isinstance(leaf.dataset, str) else leaf.dataset.name.upper()
    given: dict[str, Any] = {}
    match leaf:
        case Flow():
            given["on"] = repr(leaf.on)
        case Stock():
            given |= {"start": repr(leaf.start), "end": repr(leaf.end), "at": repr(leaf.at)}
    given["value"] = repr(leaf.value)
    if leaf.where is not None:
        given["where"] = repr(leaf.where)
    if leaf.leave_out:
        given["leave_out"] = _mapping(leaf.leave_out)
    if isinstance(leaf, Stock) and leaf.open_start:
        given["open_start"] = "True"
    arguments = "".join(f", {name}={value}" for name, value in given.items())
    return f"{type(leaf).__name__}({of}{arguments})"


def _mapping(conditions: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{reason!r}: {condition!r}" for reason, condition in conditions.items()) + "}"
