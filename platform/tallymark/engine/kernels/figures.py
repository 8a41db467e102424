"""Figures of leaves: for every slot of an axis and every period, the exact value and the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import lcm

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.plan import Leaf


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

    @classmethod
    def empty(cls, slots: int, periods: int, *, always: bool) -> LeafFigures:
        """Nothing anywhere. `always` says that nothing is 0 and not "no value"."""
        shape = (slots, periods)
        return cls(
            values=np.zeros(shape, np.int64),
            divisor=1,
            rows=np.zeros(shape, np.int64),
            seen=np.zeros(shape, bool),
            has=None if always else np.zeros(shape, bool),
        )

    def cut(self, slots: Array, columns: Sequence[int]) -> LeafFigures:
        """The figures of these slots and periods; what members were seen is not among them."""
        if len(slots) == len(self.values) and list(columns) == list(range(self.values.shape[1])):
            return self
        wanted = np.array(columns, np.int64)
        run = len(wanted) > 0 and bool((np.diff(wanted) == 1).all())  # periods mostly follow each other
        chosen = slice(int(wanted[0]), int(wanted[-1]) + 1) if run else wanted

        def at(array: Array) -> Array:
            return array[slots][:, chosen]

        values = at(self.values)
        return LeafFigures(
            values=values,
            divisor=self.divisor,
            rows=values if self.rows is self.values else at(self.rows),
            seen=self.seen[:0],
            has=None if self.has is None else at(self.has),
            left_out={reason: at(counts) for reason, counts in self.left_out.items()},
            undated={reason: counts[slots] for reason, counts in self.undated.items()},
        )

    def add(self, other: LeafFigures, slots: Array, columns: Sequence[int]) -> None:
        """Put in the same leaf's figures of other members or other periods."""
        at = np.ix_(slots, np.array(columns, np.int64))
        divisor = lcm(self.divisor, other.divisor)
        kind = object if object in (self.values.dtype, other.values.dtype) else np.int64
        if divisor != self.divisor or kind is object:
            self.values = (self.values * (divisor // self.divisor)).astype(kind)
        self.values[at] += other.values * (divisor // other.divisor)
        self.divisor = divisor
        self.rows[at] += other.rows
        if other.has is not None and self.has is not None:
            self.has[at] |= other.has
        for reason, counts in other.left_out.items():
            self.left_out.setdefault(reason, np.zeros(self.rows.shape, np.int64))[at] += counts
        for reason, counts in other.undated.items():
            into = self.undated.setdefault(reason, np.zeros(len(self.rows), np.int64))
            into[slots] = np.maximum(into[slots], counts)


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


@dataclass(frozen=True)
class Part:
    """The figures that one fact gives, [slots of its axis, periods].

    Attributes:
        places: each column's place among the plan's periods.
    """

    axis: Axis
    places: tuple[int, ...]
    leaves: Mapping[Leaf, LeafFigures]

    dimensions: frozenset[str]
    """The breakdowns that it has members of."""
    total: bool
    """Whether it has the total."""

    @cached_property
    def columns(self) -> dict[int, int]:
        """Place → column."""
        return {place: column for column, place in enumerate(self.places)}
