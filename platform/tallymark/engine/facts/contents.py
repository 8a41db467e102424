"""What a fact's rows hold, day by day, as digests: equal digests of a run of days mean equal figures.

A row is mixed into 64 bits: its members, values, marks and conditions, but neither its key nor its class, whose number
depends on the order in which rows came. Sums of these, modulo 2^64, don't depend on the order of rows, and sums up to
each day make the digest of any run of days a difference. Each sum is kept twice, over two mixes of the same bits.

A flow's rows are summed by their day and a placed fact's by their period. Of spans, one sum goes by the first day and
one by the last: rows that begin before one boundary and those among them that end before another leave those that are
valid between, and as a row is told by its first day too, both sums together tell them exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tallymark.engine.facts.columns import Array, Mapped, Place
from tallymark.engine.facts.digest import named
from tallymark.engine.facts.firsts import NEVER

_ORDERS = {"day": ("day",), "start": ("start", "end"), "period": ("period",)}
_UNMIXED = frozenset({"key", "class", "end", "period"})
_NUMBERED_HERE = "one "
"""Begins the names of columns whose numbers mean something within the fact only; the marks made from them count."""
_MARK = "first "
"""Begins the names of marks: what is counted once, then the breakdown."""
_ODD, _OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_HALF = np.uint64(32)


def digested(
    mapped: Mapped, chunks: Sequence[Mapping[str, Place]], classes: Sequence[tuple[int, ...]]
) -> dict[str, Array]:
    """The digests of a fact's rows: for each order the distinct days, and two sums of all rows up to each and with it.

    Args:
        classes: the words of each class that the chunks speak of.
    """
    sums: dict[str, list[tuple[Array, Array, Array]]] = {}
    mixes = _of_classes(classes)
    for chunk in chunks:
        mixed = mixes[mapped.column(chunk["class"])]
        for name in sorted(chunk):
            if name not in _UNMIXED and not name.startswith((_NUMBERED_HERE, _MARK)):
                mixed ^= mapped.column(chunk[name]).astype(np.int64, copy=False).view(np.uint64)
                _stir(mixed, _ODD)
        mixed += _of_marks(mapped, chunk)
        for order in next(orders for name, orders in _ORDERS.items() if name in chunk):
            sums.setdefault(order, []).append(_by_day(mapped.column(chunk[order]), mixed))
    found: dict[str, Array] = {}
    for order, parts in sums.items():
        days, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
        rows = np.argsort(days, kind="stable")
        found[order], ends = _runs(days[rows])
        found[f"{order} low"] = np.cumsum(low[rows], dtype=np.uint64)[ends]
        found[f"{order} high"] = np.cumsum(high[rows], dtype=np.uint64)[ends]
    return found


class Digests:
    """The digests of a fact that was written. `column` reads one of its columns by name; None where it isn't there."""

    def __init__(self, column: Callable[[str], Array | None]) -> None:
        self._column = column

    def before(self, order: str, days: Array) -> Array:
        """The digest of all rows before each of these days, uint64 [days, 2]."""
        found = np.zeros((len(days), 2), np.uint64)
        known = self._column(order)
        for side, half in enumerate(("low", "high")):
            sums = self._column(f"{order} {half}")
            if known is not None and sums is not None:
                found[:, side] = np.append(np.uint64(0), sums)[np.searchsorted(known, days)]
        return found

    def between(self, order: str, first: Array, beyond: Array) -> Array:
        """The digest of the rows in each run of days, uint64 [runs, 2]."""
        return self.before(order, beyond) - self.before(order, first)


def _of_marks(mapped: Mapped, chunk: Mapping[str, Place]) -> Array:
    """What each row adds by its marks: they are mixed apart from the rest, as any of several rows may carry one."""
    days = mapped.column(chunk[next(name for name in ("day", "start", "period") if name in chunk)])
    total = np.zeros(len(days), np.uint64)
    for name in sorted(name for name in chunk if name.startswith(_MARK)):
        dimension = name.removeprefix(_MARK).partition(" ")[2]
        mixed = np.full(len(days), int(named(name)[:15], 16), np.uint64)
        for column in (name, f"by {dimension}") if dimension else (name,):
            mixed ^= mapped.column(chunk[column]).astype(np.int64).view(np.uint64)
            _stir(mixed, _ODD)
        mixed ^= days.astype(np.int64).view(np.uint64)
        _stir(mixed, _ODD)
        marks = mapped.column(chunk[name])
        total += np.where((marks != 0) & (marks != NEVER), mixed, np.uint64(0))
    return total


def _of_classes(classes: Sequence[tuple[int, ...]]) -> Array:
    words = np.array(classes, np.int64).view(np.uint64) if classes else np.zeros((0, 1), np.uint64)
    mixed = np.full(len(classes), _OTHER)
    for word in words.T:
        mixed ^= word
        _stir(mixed, _ODD)
    return mixed


def _stir(numbers: Array, by: np.uint64) -> None:
    """Spread every bit over all others; different numbers stay different."""
    numbers *= by
    numbers ^= numbers >> _HALF
    numbers *= by


def _by_day(days: Array, mixed: Array) -> tuple[Array, Array, Array]:
    if len(days) > 1 and (days[1:] < days[:-1]).any():
        rows = np.argsort(days, kind="stable")
        days, mixed = days[rows], mixed[rows]
    again = mixed ^ _OTHER
    _stir(again, _OTHER)
    distinct, ends = _runs(days)
    low, high = (np.cumsum(each, dtype=np.uint64)[ends] for each in (mixed, again))
    return distinct, np.diff(low, prepend=np.uint64(0)), np.diff(high, prepend=np.uint64(0))


def _runs(days: Array) -> tuple[Array, Array]:
    """The distinct ones of sorted days, and where the last of each stands."""
    ends = np.flatnonzero(np.append(days[1:] != days[:-1], True)) if len(days) else np.zeros(0, np.int64)
    return days[ends], ends
