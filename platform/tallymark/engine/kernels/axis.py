"""The cells of one pass: members of one or several breakdowns, one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tallymark.engine.expand import TOTAL

STACKED = 2_048
"""Breakdowns with at most so many members share a pass; larger ones have passes of their own."""
SLICE = 65_536
"""Members of a large breakdown that are computed in one pass, so that memory is bounded."""


@dataclass(frozen=True)
class Block:
    """Where members stand on an axis: those numbered from `first` on, `size` of them, from slot `offset` on."""

    dimension: str
    offset: int
    size: int
    first: int = 0

    @property
    def slots(self) -> slice:
        """Its place on the axis."""
        return slice(self.offset, self.offset + self.size)


@dataclass(frozen=True)
class Axis:
    """Blocks one below the other."""

    blocks: tuple[Block, ...]

    @cached_property
    def size(self) -> int:
        """How many slots there are."""
        return sum(block.size for block in self.blocks)

    def only(self, dimensions: Sequence[str]) -> Axis:
        """The axis with the blocks of these breakdowns only."""
        blocks: list[Block] = []
        for block in self.blocks:
            if block.dimension in dimensions:
                blocks.append(replace(block, offset=sum(each.size for each in blocks)))
        return Axis(tuple(blocks))

    def block(self, dimension: str) -> Block | None:
        """The block of a breakdown, if it is here."""
        return self._by_dimension.get(dimension)

    @cached_property
    def _by_dimension(self) -> dict[str, Block]:
        return {block.dimension: block for block in self.blocks}


def axes(dimensions: Sequence[str], sizes: Mapping[str, int]) -> Iterator[Axis]:
    """The passes: the total with all small breakdowns first, then large ones in slices of their members.

    Args:
        sizes: breakdown → how many members are known.
    """
    stacked, offset = [Block(TOTAL, 0, 1)], 1
    large: list[str] = []
    for dimension in dimensions:
        size = sizes.get(dimension, 0)
        if size > STACKED:
            large.append(dimension)
        else:
            stacked.append(Block(dimension, offset, size))
            offset += size
    yield Axis(tuple(stacked))
    for dimension in large:
        size = sizes[dimension]
        for first in range(0, size, SLICE):
            yield Axis((Block(dimension, 0, min(SLICE, size - first), first),))
