"""From the measures' figures to the cell's value, exactly and step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tallymark.engine.evaluate import NO_TARGET, whole_of
from tallymark.engine.vectors import NOTHING_TO_DIVIDE_BY
from tallymark.explain.basis import Basis, Place
from tallymark.explain.tree import Node
from tallymark_sdk.arithmetic import apply, function, settle
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Function,
    Monthly,
    Number,
    PeriodDays,
    Ratio,
    Rolling,
    Target,
)

IN_PYTHON = "only the function knows it"


@dataclass(frozen=True)
class Known:
    """A value, or why there is none."""

    value: Fraction | None
    reason: str = ""


def worked_out(node: Node, figures: Sequence[Known], basis: Basis, place: Place) -> Node:
    """The node and all below it with their values.

    Args:
        figures: of each measure, in their order.
    """
    below = tuple(worked_out(each, figures, basis, place) for each in node.below)
    known = figures[node.measure - 1] if node.measure else _known(replace(node, below=below), basis, place)
    return replace(node, below=below, value=known.value, reason=known.reason)


def _known(node: Node, basis: Basis, place: Place) -> Known:
    values = [each.value for each in node.below]
    lacking = next((each.reason for each in node.below if each.value is None), "")
    match node.operand:
        case Number(value):
            return Known(Fraction(value))
        case PeriodDays():
            return Known(Fraction(basis.comparison.days(node.period)))
        case Target(key):
            return _target(key, node, basis, place)
        case Computed():
            return Known(None, IN_PYTHON)
        case Arithmetic(operator):
            return _applied(operator, values, lacking)
        case Ratio():
            return _applied("/", values, lacking)
        case Rolling() | Monthly():
            known = [value for value in values if value is not None]
            return (
                Known(sum(known, Fraction(0)))
                if values and len(known) == len(values)
                else Known(None, lacking)
            )
        case Function(name):
            found = function(name, [settle(value) for value in values])
            return Known(None, lacking) if found is None else Known(Fraction(found))
        case _:
            return Known(values[0], lacking)


def _applied(operator: str, values: Sequence[Fraction | None], lacking: str) -> Known:
    left, right = values
    if operator == "/" and left is not None and right == 0:
        return Known(None, NOTHING_TO_DIVIDE_BY)
    found = apply(operator, left, right)  # type: ignore[arg-type]  # one of the four signs
    return Known(None, lacking) if found is None else Known(Fraction(found))


def _target(key: str, node: Node, basis: Basis, place: Place) -> Known:
    if basis.targets is None:
        return Known(None, NO_TARGET)
    whose = ("", "") if node.is_total else (place.dimension, place.member)
    value, reason = basis.targets.value(key, *whose, whole_of(node.period))
    return Known(None, reason or NO_TARGET) if value is None else Known(Fraction(value))
