"""Which format a file is in, and turning workbooks and Parquet into plain text in a limited child process."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tallymark_connectors.csv_xlsx.errors import UnreadableFile
from tallymark_connectors.csv_xlsx.workbook_limits import measure

_WALL_CLOCK = 180
_TURN = 60  # seconds to wait for one of the few conversions that this process does at a time
_turns = threading.BoundedSemaphore(2)
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel file (.xls) or a protected workbook; save it as .xlsx or CSV.",
    ),
    (b"%PDF", "This is a PDF; export the table as CSV or XLSX."),
    (b"\x1f\x8b", "This file is compressed (gzip); unpack it first."),
    (b"7z\xbc\xaf", "This file is compressed (7z); unpack it first."),
    (b"Rar!", "This file is compressed (rar); unpack it first."),
    (b"SQLite format 3", "This is a database file; export the table as CSV or XLSX."),
)


class FileFormat(StrEnum):
    """The formats that can be read."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


@dataclass(frozen=True, kw_only=True)
class Converted:
    """The text made from a workbook or Parquet file: each record begins with its row number."""

    path: Path
    sheet: str | None
    sheets: tuple[str, ...]


def format_of(path: Path) -> FileFormat:
    """The format by the file's first bytes, whatever it is named; raises UnreadableFile for others."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"PK\x03\x04"):
        return FileFormat.XLSX
    if head.startswith(b"PAR1"):
        return FileFormat.PARQUET
    for magic, sentence in _OTHERS:
        if head.startswith(magic):
            raise UnreadableFile(sentence)
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnreadableFile(
            "This is a web page or XML, even if it is named .xls or .csv; save it as CSV or XLSX."
        )
    return FileFormat.CSV


def convert(path: Path, found: FileFormat, *, sheet: str | None, into: Path) -> Converted:
    """Turn the file into text in a child with limited memory, processor time and wall clock.

    Raises UnreadableFile with one sentence, also where the child dies of the file.
    """
    if not _turns.acquire(timeout=_TURN):
        raise UnreadableFile("Other workbooks are being read just now; try again in a minute.")
    try:
        if found is FileFormat.XLSX:
            measure(path)
        return _converted(path, found, sheet, into)
    finally:
        _turns.release()


def _converted(path: Path, found: FileFormat, sheet: str | None, into: Path) -> Converted:
    target = into / "table.csv"
    module = f"tallymark_connectors.csv_xlsx.{found.value}_child"
    command = [sys.executable, "-I", "-m", module, str(path), str(target), sheet or ""]
    try:
        child = subprocess.run(
            command,
            capture_output=True,
            timeout=_WALL_CLOCK,
            stdin=subprocess.DEVNULL,
            check=False,
            # Passwords and keys are in this process's environment; a parser that a file took over must not have them.
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile(
            f"Reading the file took longer than {_WALL_CLOCK} seconds; export the table as CSV instead."
        ) from None
    answer = _answer(child.stdout)
    if error := answer.get("error"):
        raise UnreadableFile(str(error))
    sheets, name = answer.get("sheets"), answer.get("sheet")
    if child.returncode != 0 or not isinstance(sheets, list):
        raise UnreadableFile("The file could not be read within its limits; export the table as CSV instead.")
    return Converted(path=target, sheet=str(name) if name else None, sheets=tuple(map(str, sheets)))


def _answer(stdout: bytes) -> dict[str, object]:
    """The last line the child printed, as JSON; {} if it printed none."""
    lines = stdout.decode("utf-8", "replace").splitlines()
    try:
        answer = json.loads(lines[-1]) if lines else {}
    except json.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}
