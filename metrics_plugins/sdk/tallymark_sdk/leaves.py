"""Walking a formula: its leaves, and the other metrics it refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Function,
    Leaf,
    Monthly,
    Operand,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Target,
    Total,
)


def operands(operand: Operand) -> Iterator[Operand]:
    """The operand and everything below it, depth first."""
    yield operand
    for child in children(operand):
        yield from operands(child)


def leaves(operand: Operand, *, totals: bool = True) -> Iterator[Leaf]:
    """The Flows, Stocks and PerPeriods of a formula; without `totals`, those that follow a breakdown."""
    if isinstance(operand, Flow | Stock | PerPeriod):
        yield operand
    if isinstance(operand, Total) and not totals:
        return
    for child in children(operand):
        yield from leaves(child, totals=totals)


def references(operand: Operand, *, totals: bool = True) -> Iterator[Reference]:
    """The metrics a formula takes values of; without `totals`, those that follow a breakdown."""
    if isinstance(operand, Reference):
        yield operand
    if isinstance(operand, Total) and not totals:
        return
    for child in children(operand):
        yield from references(child, totals=totals)


def computations(operand: Operand, *, totals: bool = True) -> Iterator[Computed]:
    """The functions in Python that a formula stands on; without `totals`, those that follow a breakdown."""
    if isinstance(operand, Computed):
        yield operand
    if isinstance(operand, Total) and not totals:
        return
    for child in children(operand):
        yield from computations(child, totals=totals)


def targets(operand: Operand, *, totals: bool = True) -> Iterator[Target]:
    """The targets a formula reads; without `totals`, those that follow a breakdown."""
    if isinstance(operand, Target):
        yield operand
    if isinstance(operand, Total) and not totals:
        return
    for child in children(operand):
        yield from targets(child, totals=totals)


def with_leaves(operand: Operand, change: Callable[[Leaf], Operand]) -> Operand:
    """The same formula with each leaf changed."""
    match operand:
        case Flow() | Stock() | PerPeriod():
            return change(operand)
        case Arithmetic(_, left, right):
            return replace(operand, left=with_leaves(left, change), right=with_leaves(right, change))
        case Ratio(over, under):
            return Ratio(with_leaves(over, change), with_leaves(under, change))
        case Derived(inner):
            return Derived(with_leaves(inner, change))
        case Function(_, arguments):
            return replace(operand, arguments=tuple(with_leaves(each, change) for each in arguments))
        case Shifted(inner) | Total(inner) | Rolling(inner) | Monthly(inner):
            wrapper: Any = operand
            changed: Operand = replace(wrapper, operand=with_leaves(inner, change))
            return changed
        case _:
            return operand


def children(operand: Operand) -> tuple[Operand, ...]:
    """The operands directly below one."""
    match operand:
        case Arithmetic(_, left, right):
            return (left, right)
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case Derived(expression):
            return (expression,)
        case Function(_, arguments):
            return arguments
        case Shifted(inner) | Total(inner) | Rolling(inner) | Monthly(inner):
            return (inner,)
        case _:
            return ()
