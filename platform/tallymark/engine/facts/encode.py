"""From the query's Arrow batches to a fact's columns of plain numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.members import Members
from tallymark.engine.facts.select import (
    DAY,
    END,
    KEY,
    PERIOD,
    START,
    Spec,
    argument_column,
    distinct_column,
    member_column,
)

UNDATED = np.iinfo(np.int32).max
"""The day of events without one; they stand behind all others."""
HIGH = "^"
"""Ends the name of a column with the upper half of values that take more than 64 bits."""


@dataclass
class Argument:
    """What is known of a value's column: its decimal places, and the largest size of a value in it."""

    scale: int = 0
    largest: int = 0


@dataclass
class Encoder:
    """Turns batches into columns; numbers given to members and classes go on from batch to batch."""

    spec: Spec
    members: Members
    classes: dict[tuple[int, ...], int] = field(default_factory=dict)
    arguments: dict[str, Argument] = field(default_factory=dict)
    ones: Members = field(default_factory=Members)
    """Numbers for what is counted once; only this fact knows them."""

    def columns(self, batch: pa.RecordBatch) -> dict[str, Array]:
        """The columns of a chunk."""
        made = {"key": _integers(batch.column(KEY)), "class": self._classes(batch)}
        for name, given in (("day", DAY), ("start", START), ("end", END)):
            if given in batch.schema.names:
                made[name] = _days(batch.column(given), UNDATED)
        if PERIOD in batch.schema.names:
            made["period"] = _integers(batch.column(PERIOD)).astype(np.int32)
        for dimension in self.spec.dimensions:
            made[f"by {dimension}"] = self.members.encode(dimension, batch.column(member_column(dimension)))
        for name in self.spec.arguments:
            made |= dict(self._argument(name, batch.column(argument_column(name))))
        for name in dict.fromkeys(name for name, _ in self.spec.distincts):
            column = batch.column(distinct_column(name))
            texts = column if pa.types.is_string(column.type) else column.cast(pa.string())
            made[f"one {name}"] = self.ones.encode(name, texts)
        return made

    def _classes(self, batch: pa.RecordBatch) -> Array:
        """Which conditions hold, as the number of their combination: there are few, whatever the rows are."""
        combined: Array | None = None
        words: list[Array] = []
        for word in range(self.spec.words):
            found = batch.column(f"w{word}").dictionary_encode()
            codes = found.indices.to_numpy(zero_copy_only=False).astype(np.int64)
            words.append(_integers(found.dictionary)[codes])
            combined = codes if combined is None else combined * (len(found.dictionary) or 1) + codes
        one = pa.array(combined).dictionary_encode()
        places = one.indices.to_numpy(zero_copy_only=False)
        first = np.zeros(len(one.dictionary), np.int64)
        first[places[::-1]] = np.arange(len(places))[::-1]
        numbers = np.array(
            [
                self.classes.setdefault(tuple(int(word[row]) for word in words), len(self.classes))
                for row in first
            ],
            np.int32,
        )
        return numbers[places] if len(places) else np.zeros(0, np.int32)

    def _argument(self, name: str, column: pa.Array) -> Iterator[tuple[str, Array]]:
        known = self.arguments.setdefault(name, Argument())
        if not pa.types.is_decimal128(column.type):
            low = _integers(column)
            known.largest = max(known.largest, _largest(low))
            yield f"value {name}", low
            return
        known.scale = column.type.scale
        low, high = _halves(column)
        fits = high == (low >> 63)
        if bool(fits.all()):
            known.largest = max(known.largest, _largest(low))
        else:
            known.largest = max(known.largest, (int(np.abs(high).max()) + 1) << 64)
        yield f"value {name}", low
        if column.type.precision > 18:
            yield f"value {name}{HIGH}", high


def _integers(column: pa.Array) -> Array:
    """Whole numbers, 0 where there is none: such a row is in no class that uses them."""
    found: Array = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return found


def _days(column: pa.Array, missing: int) -> Array:
    found: Array = column.cast(pa.int32()).fill_null(missing).to_numpy(zero_copy_only=False)
    return found


def _halves(column: pa.Array) -> tuple[Array, Array]:
    """A decimal's 128 bits as two signed halves, lower first, straight from Arrow's buffer."""
    filled = pc.fill_null(column, pa.scalar(0, pa.decimal128(1, 0)).cast(column.type))
    buffer = filled.buffers()[1]
    if buffer is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = np.frombuffer(buffer, np.int64)[2 * filled.offset : 2 * (filled.offset + len(filled))]
    return np.ascontiguousarray(both[0::2]), np.ascontiguousarray(both[1::2])


def _largest(values: Array) -> int:
    return max(int(values.max()), -int(values.min())) if len(values) else 0
