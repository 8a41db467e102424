"""Rejected rows: all of them in a CSV file, the first of them at hand."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from tallymark.formulas import neutral
from tallymark_connectors.csv_xlsx.records import Rejected

KEPT = 1000
COLUMNS = ("line", "column", "value", "reason")


class RejectedRows:
    """Collects the rows an import leaves out. The file is made with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self.first: list[Rejected] = []
        self._stream: TextIO | None = None

    def add(self, rows: Iterable[Rejected]) -> None:
        """Take rows in their order."""
        for row in rows:
            self._write(row)
            self.count += 1
            if len(self.first) < KEPT:
                self.first.append(_storable(row))

    def close(self) -> Path | None:
        """Finish the file and return it, or None where nothing was left out."""
        if self._stream is None:
            return None
        self._stream.close()
        return self.path

    def stored(self) -> list[dict[str, Any]]:
        """The first rows as the database keeps them."""
        return [asdict(row) for row in self.first]

    def _write(self, row: Rejected) -> None:
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            # Excel reads UTF-8 only behind a byte order mark.
            self._stream = self.path.open("w", encoding="utf-8-sig", errors="replace", newline="")
            csv.writer(self._stream).writerow(COLUMNS)
        csv.writer(self._stream).writerow([_plain(getattr(row, name)) for name in COLUMNS])


def _plain(value: object) -> object:
    return neutral(value) if isinstance(value, str) else value


def _storable(row: Rejected) -> Rejected:
    """PostgreSQL holds no NUL in text."""
    if row.value is None or "\0" not in row.value:
        return row
    return replace(row, value=row.value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
