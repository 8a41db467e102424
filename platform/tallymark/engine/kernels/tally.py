"""Counting and summing a fact's rows into cells, for all its leaves at once.

A row's class says which conditions hold for it, so rows are counted by (member, period, class) and never by leaf:
what a leaf uses or leaves out is then the sum over the classes in which its condition holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.encode import HIGH
from tallymark.engine.facts.groups import needs
from tallymark.engine.facts.store import Ready
from tallymark.engine.kernels.axis import Axis, Block
from tallymark.engine.kernels.limbs import limbs
from tallymark.engine.plan import Leaf

_STACK_ROWS = 60_000
"""Below so many rows, all breakdowns are counted in one call: calls cost more than rows there."""


@dataclass
class Tally:
    """What is known of every (slot, period, class) of a fact.

    Attributes:
        counts: rows, [slots, periods, classes].
        sums: value → shift of the limb → sums, of the same shape.
        distincts: name → how many first occurrences, [slots, periods].
    """

    counts: Array
    sums: dict[str, dict[int, Array]] = field(default_factory=dict)
    distincts: dict[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """Rows of a chunk that count, each with its period's place.

    Attributes:
        take: which rows: a slice, or their numbers.
        period: the place of each one's period, int64.
        sign: 1, or -1 for rows that stop counting from that period on.
    """

    take: slice | Array
    period: Array
    sign: int = 1


@dataclass
class Counter:
    """Tallies one fact on one axis over `periods` periods."""

    ready: Ready
    axis: Axis
    periods: int
    counts_only: bool = False

    def __post_init__(self) -> None:
        wanted = self.ready.wanted
        self.blocks = [b for b in self.axis.blocks if b.dimension in wanted.dimensions and b.size]
        self.has_total = self.axis.block(TOTAL) is not None and wanted.total
        self.leaves = [
            leaf
            for leaf, dimensions in wanted.leaves.items()
            if any(self.axis.block(dimension) is not None for dimension in dimensions)
        ]
        self.masks = self._masks()
        shape = (self.axis.size, self.periods, len(self.ready.fact.classes))
        self.shape = shape
        self.tally = Tally(np.zeros(shape, np.int64))
        self.arguments = sorted(
            {
                need.argument
                for leaf in self.leaves
                if leaf.kernel == "sum"
                and not self.counts_only
                and (need := needs(leaf)).argument is not None
            }
        )

    def _masks(self) -> dict[str, Array]:
        """For each condition of a leaf, over the fact's classes, whether it holds: doubles, to be multiplied with."""
        names = sorted({name for leaf in self.leaves for name in conditions_of(leaf)})
        table = self.ready.masks(names)
        return {name: table[number] for number, name in enumerate(names)}

    def add(self, chunk: int, rows: Rows) -> None:
        """Count and sum the rows."""
        if not len(rows.period) or not self.leaves:
            return
        classes = self.ready.column(chunk, "class")[rows.take]
        base = rows.period * self.shape[2] + classes
        codes = list(self.codes(chunk, rows.take, base, self.shape[1] * self.shape[2]))
        self._add(self.tally.counts, codes, None, rows.sign)
        for name in self.arguments:
            sums = self.tally.sums.setdefault(name, {})
            low = self.ready.column(chunk, f"value {name}")[rows.take]
            wide = self.ready.has(chunk, f"value {name}{HIGH}")
            high = self.ready.column(chunk, f"value {name}{HIGH}")[rows.take] if wide else None
            for shift, limb in limbs(low, high, self.ready.fact.arguments[name].largest):
                into = sums.setdefault(shift, np.zeros(self.shape, np.int64))
                self._add(into, codes, limb, rows.sign)

    def codes(
        self, chunk: int, take: slice | Array, base: Array, width: int
    ) -> Iterator[tuple[Block, Array | None, Array]]:
        """For each block, which of the rows are its own (None for all) and their place in it."""
        if not self.blocks and self.has_total:
            yield Block(TOTAL, 0, 1), None, base
        for block in self.blocks:
            member = self.ready.column(chunk, f"by {block.dimension}")[take].astype(np.int64)
            if block.first or len(self.axis.blocks) == 1:
                member -= block.first
                own = (member >= 0) & (member < block.size)
                yield block, own, member[own] * width + base[own]
            else:
                yield block, None, member * width + base

    def _add(
        self,
        into: Array,
        codes: Sequence[tuple[Block, Array | None, Array]],
        weights: Array | None,
        sign: int,
    ) -> None:
        width = self.shape[1] * self.shape[2]
        if len(codes) > 1 and len(codes[0][2]) < _STACK_ROWS and all(own is None for _, own, _ in codes):
            stacked = np.concatenate([code + block.offset * width for block, _, code in codes])
            repeated = None if weights is None else np.tile(weights, len(codes))
            found = np.bincount(stacked, repeated, self.axis.size * width).astype(np.int64)
            into += sign * found.reshape(self.shape)
            return
        for block, own, code in codes:
            given = weights if weights is None or own is None else weights[own]
            found = np.bincount(code, given, block.size * width).astype(np.int64)
            into[block.slots] += sign * found.reshape(block.size, *self.shape[1:])

    def add_first(self, name: str, dimension: str, code: Array, sign: int = 1) -> None:
        """Count rows that are the first of their id, given their place in the dimension's block."""
        into = self.tally.distincts.setdefault(name, np.zeros(self.shape[:2], np.int64))
        block = self.axis.block(dimension)
        assert block is not None  # noqa: S101  only dimensions of the axis are asked for
        found = np.bincount(code, minlength=block.size * self.periods)
        into[block.slots] += sign * found.reshape(block.size, self.periods)

    def put(self, places: Sequence[int], moves: Tally) -> None:
        """Take what came and went from period to period as what is there, at these places."""
        self.tally.counts[:, places] += np.cumsum(moves.counts, axis=1)[:, :-1]
        for name, parts in moves.sums.items():
            for shift, array in parts.items():
                into = self.tally.sums.setdefault(name, {}).setdefault(shift, np.zeros(self.shape, np.int64))
                into[:, places] += np.cumsum(array, axis=1)[:, :-1]
        for name, array in moves.distincts.items():
            counts = self.tally.distincts.setdefault(name, np.zeros(self.shape[:2], np.int64))
            counts[:, places] += np.cumsum(array, axis=1)[:, :-1]

    def finish(self) -> Tally:
        """The tally, with the total made from one breakdown's members: every row has exactly one."""
        if self.has_total and self.blocks and self.ready.group.alone is None:
            whole = self.blocks[0].slots
            for array in (self.tally.counts, *(a for s in self.tally.sums.values() for a in s.values())):
                array[0] = array[whole].sum(axis=0)
        return self.tally


@lru_cache(maxsize=8192)
def conditions_of(leaf: Leaf) -> tuple[str, ...]:
    """The names of a leaf's conditions."""
    need = needs(leaf)
    return need.used, *need.reasons.values()
