"""Marking first occurrences, so that counting distinct ones is counting rows.

Of events a row is its period's first of an id if more days have passed since the id's row before than the period is
old. Of rows placed in a period, one of them is. Of spans, a row counts from the day on which no earlier span of its id
covers it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.columns import Array, Mapped, Place
from tallymark.engine.facts.groups import Kind

NO_ROW_BEFORE = 65_535
"""The days since the row before, where there is none."""
NEVER = np.iinfo(np.int32).max
"""Where a span's first day would stand, of rows that make no number."""


def marks(
    mapped: Mapped, chunks: list[dict[str, Place]], kind: Kind, distincts: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, Array]]:
    """For each (name, breakdown), its column over all chunks."""
    for name, dimension in distincts:
        ones = _whole(mapped, chunks, f"one {name}")
        members = None if dimension == TOTAL else _whole(mapped, chunks, f"by {dimension}")
        days = [_whole(mapped, chunks, each) for each in _ORDER[kind]]
        yield f"first {name} {dimension}", _marks(kind, ones, members, *days)


_ORDER: dict[Kind, tuple[str, ...]] = {"flow": ("day",), "placed": ("period",), "stock": ("start", "end")}


def _whole(mapped: Mapped, chunks: list[dict[str, Place]], name: str) -> Array:
    return np.concatenate([mapped.column(chunk[name]) for chunk in chunks])


def _marks(kind: Kind, ones: Array, members: Array | None, first: Array, last: Array | None = None) -> Array:
    """The marks of rows in the order of their first day; `ones` is -1 where a row makes no number."""
    taken = np.flatnonzero(ones >= 0)
    key = ones[taken].astype(np.int64)
    if members is not None:
        key = key * (int(members.max(initial=0)) + 1) + members[taken]
    if kind == "placed":
        key = key * (int(first.max(initial=0)) + 1) + first[taken]
    order = np.argsort(key, kind="stable")  # within an id, rows stay in the order of days
    rows, key = taken[order], key[order]
    again = np.zeros(len(rows), bool)
    again[1:] = key[1:] == key[:-1]
    if last is not None:
        return _uncovered(rows, again, first, last)
    found = np.zeros(len(ones), np.uint16)
    if kind == "placed":
        found[rows] = np.where(again, 0, NO_ROW_BEFORE)
        return found
    apart = np.diff(first[rows].astype(np.int64), prepend=0)
    found[rows] = np.where(again, np.minimum(apart, NO_ROW_BEFORE), NO_ROW_BEFORE)
    return found


def _uncovered(rows: Array, again: Array, starts: Array, ends: Array) -> Array:
    """From which day each span isn't covered by an earlier one of its id."""
    number = np.cumsum(~again)
    wide = 1 << 32  # more than there are days, so that the greatest end so far never comes from another id
    reached = np.maximum.accumulate(number * wide + ends[rows].astype(np.int64)) - number * wide
    begins = starts[rows].astype(np.int64)
    begins[1:] = np.where(again[1:], np.maximum(begins[1:], reached[:-1]), begins[1:])
    found = np.full(len(starts), NEVER, np.int32)
    found[rows] = begins
    return found
