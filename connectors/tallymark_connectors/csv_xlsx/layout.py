"""The outer form of a file: format, encoding, delimiter, where the header is, how wide the table is."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from tallymark_connectors.csv_xlsx.convert import FileFormat, convert, format_of
from tallymark_connectors.csv_xlsx.encoding import BAD_BYTES, Encoding, check_encoding, detect_encoding
from tallymark_connectors.csv_xlsx.errors import MappingError, UnreadableFile
from tallymark_connectors.csv_xlsx.headers import looks_like_header, unique_names
from tallymark_connectors.csv_xlsx.mapping import FileOptions
from tallymark_connectors.csv_xlsx.records import Dialect, RawBatch, Rejected, batches, records

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARACTERS = 1 << 18
_SAMPLE_RECORDS = 300


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Everything needed to read the file's records; `text_path` is the file itself or its converted text."""

    format: FileFormat
    text_path: Path
    encoding: Encoding
    dialect: Dialect
    line_end: str
    header: bool
    skip_rows: int
    headers: tuple[str, ...]
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def open(self) -> TextIO:
        """The decoded text; line ends are kept as they are."""
        return self.text_path.open(encoding=self.encoding.name, errors=BAD_BYTES, newline="")

    def batches(self, rows: int, only: frozenset[int] | None = None) -> Iterator[RawBatch]:
        """All records behind the header, `rows` at a time; of the columns `only`, where it is given."""
        with self.open() as stream:
            yield from batches(
                stream,
                self.dialect,
                width=len(self.headers),
                after_line=self.skip_rows,
                header=self.header,
                rows=rows,
                only=only,
            )


@contextmanager
def opened(path: Path, options: FileOptions) -> Iterator[Layout]:
    """Find the file's layout; what `options` state is taken as stated.

    XLSX and Parquet are turned into text by a child process first. Raises UnreadableFile.
    """
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path.name}.")
    found = format_of(path)
    if found is FileFormat.CSV:
        yield _layout(path, options, found)
        return
    with TemporaryDirectory(prefix="tallymark-import-") as folder:
        converted = convert(path, found, sheet=options.sheet, into=Path(folder))
        plain = replace(options, encoding="utf-8", delimiter=",", quote='"')
        if found is FileFormat.PARQUET:
            plain = replace(plain, header=True, skip_rows=0)
        layout = _layout(converted.path, plain, found)
        yield replace(layout, sheet=converted.sheet, sheets=converted.sheets)


def _layout(path: Path, options: FileOptions, found: FileFormat) -> Layout:
    encoding = Encoding(name=check_encoding(options.encoding)) if options.encoding else detect_encoding(path)
    with path.open(encoding=encoding.name, errors=BAD_BYTES, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARACTERS)
    if not sample.strip():
        raise UnreadableFile("The file is empty.")
    if sample.count("\0") > len(sample) * 0.01:
        raise UnreadableFile("The file holds binary data; save it as CSV or XLSX.")
    hint = _excel_hint(sample)
    quote = options.quote or '"'
    delimiter = options.delimiter or hint or _delimiter(sample, quote)
    dialect = Dialect(delimiter=delimiter, quote=quote, numbered=found is not FileFormat.CSV)
    rows = _sample_records(sample, dialect)
    skip = options.skip_rows if options.skip_rows is not None else _preamble(rows, hinted=bool(hint))
    rows = [(line, fields) for line, fields in rows if line > skip]
    header = options.header if options.header is not None else looks_like_header([f for _, f in rows])
    return Layout(
        format=found,
        text_path=path,
        encoding=encoding,
        dialect=dialect,
        line_end=_line_end(sample),
        header=header,
        skip_rows=skip,
        headers=_headers([fields for _, fields in rows], options, header=header, numbered=dialect.numbered),
    )


def _excel_hint(sample: str) -> str | None:
    """A first line `sep=;` tells Excel, and us, the delimiter."""
    first = sample.lstrip("\ufeff").splitlines()[0].strip().strip('"')
    return first[4] if first.lower().startswith("sep=") and len(first) == 5 else None


def _line_end(sample: str) -> str:
    ends = {"\r\n": sample.count("\r\n")}
    ends["\n"] = sample.count("\n") - ends["\r\n"]
    ends["\r"] = sample.count("\r") - ends["\r\n"]
    return max(ends, key=lambda end: ends[end])


def _sample_records(sample: str, dialect: Dialect) -> list[tuple[int, list[str]]]:
    lines = sample.splitlines(keepends=True)
    if len(sample) == _SAMPLE_CHARACTERS and len(lines) > 1:
        lines.pop()  # it may be cut off
    found = islice(records(iter(lines), dialect), _SAMPLE_RECORDS)
    return [(line, fields) for line, fields in found if not isinstance(fields, Rejected)]


def _delimiter(sample: str, quote: str) -> str:
    """The delimiter that cuts the most records, the header among them, into the same number of fields."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = [f for _, f in _sample_records(sample, Dialect(delimiter=delimiter, quote=quote))]
        except csv.Error:
            continue
        widths = Counter(len(fields) for fields in rows)
        widths.pop(1, None)
        if not widths:
            continue
        width, records_of_it = widths.most_common(1)[0]
        share = records_of_it / len(rows)
        # 1,5;2,5;3,5 is also cut evenly by its decimal commas, but its header isn't.
        regular = share + (0.5 if len(rows[0]) == width else 0)
        if (round(regular, 1), width) > best_score:
            best, best_score = delimiter, (round(regular, 1), width)
    return best


def _preamble(rows: list[tuple[int, list[str]]], *, hinted: bool) -> int:
    """Lines above the table: a report's title, its filters, `sep=;`; 0 if there are none."""
    if not rows:
        return 0
    if hinted:
        return rows[0][0]
    filled = [(line, len(fields), sum(bool(f.strip()) for f in fields)) for line, fields in rows]
    width = Counter(w for _, w, _ in filled).most_common(1)[0][0]
    if width < 3:
        return 0
    for index, (_, size, cells) in enumerate(filled[:30]):
        if size >= width - 1 and cells >= max(3, (width + 1) // 2):
            return filled[index - 1][0] if index else 0
    return 0


def _headers(rows: list[list[str]], options: FileOptions, *, header: bool, numbered: bool) -> tuple[str, ...]:
    width = max((len(r) for r in rows), default=0) if numbered else _usual_width(rows, header=header)
    if options.columns:
        if len(options.columns) != width:
            raise MappingError(
                f"The mapping names {len(options.columns)} columns in file.columns, but the file has {width}."
            )
        return unique_names(options.columns)
    if not header:
        return tuple(str(n) for n in range(1, width + 1))
    return unique_names([*rows[0], *[""] * (width - len(rows[0]))][:width])


def _usual_width(rows: list[list[str]], *, header: bool) -> int:
    """The header's width; one more where every row ends in a delimiter that the header lacks."""
    if not rows:
        return 0
    usual = Counter(len(fields) for fields in rows[header:]).most_common(1)
    width = usual[0][0] if usual else len(rows[0])
    if not header:
        return width
    extra = [fields[-1] for fields in rows[1:] if len(fields) == width]
    return width if width == len(rows[0]) + 1 and not any(extra) else len(rows[0])
