"""The first rows of a file as they would land."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tallymark.web.imports.draft import column_title
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.reading import read
from tallymark_connectors.csv_xlsx.records import Rejected

ROWS = 5
LOOKED_AT = 1_000


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Names of the mapped columns, up to five rows of them as text, and what was rejected of `looked_at` rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rejected: tuple[Rejected, ...]
    looked_at: int

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns' names for people."""
        return tuple(column_title(name) for name in self.columns)


def preview(path: Path, mapping: Mapping, *, timezone: str, currency: str) -> Preview:
    """Read the beginning of a file. Raises `UnreadableFile`, `MappingError` and `Ambiguous`."""
    # The key only has to be there: hashes of a preview are never compared with anything.
    batches = read(
        path,
        mapping,
        source_id="",
        timezone=timezone,
        batch_rows=LOOKED_AT,
        hash_key=b"preview" * 5,
        currency=currency,
    )
    first = next(iter(batches), None)
    names = tuple(name for name in mapping.model.import_schema.names if name in mapping.rules)
    if first is None:
        return Preview(columns=names, rows=(), rejected=(), looked_at=0)
    zone = ZoneInfo(timezone)
    found = first.batch.slice(0, ROWS).select(list(names)).to_pylist()
    rows = tuple(tuple(_text(row[name], zone) for name in names) for row in found)
    return Preview(columns=names, rows=rows, rejected=first.rejected, looked_at=first.rows_in)


def _text(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
        return local.date().isoformat() if midnight else local.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return str(value)
