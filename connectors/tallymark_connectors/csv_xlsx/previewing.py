"""The first rows of a file as a mapping would read them."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from tallymark_connectors.csv_xlsx.layout import opened
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.reading import first_rows
from tallymark_connectors.csv_xlsx.records import Rejected


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Source rows beside what they become: `source` are the cells under `headers`, `batch` the canonical rows.

    `filled` names the canonical columns that the mapping fills. A source row that would be left out is in
    `rejected`.
    """

    headers: tuple[str, ...]
    lines: tuple[int, ...]
    source: tuple[tuple[str, ...], ...]
    filled: tuple[str, ...]
    batch: pa.RecordBatch
    rejected: tuple[Rejected, ...]


def preview(
    path: Path, mapping: Mapping, rows: int = 5, *, timezone: str = "UTC", currency: str | None = None
) -> Preview:
    """Read the first `rows` records by the mapping; spans are not closed.

    Dates and numbers are settled from the whole file as `read` does, with the same errors. E-mails and phones are
    hashed with a key of no worth.
    """
    with opened(Path(path), mapping.file) as layout:
        raw, parsed = first_rows(layout, mapping, rows, ZoneInfo(timezone), currency)
        return Preview(
            headers=layout.headers,
            lines=tuple(raw.lines.tolist()),
            source=tuple(zip(*(column.texts() for column in raw.columns), strict=True)),
            filled=tuple(mapping.rules),
            batch=parsed.batch,
            rejected=parsed.rejected,
        )
