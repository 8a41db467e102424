"""Leaves' figures put together from the columns of several records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import lcm

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import LeafFigures
from tallymark.engine.plan import Leaf
from tallymark.engine.values.layout import Layout, Named, Place
from tallymark.engine.values.record import Record

_SAFE = 1 << 62

Columns = tuple[Record, Sequence[int], Sequence[int]]
"""A record, which of its columns are taken, and where each comes in the result."""


class Gathered:
    """Arrays [lines, slots, columns] filled from records; where no record has a slot, it had no rows and is 0."""

    def __init__(self, axis: Axis, lines: Layout, columns: int, found: Sequence[Columns]) -> None:
        self._lines = lines
        shape = (axis.size, columns)
        self.counts = np.zeros((len(lines.counts), *shape), np.int64)
        self.flags = np.zeros((len(lines.flags), *shape), bool)
        self.values: dict[str, Array] = {}
        self.divisors = {name: lcm(*(_divisor(each, name) for each, _, _ in found)) for name in lines.values}
        low = np.zeros((len(lines.values), *shape), np.int64)
        high: Array | None = None
        if any("high" in each.arrays for each, _, _ in found):
            high = np.zeros_like(low)
        for record, taken, places in found:
            theirs, ours = _slots(record, axis)
            self._put(
                self.counts, record, "counts", (lines.counts, record.counts), (theirs, ours, taken, places)
            )
            self._put(self.flags, record, "flags", (lines.flags, record.flags), (theirs, ours, taken, places))
            where = (theirs, ours, taken, places)
            self._put(low, record, "low", (lines.values, record.values), where)
            if high is not None:
                self._put(high, record, "high", (lines.values, record.values), where)
        for line, name in enumerate(lines.values):
            values = low[line] if high is None else _joined(low[line], high[line])
            for record, _, places in found:
                if (factor := self.divisors[name] // _divisor(record, name)) != 1:
                    values = _times(values, factor, places)
            self.values[name] = values

    def _put(
        self,
        into: Array,
        record: Record,
        array: str,
        names: tuple[Named, Named],
        where: tuple[Array, Array, Sequence[int], Sequence[int]],
    ) -> None:
        wanted, own = names
        if not wanted:
            return
        theirs, ours, taken, places = where
        order = {name: line for line, name in enumerate(own)}
        lines = np.array([order[name] for name in wanted])
        if array == "high" and array not in record.arrays:
            given = record.arrays["low"] >> 63
        else:
            given = record.arrays[array]
        rows, columns = _run(theirs), _run(np.array(taken, np.int64))
        cut = given[columns][:, _run(lines)][:, :, rows].transpose(1, 2, 0)
        slots, into_columns = _run(ours), _run(np.array(places, np.int64))
        if isinstance(slots, slice) or isinstance(into_columns, slice):
            into[:, slots, into_columns] = cut
        else:
            into[np.ix_(np.arange(len(lines)), slots, into_columns)] = cut

    def figures(self, extra: Mapping[str, int], columns: int) -> dict[Leaf, LeafFigures]:
        """The leaves' figures.

        Args:
            extra: the columns that aren't periods: "undated", "before".
            columns: how many are periods; they come first.
        """
        count = {name: line for line, name in enumerate(self._lines.counts)}
        flag = {name: line for line, name in enumerate(self._lines.flags)}
        return {
            leaf: self._leaf(place, count, flag, (extra, columns))
            for leaf, place in self._lines.leaves.items()
        }

    def _leaf(
        self,
        place: Place,
        count: Mapping[str, int],
        flag: Mapping[str, int],
        at: tuple[Mapping[str, int], int],
    ) -> LeafFigures:
        extra, columns = at
        rows = self.counts[count[place.rows]][:, :columns]
        reasons = {reason: self.counts[count[name]] for reason, name in place.reasons.items()}
        found = LeafFigures(
            values=rows if place.values is None else self.values[place.values][:, :columns],
            divisor=1 if place.values is None else self.divisors[place.values],
            rows=rows,
            seen=self.flags[flag[place.seen]][:, :columns],
            has=None if place.has is None else self.flags[flag[place.has]][:, :columns],
            left_out={reason: array[:, :columns] for reason, array in reasons.items() if array[:, :columns].any()},
        )  # fmt: skip
        if (undated := extra.get("undated")) is not None:
            found.undated = {
                reason: array[:, undated] for reason, array in reasons.items() if array[:, undated].any()
            }
        if (before := extra.get("before")) is not None:
            found.before = self.flags[flag[place.seen]][:, before]
        return found


def _divisor(record: Record, name: str) -> int:
    return record.divisors[list(record.values).index(name)]


def _slots(record: Record, axis: Axis) -> tuple[Array, Array]:
    """The slots of members that both know: in the record, and on the axis."""
    theirs, ours, offset = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for own in record.blocks:
        block = axis.block(own.dimension)
        if block is not None and block.first == own.first:
            size = np.arange(min(own.size, block.size))
            theirs.append(offset + size)
            ours.append(block.offset + size)
        offset += own.size
    return np.concatenate(theirs), np.concatenate(ours)


def _run(places: Array) -> Array | slice:
    """The same places as a slice where they follow one another, as they usually do: slices aren't looked up one by one."""
    if len(places) and places[-1] - places[0] == len(places) - 1 and (np.diff(places) == 1).all():
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def _joined(low: Array, high: Array) -> Array:
    if (high == low >> 63).all():
        return low
    return (high.astype(object) << 64) + low.view(np.uint64).astype(object)


def _times(values: Array, factor: int, places: Sequence[int]) -> Array:
    """The values with these columns multiplied."""
    columns = values[:, places]
    if values.dtype != object and int(np.abs(columns).max(initial=0)) * factor >= _SAFE:
        values = values.astype(object)
    values[:, places] = values[:, places] * factor
    return values
