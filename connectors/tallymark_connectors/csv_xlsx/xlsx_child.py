"""Runs as a child process: one worksheet of a workbook as CSV, each record beginning with its row number."""

import csv
import datetime as dt
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from tallymark_connectors.csv_xlsx.child import Refused, run

_MOST_ROWS = 1_048_576
_MOST_EMPTY = 10_000  # in a row, before the rest is taken for formatting without content
_MOST_COLUMNS = 16_384
_LONGEST = 32_767  # characters in a cell, Excel's own limit
_LITTLE = 16 << 20  # characters that any workbook may hold
_MOST_GROWTH = 8  # times its unpacked size, beyond that: a cell that repeats a text costs about 30 bytes
_MIDNIGHT = dt.time()


def convert(source: Path, target: Path, sheet: str | None) -> dict[str, object]:
    """Write the sheet (else the first visible one with content) to `target`."""
    book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    sheets = [s for s in book.worksheets if isinstance(s, ReadOnlyWorksheet)]
    names = [s.title for s in sheets if s.sheet_state == "visible"] or [s.title for s in sheets]
    if not names:
        raise Refused("The workbook has no worksheet.")
    if sheet is not None and sheet not in book.sheetnames:
        raise Refused(f"The workbook has no sheet {sheet!r}; it has {', '.join(names)}.")
    with zipfile.ZipFile(source) as archive:
        most = _LITTLE + _MOST_GROWTH * sum(entry.file_size for entry in archive.infolist())
    for name in [sheet] if sheet else names:
        if _write(book[name], target, most):
            return {"sheet": name, "sheets": names}
    raise Refused("The worksheet is empty.")


def _write(sheet: Any, target: Path, most: int) -> int:
    """How many rows with content were written; Refused beyond `most` characters."""
    sheet.reset_dimensions()  # what a file declares as its size need not be its size
    written = empty = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for number, row in enumerate(sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS), start=1):
            cells = [_text(cell.value, cell.number_format) for cell in row if cell is not None]
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                empty += 1
                if empty > _MOST_EMPTY:
                    break
                continue
            empty = 0
            written += 1
            most -= sum(map(len, cells))
            if most < 0:
                raise Refused(
                    "The workbook repeats long texts beyond reason; export the table as CSV instead."
                )
            writer.writerow([number, *cells])
    return written


def _text(value: object, number_format: str | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            # One long text, stored once, can be the content of any number of cells.
            if len(value) > _LONGEST:
                raise Refused(
                    f"A cell holds more than the {_LONGEST:,} characters that Excel allows; shorten it."
                )
            return value
        case float():
            return _number(value)
        case dt.datetime():
            dated_only = value.time() == _MIDNIGHT and "h" not in (number_format or "").lower()
            return value.date().isoformat() if dated_only else value.isoformat(sep=" ")
        case _:
            return str(value)


def _number(value: float) -> str:
    """A whole number without `.0`, and never more digits than a spreadsheet shows (0.1 + 0.2 is 0.3)."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g")


if __name__ == "__main__":
    sys.exit(
        run(convert, "The workbook could not be read; open it and save it again as .xlsx, or export CSV.")
    )
