"""Measuring a workbook before anything parses it: a small file can hold a very large one."""

import codecs
import re
import zipfile
from pathlib import Path

from tallymark_connectors.csv_xlsx.errors import UnreadableFile

_MOST_ENTRIES = 5_000
_MOST_BYTES = 1 << 30
_MOST_RATIO = 200
_RATIO_FROM = 20 << 20
_MOST_CELLS = 20_000_000
_CHUNK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 16
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"  # byte order marks, the zeros of UTF-16, white space
_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)""")


def measure(path: Path) -> None:
    """Refuse a workbook that is damaged, too big, compressed beyond reason or that declares XML entities.

    Raises UnreadableFile with one sentence.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if "[Content_Types].xml" not in {entry.filename for entry in entries}:
                raise UnreadableFile("This is a ZIP file, but not an Excel workbook; unpack it first.")
            _check_entries(entries)
            _check_contents(archive, entries)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError):
        # RuntimeError: encrypted; NotImplementedError: a compression method that Excel never uses
        raise UnreadableFile(
            "The workbook is damaged or protected; open it, save it again as .xlsx."
        ) from None


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise UnreadableFile(
            f"The workbook has {len(entries):,} parts; more than {_MOST_ENTRIES:,} are not read."
        )
    if len({entry.filename for entry in entries}) != len(entries):
        raise UnreadableFile("The workbook has two parts of one name; open it and save it again as .xlsx.")
    size = sum(entry.file_size for entry in entries)
    if size > _MOST_BYTES:
        raise UnreadableFile(
            f"The workbook unpacks to {size / (1 << 20):,.0f} MB; export the table as CSV instead."
        )
    packed = sum(entry.compress_size for entry in entries)
    if size > _RATIO_FROM and size > packed * _MOST_RATIO:
        raise UnreadableFile("The workbook is compressed beyond reason; export the table as CSV instead.")


def _check_contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read the XML as bytes: sizes as they are instead of as declared, cells, and no document types."""
    cells = size = 0
    for entry in entries:
        tail = b""
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK):
                if not tail:
                    if not _may_be_xml(chunk):
                        break
                    _check_encoding(chunk)
                size += len(chunk)
                window = tail + chunk
                if _FORBIDDEN.search(window):
                    raise UnreadableFile(
                        "The workbook declares XML entities, which are refused; save it again."
                    )
                cells += len(_CELL.findall(window)) - len(_CELL.findall(tail))
                tail = window[-_OVERLAP:]
                if size > _MOST_BYTES or cells > _MOST_CELLS:
                    raise UnreadableFile("The workbook is too big to read; export the table as CSV instead.")


def _may_be_xml(start: bytes) -> bool:
    """Whether a parser could take the part for XML; its name proves nothing, since any name may be a sheet's."""
    return start.lstrip(_BEFORE_XML)[:1] in (b"<", b"")


def _check_encoding(start: bytes) -> None:
    """Refuse encodings in which the bytes searched for would look different."""
    declared = _ENCODING.match(start.removeprefix(codecs.BOM_UTF8))
    if b"\0" in start[:4] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise UnreadableFile("The workbook holds XML that is not UTF-8; save it again as .xlsx.")
