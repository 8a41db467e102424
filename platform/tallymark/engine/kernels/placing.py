"""Which rows count in which period, looked up by day, so that every calendar costs the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.encode import UNDATED
from tallymark.engine.facts.prepare import Span
from tallymark.engine.facts.store import Ready
from tallymark.engine.kernels.tally import Rows
from tallymark_sdk.formula import Stock


@dataclass(frozen=True)
class Slot:
    """A period by its place in the result, and its days."""

    place: int
    span: Span


def layers(slots: Sequence[Slot]) -> list[list[Slot]]:
    """The slots in as few layers as do, sorted, so that within one no two share a day."""
    found: list[list[Slot]] = []
    for slot in sorted(slots, key=lambda each: each.span):
        for layer in found:
            if layer[-1].span[1] <= slot.span[0]:
                layer.append(slot)
                break
        else:
            found.append([slot])
    return found


def events(ready: Ready, chunk: int, layer: Sequence[Slot]) -> Rows:
    """Rows of events in the days of a layer; rows lie in the order of days."""
    days = ready.column(chunk, "day")
    starts = np.searchsorted(days, np.array([slot.span[0] for slot in layer], days.dtype))
    ends = np.searchsorted(days, np.array([slot.span[1] for slot in layer], days.dtype))
    return _between(starts, ends, layer)


def placed(ready: Ready, chunk: int, layer: Sequence[Slot]) -> Rows:
    """Rows that were placed in these periods when the fact was made."""
    periods = ready.column(chunk, "period")
    numbers = np.array([ready.fact.periods.index(slot.span) for slot in layer], periods.dtype)
    return _between(np.searchsorted(periods, numbers), np.searchsorted(periods, numbers + 1), layer)


def undated(ready: Ready, chunk: int) -> Rows:
    """Rows of events without a day."""
    days = ready.column(chunk, "day")
    first = int(np.searchsorted(days, UNDATED))
    return Rows(slice(first, len(days)), np.zeros(len(days) - first, np.int64))


def before(ready: Ready, chunk: int, day: int) -> Rows:
    """Rows of events before a day."""
    many = int(np.searchsorted(ready.column(chunk, "day"), day))
    return Rows(slice(0, many), np.zeros(many, np.int64))


def _between(starts: Array, ends: Array, layer: Sequence[Slot]) -> Rows:
    lengths = np.maximum(ends - starts, 0)
    period = np.repeat(np.array([slot.place for slot in layer], np.int64), lengths)
    if (starts[1:] == ends[:-1]).all():
        return Rows(slice(int(starts[0]), int(ends[-1])), period)
    offsets = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return Rows(np.arange(len(period)) + offsets, period)


def valid(stock: Stock, layer: Sequence[Slot], starts: Array, ends: Array) -> tuple[Array, Array]:
    """The number of the layer's first period in which each row is valid, and of the next one in which it isn't.

    A row starts before a period's first day or its last boundary and lasts to one of them, depending on `at`; both
    only move forward from period to period, so a row is valid in a run of them.
    """
    first, beyond = np.array([slot.span[0] for slot in layer]), np.array([slot.span[1] for slot in layer])
    begins = first if stock.at in {"start", "both"} else beyond
    lasts = first if stock.at in {"start", "during"} else beyond
    return _looked_up(begins, starts), _looked_up(lasts, ends)


def _looked_up(edges: Array, days: Array) -> Array:
    """How many of the sorted edges are on each day or before it."""
    low, high = int(edges[0]) - 1, int(edges[-1])
    table = np.searchsorted(edges, np.arange(low, high + 1), side="right").astype(np.int64)
    return table[np.clip(days, low, high) - low]


def runs(ready: Ready, chunk: int, layer: Sequence[Slot], stock: Stock) -> Iterator[Rows]:
    """Rows that are valid in some period of the layer: where they begin to count, and where they cease."""
    begin, end = valid(stock, layer, ready.column(chunk, "start"), ready.column(chunk, "end"))
    take = np.flatnonzero(begin < end)
    yield Rows(take, begin[take])
    yield Rows(take, end[take], sign=-1)
