"""Blocks of whole lines whose records are all plain: each on a line of its own, every quote where it belongs.

They are split by Arrow, many times faster than record by record; any other block is left to `records`.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TextIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from tallymark_connectors.csv_xlsx.cells import Cells

_FIRST_BLOCK = 1 << 16
_BLOCK = 1 << 22
_LONGEST = 131_072  # as the standard library's reader allows


@dataclass(frozen=True, kw_only=True)
class PlainBlock:
    """The records of the right width, their lines in the block (from 0), and the others as fields with theirs."""

    lines: npt.NDArray[np.int64]
    columns: list[Cells]
    others: list[tuple[int, list[str]]]


def blocks(stream: TextIO) -> Iterator[str]:
    """The text in pieces that end where a line does; a first small one, in which the header is."""
    size = _FIRST_BLOCK
    while text := stream.read(size):
        yield text + stream.readline()
        size = _BLOCK


def lines_of(block: str) -> Iterator[str]:
    """The lines of a block with their ends, cut where a file read line by line is cut."""
    return io.StringIO(block, newline="")


def split_plain(
    block: str, *, delimiter: str, quote: str, width: int, only: frozenset[int] | None = None
) -> PlainBlock | None:
    """Split a block that begins with a record; None if it isn't plain.

    `only` names the columns wanted; the others come without rows.
    """
    try:
        data = block.encode()
    except UnicodeEncodeError:
        return None
    if not _is_plain(data, delimiter, quote):
        return None
    others: list[tuple[int, str]] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        others.append((row.number - 1, row.text))
        return "skip"

    table = _split(data, delimiter, quote, width, only, note)
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    lines = np.delete(np.arange(count), [line for line, _ in others])
    if len(lines) != table.num_rows or any(_too_long(column) for column in table.columns):
        return None
    cells = {int(name): _cells(table[name]) for name in table.column_names}
    return PlainBlock(
        lines=lines,
        columns=[cells.get(i) or Cells.of_texts([]) for i in range(width)],
        others=[(line, _fields(text, delimiter, quote)) for line, text in others],
    )


def _is_plain(data: bytes, delimiter: str, quote: str) -> bool:
    if not (delimiter.isascii() and quote.isascii()) or b"\0" in data:
        return False
    if data.count(b"\r") != data.count(b"\r\n"):
        return False
    mark = quote.encode()
    return mark not in data or mark not in _quoted(delimiter.encode(), mark).sub(b"", data)


@cache
def _quoted(delimiter: bytes, quote: bytes) -> re.Pattern[bytes]:
    """A quoted value that ends on its line, with the doubled quotes in it."""
    d, q = re.escape(delimiter), re.escape(quote)
    return re.compile(
        rb"(?:(?<=[%b\n])|\A)%b[^%b\n]*(?:%b%b[^%b\n]*)*%b(?=[%b\r\n]|\Z)" % (d, q, q, q, q, q, q, d)
    )


def _split(
    data: bytes, delimiter: str, quote: str, width: int, only: frozenset[int] | None, note: object
) -> pa.Table:
    names = [str(i) for i in range(width)]
    wanted = names if only is None else [str(i) for i in sorted(only)]
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=len(data) + 1, column_names=names, encoding="utf8"
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            quote_char=quote if quote.encode() in data else False,
            ignore_empty_lines=False,
            invalid_row_handler=note,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())),
            include_columns=wanted,
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )


def _too_long(column: pa.ChunkedArray) -> bool:
    longest = (pc.max(pc.binary_length(chunk.dictionary)).as_py() for chunk in column.chunks)
    return any((length or 0) >= _LONGEST for length in longest)


def _cells(column: pa.ChunkedArray) -> Cells:
    combined = column.unify_dictionaries().combine_chunks()
    return Cells.of_arrow(combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined)


def _fields(text: str, delimiter: str, quote: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter, quotechar=quote), [])
