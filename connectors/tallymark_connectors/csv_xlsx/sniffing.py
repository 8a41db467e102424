"""Sniffing a file: its outer form and, from the whole of every column, what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tallymark_connectors.csv_xlsx.convert import FileFormat
from tallymark_connectors.csv_xlsx.layout import opened
from tallymark_connectors.csv_xlsx.mapping import FileOptions
from tallymark_connectors.csv_xlsx.profiling import ColumnProfile, profile
from tallymark_connectors.csv_xlsx.records import RawBatch, Rejected

_BATCH = 20_000
_SHOWN_REJECTED = 20


@dataclass(frozen=True, kw_only=True)
class Sniffed:
    """What is known of a file before any mapping; `name` is the file's.

    `rows` counts its records (those of a wrong width are in `rejected_rows`, the first of them in `rejected`);
    `notes` are remarks for a person, such as an encoding that is only likely.
    """

    name: str
    format: FileFormat
    encoding: str
    bom: bool
    delimiter: str
    line_end: str
    header: bool
    skip_rows: int
    columns: tuple[ColumnProfile, ...]
    rows: int
    rejected_rows: int
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]
    sheet: str | None = None
    sheets: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The profile of one source column; raises KeyError."""
        return next((c for c in self.columns if c.name == name), None) or _unknown(name)

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the source columns, in order ("1", "2", … where the file has no header)."""
        return tuple(column.name for column in self.columns)

    @property
    def questions(self) -> dict[str, str]:
        """Source column → what a person must decide about its dates or numbers before it can be read."""
        return {column.name: column.question for column in self.columns if column.question}


def _unknown(name: str) -> ColumnProfile:
    raise KeyError(name)


def sniff(path: Path, options: FileOptions | None = None) -> Sniffed:
    """Look at a file, taking what `options` state as stated. Reads all of it once; raises UnreadableFile."""
    rejected: list[Rejected] = []
    count = 0

    def watched(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
        nonlocal count
        for batch in batches:
            count += len(batch.rejected)
            rejected.extend(batch.rejected[: _SHOWN_REJECTED - len(rejected)])
            yield batch

    with opened(Path(path), options or FileOptions()) as layout:
        columns, rows = profile(layout.headers, watched(layout.batches(_BATCH)))
        is_text = layout.format is FileFormat.CSV
        return Sniffed(
            name=Path(path).name,
            format=layout.format,
            encoding=layout.encoding.name,
            bom=layout.encoding.bom,
            delimiter=layout.dialect.delimiter,
            line_end=layout.line_end,
            header=layout.header,
            skip_rows=layout.skip_rows,
            columns=columns,
            rows=rows + count,
            rejected_rows=count,
            rejected=tuple(rejected),
            notes=(layout.encoding.note,) if is_text and layout.encoding.note else (),
            sheet=layout.sheet,
            sheets=layout.sheets,
        )
