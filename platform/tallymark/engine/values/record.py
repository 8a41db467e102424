"""Figures of some periods of one fact, as arrays that are written and read as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.kernels.axis import Axis, Block
from tallymark.engine.kernels.figures import LeafFigures
from tallymark.engine.plan import Leaf
from tallymark.engine.values.layout import Layout, Named

_LOW = (1 << 64) - 1
KEY = 7
"""Numbers that tell a column from others."""


@dataclass(frozen=True)
class Record:
    """Columns of figures.

    Attributes:
        of: what they are figures of; equal for those that may stand beside each other.
        blocks: where members stand, as on the axis that they were computed on.
        counts, values, flags: the names of lines.
        divisors: each line of values is whole numbers over one of these.
        arrays: `keys` int64 [columns, KEY]; `counts`, `low` (values' lower 64 bits) and, where values take more, `high`,
            and `flags`: [columns, lines, slots].
    """

    of: str
    blocks: tuple[Block, ...]
    counts: Named
    values: Named
    flags: Named
    divisors: tuple[int, ...]
    arrays: Mapping[str, Array]

    @cached_property
    def columns(self) -> dict[bytes, int]:
        """A column's key → its place."""
        return {key.tobytes(): place for place, key in enumerate(self.arrays["keys"])}

    @cached_property
    def size(self) -> int:
        """Slots on its axis."""
        return sum(block.size for block in self.blocks)

    def holds(self, lines: Layout, axis: Axis) -> bool:
        """Whether it has all these lines under the breakdowns that they are asked for on the axis."""
        here = {block.dimension: block for block in self.blocks}
        known = {block.dimension for block in axis.blocks}
        for wanted, own in (
            (lines.counts, self.counts),
            (lines.values, self.values),
            (lines.flags, self.flags),
        ):
            for name, dimensions in wanted.items():
                if not dimensions & known <= own.get(name, frozenset()):
                    return False
        asked = frozenset[str]().union(*lines.counts.values())
        return all(
            block.dimension in here and here[block.dimension].first == block.first
            for block in axis.blocks
            if block.dimension in asked
        )


def recorded(
    of: str, axis: Axis, lines: Layout, figures: Mapping[Leaf, LeafFigures], keys: Array, extra: Sequence[str]
) -> Record | None:
    """Leaves' figures as a record; None for numbers of more than 128 bits.

    Args:
        keys: one for each column of the figures, then one for each of `extra`.
        extra: what else is kept, each as a column: "undated", "before".
    """
    none: list[Array | None] = [None] * len(extra)
    nothing = np.zeros((axis.size, len(keys) - len(extra)), np.int64)
    counts = {lines.leaves[leaf].rows: _with(found.rows, none) for leaf, found in figures.items()}
    flags: dict[str, Array] = {}
    low: dict[str, Array] = {}
    high: dict[str, Array | None] = {}
    divisors: dict[str, int] = {}
    for leaf, found in figures.items():
        place = lines.leaves[leaf]
        for reason, name in place.reasons.items():
            undated = [found.undated.get(reason) if kind == "undated" else None for kind in extra]
            counts[name] = _with(found.left_out.get(reason, nothing), undated)
        flags[place.seen] = _with(found.seen, [found.before if kind == "before" else None for kind in extra])
        if place.has is not None:
            flags[place.has] = _with(nothing > 0 if found.has is None else found.has, none)
        if place.values is not None:
            divisors[place.values] = found.divisor
            try:
                low[place.values], high[place.values] = _halves(_with(found.values, none))
            except OverflowError:
                return None
    arrays = {
        "keys": keys,
        "counts": _small(_stacked(counts, lines.counts)),
        "low": _stacked(low, lines.values),
    }
    arrays["flags"] = _stacked(flags, lines.flags).astype(np.uint8)
    if any(each is not None for each in high.values()):
        wide = {name: low[name] >> 63 if each is None else each for name, each in high.items()}
        arrays["high"] = _stacked(wide, lines.values)
    return Record(
        of=of, blocks=axis.blocks, counts=lines.counts, values=lines.values, flags=lines.flags,
        divisors=tuple(divisors[name] for name in lines.values), arrays=arrays,
    )  # fmt: skip


def _with(array: Array, extra: Sequence[Array | None]) -> Array:
    if not extra:
        return array
    columns = [np.zeros(len(array), array.dtype) if each is None else each for each in extra]
    return np.concatenate([array, np.stack(columns, axis=1).astype(array.dtype)], axis=1)


def _halves(values: Array) -> tuple[Array, Array | None]:
    if values.dtype != object:
        return values, None
    return (values & _LOW).astype(np.uint64).view(np.int64), (values >> 64).astype(np.int64)


def _stacked(arrays: Mapping[str, Array], names: Named) -> Array:
    """[columns, lines, slots] of the lines' [slots, columns]."""
    if not names:
        return np.zeros((0, 0, 0), np.int64)
    return np.ascontiguousarray(np.stack([arrays[name] for name in names]).transpose(2, 0, 1))


def _small(counts: Array) -> Array:
    return counts.astype(np.int32) if not counts.size or counts.max() < 1 << 31 else counts
