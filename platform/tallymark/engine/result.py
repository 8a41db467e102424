"""An operand's value in one cell, and calculating with such values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeAlias

from tallymark_sdk.arithmetic import Figure, apply, function
from tallymark_sdk.formula import FunctionName, Leaf, Operator
from tallymark_sdk.rows import placing_columns, undated_reason

NOTHING_TO_DIVIDE_BY = "nothing to divide by"
OTHER_PERIOD = "in the period compared with"

LeftOut: TypeAlias = Mapping[tuple[str, str], int]
"""(dataset, reason) → rows."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """An operand's value in one cell: a figure, or the reason there is none."""

    value: Figure | None
    rows: int = 0
    left_out: LeftOut = field(default_factory=dict)
    reason: str | None = None
    numerator: Figure | None = None
    denominator: Figure | None = None


def calculate(operator: Operator, left: Result, right: Result) -> Result:
    """Two results under one of the four signs."""
    rows = max(left.rows, right.rows)
    left_out = _either(left.left_out, right.left_out)
    if left.value is None or right.value is None:
        return Result(value=None, rows=rows, left_out=left_out, reason=left.reason or right.reason)
    value = apply(operator, left.value, right.value)
    reason = NOTHING_TO_DIVIDE_BY if value is None else None
    return Result(value=value, rows=rows, left_out=left_out, reason=reason)


def call(name: FunctionName, arguments: Sequence[Result]) -> Result:
    """A function of results; where it has no value, the reason is that of the first argument without one."""
    value = function(name, [argument.value for argument in arguments])
    reason = None
    if value is None:
        reason = next((argument.reason for argument in arguments if argument.value is None), None)
    nothing: LeftOut = {}
    left_out = reduce(_either, (argument.left_out for argument in arguments), nothing)
    return Result(
        value=value, rows=max(argument.rows for argument in arguments), left_out=left_out, reason=reason
    )


def summed(results: Sequence[Result]) -> Result:
    """One result as it is, several added up."""
    return reduce(lambda left, right: calculate("+", left, right), results[1:], replace(results[0]))


def by_reason(left_out: LeftOut) -> dict[str, int]:
    """Counts by reason, over the datasets."""
    counts: dict[str, int] = {}
    for (_, reason), rows in left_out.items():
        counts[reason] = counts.get(reason, 0) + rows
    return counts


def only_undated(formula: Leaf, left_out: Mapping[str, int]) -> dict[str, int]:
    """Of what was left out, the rows that have no date."""
    reasons = [undated_reason(column) for column in placing_columns(formula)[:1]]
    return {reason: left_out[reason] for reason in reasons if reason in left_out}


def in_another_period(left_out: LeftOut) -> dict[tuple[str, str], int]:
    """The same counts, said to be of the period compared with."""
    return {(dataset, f"{reason} ({OTHER_PERIOD})"): rows for (dataset, reason), rows in left_out.items()}


def _either(left: LeftOut, right: LeftOut) -> LeftOut:
    """Rows left out on either side. Both sides read the same rows of a dataset, so the larger count is taken."""
    return {key: max(left.get(key, 0), right.get(key, 0)) for key in (*left, *right)}
