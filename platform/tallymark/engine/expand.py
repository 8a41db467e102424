"""Expanding a formula to the leaves it stands on, through the metrics it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    Number,
    Operand,
    PeriodDays,
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
    """What a formula stands on as it reads it, a leaf, say: for which breakdown, and through which moves from the period asked for."""

    formula: Leaf | Computed | Target | Number | PeriodDays
    dimension: str
    moves: tuple[Move, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The moves as what they do: equal ones look at the same periods."""
        return tuple(step_of(move) for move in self.moves)


Step: TypeAlias = tuple[str, int]
"""What a move does: its name, and how many periods it takes."""


def step_of(move: Move) -> Step:
    """A move as what it does."""
    match move:
        case Rolling(_, periods):
            return ("rolling", periods)
        case Monthly():
            return ("monthly", 0)
        case Shifted(_, step):
            return (step, 1)


def read_in(asked: Period, steps: Iterable[Step], comparison: Comparison) -> tuple[Period, ...]:
    """The periods that are read, step after step, when `asked` is asked for."""
    found: tuple[Period, ...] = (asked,)
    for step in steps:
        found = tuple(period for each in found for period in stepped(each, step, comparison))
    return found


def stepped(period: Period, step: Step, comparison: Comparison) -> tuple[Period, ...]:
    """The periods that one step looks at."""
    match step:
        case ("rolling", periods):
            return tuple(comparison.back(period, back) for back in range(periods))
        case ("monthly", _):
            return comparison.months(period)
        case ("previous", _):
            return (comparison.previous(period),)
        case _:
            return (comparison.year_before(period),)


def expand(
    operand: Operand, dimension: str, registry: Registry, moves: tuple[Move, ...] = ()
) -> Iterator[Reading]:
    """Everything without parts that the operand's value in a breakdown stands on."""
    match operand:
        case Flow() | Stock() | PerPeriod() | Computed() | Target() | Number() | PeriodDays():
            yield Reading(operand, dimension, moves)
        case Reference(key, part):
            yield from expand(registry[key].formula_of(part, dimension), dimension, registry, moves)
        case _:
            inner = TOTAL if isinstance(operand, Total) else dimension
            further = (*moves, operand) if isinstance(operand, Shifted | Rolling | Monthly) else moves
            for child in children(operand):
                yield from expand(child, inner, registry, further)
