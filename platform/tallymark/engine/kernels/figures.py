"""Figures of leaves: for every slot of an axis and every period, the exact value and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import lcm

from tallymark.engine.facts.columns import Array


@dataclass
class LeafFigures:
    """One leaf on one axis.

    Attributes:
        values: whole numbers, [slots, periods]; the value is `values / divisor`.
        has: where there is a value; None where every cell has one, as sums and counts do.
        rows: how many rows made each value.
        left_out: reason → how many were left out for it; a reason that nowhere applies is not here.
        undated: the same of events without a day, [slots].
        seen: where any row was used or left out, other than deleted ones.
        before: the slots that have rows before every period; None where nothing asks for it.
    """

    values: Array
    divisor: int
    rows: Array
    seen: Array
    has: Array | None = None
    left_out: dict[str, Array] = field(default_factory=dict)
    undated: dict[str, Array] = field(default_factory=dict)
    before: Array | None = None

    def add(self, other: LeafFigures) -> None:
        """Add the same leaf's figures of other slots or periods."""
        divisor = lcm(self.divisor, other.divisor)
        self.values = self.values * (divisor // self.divisor) + other.values * (divisor // other.divisor)
        self.divisor = divisor
        self.rows = self.rows + other.rows
        self.seen = self.seen | other.seen
        if self.has is not None and other.has is not None:
            self.has = self.has | other.has
        self.left_out = _added(self.left_out, other.left_out)
        self.undated = _added(self.undated, other.undated)
        if other.before is not None:
            self.before = other.before if self.before is None else self.before | other.before


def _added(left: Mapping[str, Array], right: Mapping[str, Array]) -> dict[str, Array]:
    found = dict(left)
    for reason, counts in right.items():
        found[reason] = found[reason] + counts if reason in found else counts
    return found


@dataclass
class RunFigures:
    """The answers of a function in Python on one axis, [slots, periods].

    Attributes:
        values, divisors: each value is one over the other, whole numbers.
        has: where there is a value.
    """

    values: Array
    divisors: Array
    has: Array
