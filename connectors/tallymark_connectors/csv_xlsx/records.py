"""Records of a delimited text file with the physical lines they stand on, in batches of columns.

A record with the wrong number of fields is reported, never shifted; a quote that is never closed costs its own
line, not the rest of the file.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

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
    """Some records as text: `columns[i][j]` is field i of the record on physical line `lines[j]`."""

    lines: list[int] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
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

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: list[str] = []
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise _QuoteNeverClosed
        line = self._again.pop() if self._again else next(self._stream)
        self.taken.append(line)
        self.number += 1
        return line

    def back_to_second(self) -> None:
        self._again.extend(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def records(stream: TextIO, dialect: Dialect) -> Iterator[tuple[int, list[str] | Rejected]]:
    """Each record with its line (or worksheet row); blank lines are passed over."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    while True:
        start = lines.number + 1
        lines.taken.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (_QuoteNeverClosed, csv.Error) as error:
            yield start, _broken(start, lines.taken, error)
            lines.back_to_second()
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


def batches(
    stream: TextIO, dialect: Dialect, *, width: int, after_line: int, header: bool, rows: int
) -> Iterator[RawBatch]:
    """Batches of up to `rows` records of `width` fields from behind `after_line` (and the header record)."""
    taken: list[list[str]] = []
    batch = RawBatch()
    for line, fields in records(stream, dialect):
        if line <= after_line:
            continue
        if header:
            header = False
        elif isinstance(fields, Rejected):
            batch.rejected.append(fields)
        elif not any(fields):
            continue
        elif len(fields) == width or (dialect.numbered and (fields := _fitted(fields, width))):
            taken.append(fields)
            batch.lines.append(line)
        else:
            batch.rejected.append(_wrong_width(line, fields, width, dialect))
        if len(taken) >= rows or len(batch.rejected) >= rows:
            batch.columns = _columns(taken, width)
            yield batch
            taken, batch = [], RawBatch()
    if batch.rows_in:
        batch.columns = _columns(taken, width)
        yield batch


def _columns(taken: list[list[str]], width: int) -> list[list[str]]:
    return [list(column) for column in zip(*taken, strict=True)] if taken else [[] for _ in range(width)]


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
