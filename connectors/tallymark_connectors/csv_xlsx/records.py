"""Records of a delimited text file with the physical lines they stand on, in batches of columns.

A record with the wrong number of fields is reported, never shifted; a quote that is never closed costs its own
line, not the rest of the file.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

import numpy as np
import numpy.typing as npt

from tallymark_connectors.csv_xlsx.blocks import PlainBlock, blocks, lines_of, split_plain
from tallymark_connectors.csv_xlsx.cells import Cells

_MOST_LINES = 2_000  # that one quoted value may span
_SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row (or a part of the file) that was left out: where, which column and value, and why."""

    line: int
    column: str | None
    value: str | None
    reason: str


@dataclass(kw_only=True)
class RawBatch:
    """Some records as text: row j of `columns[i]` is field i of the record on physical line `lines[j]`."""

    lines: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: list[Cells] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """Records read, those left out included."""
        return len(self.lines) + len(self.rejected)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How records are written: delimiter, quote, and whether each begins with its row number in a worksheet."""

    delimiter: str
    quote: str
    numbered: bool = False


class _QuoteNeverClosed(Exception):
    pass


class _Lines:
    """The file's physical lines, able to go back to the line after the one where a record began."""

    def __init__(self, stream: Iterator[str], before: int = 0) -> None:
        self._stream = stream
        self._again: list[str] = []
        self.taken: list[str] = []
        self.number = before

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise _QuoteNeverClosed
        line = self._again.pop() if self._again else next(self._stream)
        self.taken.append(line)
        self.number += 1
        return line

    @property
    def turned_back(self) -> bool:
        """Whether lines wait that were taken before."""
        return bool(self._again)

    def back_to_second(self) -> None:
        self._again.extend(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def records(stream: Iterator[str], dialect: Dialect) -> Iterator[tuple[int, list[str] | Rejected]]:
    """Each record with its line (or worksheet row); blank lines are passed over."""
    return _records(_Lines(stream), dialect)


def _records(lines: _Lines, dialect: Dialect) -> Iterator[tuple[int, list[str] | Rejected]]:
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    while True:
        start = lines.number + 1
        lines.taken.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (_QuoteNeverClosed, csv.Error) as error:
            broken = _broken(start, lines.taken, error)
            lines.back_to_second()
            yield start, broken
            continue
        if fields and dialect.numbered:
            yield int(fields[0]), fields[1:]
        elif fields:
            yield start, fields


def _broken(start: int, taken: list[str], error: Exception) -> Rejected:
    reason = "opens a quote that is never closed"
    if isinstance(error, csv.Error) and "expected after" in str(error):
        reason = "has a quote inside a quoted value; it must be written twice"
    if isinstance(error, csv.Error) and "field larger" in str(error):
        reason = "holds a value of more than 131,072 characters, or a quote that is never closed"
    text = taken[0].rstrip("\r\n") if taken else ""
    return Rejected(line=start, column=None, value=text[:_SHOWN], reason=reason)


class _Source:
    """The file's lines through its blocks: a record may run on from one into the next."""

    def __init__(self, stream: TextIO) -> None:
        self._blocks = blocks(stream)
        self._lines: Iterator[str] = iter(())
        self._next: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._next is None:
            self.open(next(self._blocks))
        line, self._next = self._next, next(self._lines, None)
        return line or ""

    @property
    def block_ended(self) -> bool:
        return self._next is None

    def block(self) -> str | None:
        """The next block, None at the end; only where one ended."""
        return next(self._blocks, None)

    def open(self, block: str) -> None:
        """Go through a block line by line."""
        self._lines = lines_of(block)
        self._next = next(self._lines)


class _Gathered:
    """Records on their way into a batch."""

    def __init__(self, width: int, rows: int) -> None:
        self._width, self._rows = width, rows
        self._lines: list[int] = []
        self._taken: list[list[str]] = []
        self.rejected: list[Rejected] = []

    def take(self, line: int, fields: list[str]) -> None:
        self._lines.append(line)
        self._taken.append(fields)

    @property
    def full(self) -> bool:
        return len(self._taken) >= self._rows or len(self.rejected) >= self._rows

    def batch(self) -> RawBatch | None:
        """What was gathered, None if nothing was; begins anew."""
        lines, taken, rejected = self._lines, self._taken, self.rejected
        self._lines, self._taken, self.rejected = [], [], []
        if not lines and not rejected:
            return None
        columns = list(zip(*taken, strict=True)) if taken else [()] * self._width
        return RawBatch(
            lines=np.array(lines, np.int64), columns=[Cells.of_texts(c) for c in columns], rejected=rejected
        )


def batches(
    stream: TextIO,
    dialect: Dialect,
    *,
    width: int,
    after_line: int,
    header: bool,
    rows: int,
    only: frozenset[int] | None = None,
) -> Iterator[RawBatch]:
    """Batches of up to `rows` records of `width` fields from behind `after_line` (and the header record).

    `only` names the columns that are needed; the others may come without rows.
    """
    source, gathered, line = _Source(stream), _Gathered(width, rows), 0
    while (block := source.block()) is not None:
        plain = None
        if line > after_line and not header and not dialect.numbered:
            plain = split_plain(
                block, delimiter=dialect.delimiter, quote=dialect.quote, width=width, only=only
            )
        if plain is not None:
            if (before := gathered.batch()) is not None:
                yield before
            yield from _plain_batches(plain, line, dialect, width, rows)
            line += block.count("\n")
            continue
        source.open(block)
        lines = _Lines(source, line)
        for at, fields in _records(lines, dialect):
            if at > after_line:
                if header:
                    header = False
                else:
                    _sort(gathered, at, fields, width, dialect)
                if gathered.full and (full := gathered.batch()) is not None:
                    yield full
            if source.block_ended and not lines.turned_back and not dialect.numbered:
                break
        line = lines.number
    if (last := gathered.batch()) is not None:
        yield last


def _sort(gathered: _Gathered, line: int, fields: list[str] | Rejected, width: int, dialect: Dialect) -> None:
    if isinstance(fields, Rejected):
        gathered.rejected.append(fields)
    elif not any(fields):
        return
    elif len(fields) == width or (dialect.numbered and (fields := _fitted(fields, width))):
        gathered.take(line, fields)
    else:
        gathered.rejected.append(_wrong_width(line, fields, width, dialect))


def _plain_batches(
    plain: PlainBlock, before: int, dialect: Dialect, width: int, rows: int
) -> Iterator[RawBatch]:
    """A plain block as batches; rows of nothing but empty cells are passed over."""
    lines, columns = plain.lines + (before + 1), plain.columns
    filled = _filled(columns, len(lines))
    if not filled.all():
        lines = lines[filled]
        columns = [column.kept(filled) if len(column) else column for column in columns]
    rejected = [
        _wrong_width(before + 1 + line, fields, width, dialect)
        for line, fields in plain.others
        if any(fields)
    ]
    if len(lines) <= rows:
        if len(lines) or rejected:
            yield RawBatch(lines=lines, columns=columns, rejected=rejected)
        return
    for start in range(0, len(lines), rows):
        stop = min(start + rows, len(lines))
        yield RawBatch(
            lines=lines[start:stop],
            columns=[column.cut(start, stop) if len(column) else column for column in columns],
            rejected=rejected if start == 0 else [],
        )


def _filled(columns: list[Cells], rows: int) -> npt.NDArray[np.bool_]:
    """Which rows hold something; columns without rows were not asked for."""
    filled = np.zeros(rows, np.bool_)
    for column in columns:
        if len(column):
            place = column.arrow.index("").as_py()
            filled |= column.codes != place
            if place < 0 or filled.all():
                break
    return filled


def _fitted(fields: list[str], width: int) -> list[str]:
    """A worksheet leaves out the empty cells at a row's end; [] if there is something beyond the width."""
    if any(fields[width:]):
        return []
    return fields[:width] + [""] * (width - len(fields))


def _wrong_width(line: int, fields: list[str], width: int, dialect: Dialect) -> Rejected:
    reason = f"has {len(fields)} fields instead of {width}"
    if len(fields) > width and not dialect.numbered:
        reason += f"; is a {dialect.delimiter!r} inside a value not quoted?"
    lines_spanned = sum(value.count("\n") for value in fields)
    if lines_spanned:
        reason += f" (a quoted value runs over {lines_spanned + 1} lines)"
    return Rejected(line=line, column=None, value=dialect.delimiter.join(fields)[:_SHOWN], reason=reason)
