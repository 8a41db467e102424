"""The engine's answer: columns for every metric, and cells made from them as they are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

import numpy as np

from tallymark.engine.cell import Cell
from tallymark.engine.vectors import Array, Reasons, Vector
from tallymark_sdk import Metric
from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.calendars import Period


@dataclass(frozen=True, kw_only=True)
class Block:
    """One part of a metric under one breakdown, for its members and the periods asked for.

    Attributes:
        members: their texts, sorted; [""] for the total.
        whole, slots: the values of more members, and which of their rows are these.
        whole_pending: members of a cohort that can still change the value, for the same rows.
        closed: the periods before the first of which anything is known, each with its reason.
    """

    metric: Metric
    part: str
    dimension: str
    members: Sequence[str]
    periods: tuple[Period, ...]
    whole: Vector
    slots: Array
    whole_pending: Array | None
    closed: Array | None
    reasons: Reasons
    no_history: str

    def __len__(self) -> int:
        return len(self.members) * len(self.periods)

    @cached_property
    def value(self) -> Vector:
        """The values, [members, periods] or a shape that broadcasts to it."""
        return self.whole.rows_at(self.slots)

    @property
    def shape(self) -> tuple[int, int]:
        """Members and periods."""
        return len(self.members), len(self.periods)

    def cell(self, place: int) -> Cell:
        """The cell at a place: member by member, each with its periods."""
        member, period = divmod(place, len(self.periods))
        closed = self.closed is not None and bool(self.closed[period])
        rows, why, counts = self._told
        return Cell(
            metric=self.metric.key,
            part=self.part,
            period=self.periods[period],
            dimension=self.dimension,
            member=self.members[member],
            value=None if closed else self._values[member][period],
            numerator=None if closed else _at(self._numerators, member, period),
            denominator=None if closed else _at(self._denominators, member, period),
            rows=0 if closed else rows[member][period],
            left_out={} if closed else self._left_out(counts, member, period),
            reason=self.no_history if closed else self._reason(why, member, period),
            pending=0 if self._pending is None else self._pending[member][period],
        )

    @cached_property
    def _pending(self) -> list[list[int]] | None:
        if self.whole_pending is None:
            return None
        given = self.whole_pending
        table: list[list[int]] = np.broadcast_to(
            given if given.shape[0] == 1 else given[self.slots], self.shape
        ).tolist()
        return table

    def _reason(self, why: list[list[int]], member: int, period: int) -> str | None:
        return self.reasons.text(why[member][period]) if self._values[member][period] is None else None

    def _left_out(
        self, counts: list[tuple[str, list[list[int]]]], member: int, period: int
    ) -> dict[str, int]:
        found: dict[str, int] = {}
        for reason, table in counts:
            if table[member][period]:
                found[reason] = found.get(reason, 0) + table[member][period]
        return found

    @cached_property
    def _values(self) -> list[list[Figure | None]]:
        return _figures(self.value, self.shape)

    @cached_property
    def _numerators(self) -> list[list[Figure | None]] | None:
        return None if self.value.numerator is None else _figures(self.value.numerator, self.shape)

    @cached_property
    def _denominators(self) -> list[list[Figure | None]] | None:
        return None if self.value.denominator is None else _figures(self.value.denominator, self.shape)

    @cached_property
    def _told(self) -> tuple[list[list[int]], list[list[int]], list[tuple[str, list[list[int]]]]]:
        return (
            np.broadcast_to(self.value.rows, self.shape).tolist(),
            np.broadcast_to(self.value.why, self.shape).tolist(),
            [
                (reason, np.broadcast_to(counts, self.shape).tolist())
                for (_, reason), counts in self.value.left_out.items()
            ],
        )


def _figures(vector: Vector, shape: tuple[int, int]) -> list[list[Figure | None]]:
    return vector.spread(shape).figures()


def _at(table: list[list[Figure | None]] | None, member: int, period: int) -> Figure | None:
    return None if table is None else table[member][period]


class Cells(Sequence[Cell]):
    """Every cell of a question: metric by metric; within one its total and breakdowns, members, parts and periods.

    Attributes:
        blocks: the columns behind them.
    """

    def __init__(self, groups: Sequence[Sequence[Block]]) -> None:
        """`groups` hold the parts of one metric under one breakdown each, alike in members and periods."""
        self.blocks = [block for group in groups for block in group]
        self._groups = [group for group in groups if sum(map(len, group))]
        ends = np.cumsum([sum(map(len, group)) for group in self._groups]).tolist()
        self._ends: list[int] = ends

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, place: int) -> Cell: ...

    @overload
    def __getitem__(self, place: slice) -> list[Cell]: ...

    def __getitem__(self, place: int | slice) -> Cell | list[Cell]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(f"there are {len(self)} cells, and none numbered {place}")
        number = bisect_right(self._ends, at)
        group = self._groups[number]
        within = at - (self._ends[number - 1] if number else 0)
        periods = len(group[0].periods)
        member, rest = divmod(within, periods * len(group))
        part, period = divmod(rest, periods)
        return group[part].cell(member * periods + period)

    def __iter__(self) -> Iterator[Cell]:
        for group in self._groups:
            periods = len(group[0].periods)
            for member in range(len(group[0].members)):
                for block in group:
                    for period in range(periods):
                        yield block.cell(member * periods + period)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def __hash__(self) -> int:
        return id(self)
