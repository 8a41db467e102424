"""Walking a formula: its leaves, and the other metrics it refers to."""

from __future__ import annotations

from collections.abc import Iterator

from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Flow,
    Operand,
    Ratio,
    Reference,
    Shifted,
    Stock,
    Total,
)


def operands(operand: Operand) -> Iterator[Operand]:
    """The operand and everything below it, depth first."""
    yield operand
    for child in _children(operand):
        yield from operands(child)


def leaves(operand: Operand) -> Iterator[Flow | Stock]:
    """The Flows and Stocks of a formula."""
    for each in operands(operand):
        if isinstance(each, Flow | Stock):
            yield each


def references(operand: Operand) -> Iterator[Reference]:
    """The metrics a formula takes values of."""
    for each in operands(operand):
        if isinstance(each, Reference):
            yield each


def _children(operand: Operand) -> tuple[Operand, ...]:
    match operand:
        case Arithmetic(_, left, right):
            return (left, right)
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case Derived(expression):
            return (expression,)
        case Shifted(inner, _) | Total(inner):
            return (inner,)
        case _:
            return ()
