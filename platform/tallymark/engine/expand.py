"""Expanding a formula to the leaves it stands on, through the metrics it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tallymark.plugins.registry import Registry
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.formula import (
    Computed,
    Flow,
    Leaf,
    Monthly,
    Operand,
    PerPeriod,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Target,
    Total,
)
from tallymark_sdk.leaves import children

TOTAL = ""

Move: TypeAlias = Shifted | Rolling | Monthly
"""Operands that look at other periods than the one asked for."""


@dataclass(frozen=True)
class Reading:
    """A leaf or target as a formula reads it: for which breakdown, and through which moves from the period asked for."""

    formula: Leaf | Computed | Target
    dimension: str
    moves: tuple[Move, ...] = ()

    def periods(self, asked: Period, comparison: Comparison) -> tuple[Period, ...]:
        """The periods it is read in when `asked` is asked for."""
        found: tuple[Period, ...] = (asked,)
        for move in self.moves:
            found = tuple(period for each in found for period in moved(each, move, comparison))
        return found


def moved(period: Period, move: Move, comparison: Comparison) -> tuple[Period, ...]:
    """The periods that a move looks at."""
    match move:
        case Rolling(_, periods):
            return tuple(comparison.back(period, back) for back in range(periods))
        case Monthly():
            return comparison.months(period)
        case Shifted(_, "previous"):
            return (comparison.previous(period),)
        case Shifted():
            return (comparison.year_before(period),)


def expand(
    operand: Operand, dimension: str, registry: Registry, moves: tuple[Move, ...] = ()
) -> Iterator[Reading]:
    """Every leaf and target that the operand's value in a breakdown stands on."""
    match operand:
        case Flow() | Stock() | PerPeriod() | Computed() | Target():
            yield Reading(operand, dimension, moves)
        case Reference(key, part):
            yield from expand(registry[key].formula_of(part, dimension), dimension, registry, moves)
        case _:
            inner = TOTAL if isinstance(operand, Total) else dimension
            further = (*moves, operand) if isinstance(operand, Shifted | Rolling | Monthly) else moves
            for child in children(operand):
                yield from expand(child, inner, registry, further)
