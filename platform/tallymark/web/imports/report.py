"""Rejected rows as a CSV file that is safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

COLUMNS = ("line", "column", "value", "reason")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def rejected_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """The report with a byte order mark, so that Excel reads it as UTF-8; formulas are neutralised."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_plain(row.get(name)) for name in COLUMNS])
    return "\ufeff" + text.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
