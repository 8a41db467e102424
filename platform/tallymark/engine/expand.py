"""Expanding a formula to the leaves it stands on, through the metrics it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tallymark.plugins.registry import Registry
from tallymark_sdk import Flow, Stock
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.formula import Arithmetic, Derived, Operand, Ratio, Reference, Shifted, Step, Total

TOTAL = ""


@dataclass(frozen=True)
class Reading:
    """A leaf as a formula reads it: for which breakdown, and how many steps from the period asked for."""

    formula: Flow | Stock
    dimension: str
    steps: tuple[Step, ...] = ()

    def period(self, asked: Period, calendar: Calendar) -> Period:
        """The period it is read in when `asked` is asked for."""
        for step in self.steps:
            asked = shift(asked, step, calendar)
        return asked


def shift(period: Period, step: Step, calendar: Calendar) -> Period:
    """The period that a `Shifted` operand looks at."""
    return calendar.step(period, -1) if step == "previous" else calendar.year_before(period)


def expand(
    operand: Operand, dimension: str, registry: Registry, steps: tuple[Step, ...] = ()
) -> Iterator[Reading]:
    """Every leaf that the operand's value in a breakdown stands on."""
    match operand:
        case Flow() | Stock():
            yield Reading(operand, dimension, steps)
        case Ratio(left, right) | Arithmetic(_, left, right):
            yield from expand(left, dimension, registry, steps)
            yield from expand(right, dimension, registry, steps)
        case Derived(inner):
            yield from expand(inner, dimension, registry, steps)
        case Total(inner):
            yield from expand(inner, TOTAL, registry, steps)
        case Shifted(inner, step):
            yield from expand(inner, dimension, registry, (*steps, step))
        case Reference(key, part):
            yield from expand(registry[key].formula_of(part, dimension), dimension, registry, steps)
