"""Workbooks and Parquet files: read in a limited child, measured before."""

import datetime as dt
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark_connectors.csv_xlsx import UnreadableFile, convert, sniff

MAPPING = """
dataset = "opportunities"
[columns]
id = "Id"
name = "Name"
amount = "Amount"
closed_at = "Closed"
"""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    sheet = book.create_sheet("Deals")
    sheet.append(["A title"])
    sheet.append([])
    sheet.append(["Id", "Name", "Amount", "Closed"])
    sheet.append([1, "two\nlines, and a comma", 12.5, dt.datetime.fromisoformat("2017-03-25")])
    sheet["D4"].number_format = "yyyy-mm-dd"
    sheet.append([2.0, None, 0.1 + 0.2, dt.datetime.fromisoformat("2017-03-25 10:30")])
    sheet.append([3, "bad", "six", None])
    path = tmp_path / "deals.xlsx"
    book.save(path)
    return path


def test_reads_the_first_sheet_with_content(workbook: Path, import_all: Callable[..., Any]) -> None:
    sniffed = sniff(workbook)
    assert (sniffed.format, sniffed.sheet, sniffed.sheets) == ("xlsx", "Deals", ("Empty", "Deals"))
    rows, rejected, rows_in = import_all(workbook, MAPPING)
    assert [(r["id"], r["name"], r["amount"]) for r in rows] == [
        ("1", "two\nlines, and a comma", Decimal("12.5")),
        ("2", None, Decimal("0.3")),
    ]
    assert [str(r["closed_at"])[:16] for r in rows] == ["2017-03-25 00:00", "2017-03-25 10:30"]
    assert [(r.line, r.column, r.value) for r in rejected] == [(6, "Amount", "six")]
    assert rows_in == 3


def test_an_unknown_sheet_is_named(workbook: Path, import_all: Callable[..., Any]) -> None:
    with pytest.raises(UnreadableFile, match="no sheet 'Deal'; it has Empty, Deals"):
        import_all(workbook, MAPPING + '[file]\nsheet = "Deal"\n')


def _rewritten(source: Path, part: str, change: Callable[[bytes], bytes], name: str = "changed.xlsx") -> Path:
    target = source.with_name(name)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename == part else data)
    return target


def test_a_lie_about_the_size_costs_nothing(workbook: Path) -> None:
    def widen(xml: bytes) -> bytes:
        return xml.replace(b'<dimension ref="A1:D6"', b'<dimension ref="A1:XFD1048576"')

    path = _rewritten(workbook, "xl/worksheets/sheet2.xml", widen)
    assert sniff(path).rows == 3


def test_entities_are_refused(workbook: Path) -> None:
    def declare(xml: bytes) -> bytes:
        return b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml

    with pytest.raises(UnreadableFile, match="entities"):
        sniff(_rewritten(workbook, "xl/worksheets/sheet2.xml", declare))


@pytest.mark.parametrize("name", ["xl/worksheets/sheet2.dat", "xl/media/image1.png"])
def test_a_sheet_under_another_name_is_measured_too(workbook: Path, name: str) -> None:
    path = workbook.with_name("renamed.xlsx")
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry).replace(b"xl/worksheets/sheet2.xml", name.encode())
            if entry.filename == "xl/worksheets/sheet2.xml":
                new.writestr(name, b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + data)
            else:
                new.writestr(entry.filename, data)
    with pytest.raises(UnreadableFile, match="entities"):
        sniff(path)


@pytest.mark.parametrize(
    "start", ["<a/>".encode("utf-16"), " <a/>".encode("utf-16-le"), b"<?xml version='1.0' encoding='cp037'?>"]
)
def test_another_encoding_hides_nothing(workbook: Path, start: bytes) -> None:
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        sniff(_rewritten(workbook, "xl/worksheets/sheet2.xml", lambda xml: start + xml))


def test_pictures_and_other_binary_parts_are_no_xml(workbook: Path) -> None:
    with zipfile.ZipFile(workbook, "a") as archive:
        archive.writestr("xl/media/image1.emf", b"\1\0\0\0 <!DOCTYPE")
        archive.writestr("xl/printerSettings/printerSettings1.bin", "HP LaserJet".encode("utf-16-le"))
    assert sniff(workbook).rows == 3


def _shared(folder: Path, text: str, rows: int) -> Path:
    """A workbook whose rows all refer to one shared text."""
    plain = folder / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    names = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    declared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>'
        for n in range(1, rows + 1)
    )
    sheet = f'<worksheet xmlns="{names}"><sheetData>{cells}</sheetData></worksheet>'.encode()
    filled = _rewritten(plain, "xl/worksheets/sheet1.xml", lambda _: sheet, "filled.xlsx")
    path = _rewritten(filled, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", declared))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{names}"><si><t>{text}</t></si></sst>')
    return path


@pytest.mark.parametrize(
    ("length", "rows", "refusal"),
    [(32_767, 3, ""), (32_768, 3, "32,767 characters"), (30_000, 700, "repeats long texts")],
)
def test_one_long_text_shared_by_many_cells_is_refused(
    tmp_path: Path, length: int, rows: int, refusal: str
) -> None:
    path = _shared(tmp_path, "x" * length, rows)
    if not refusal:
        converted = convert.convert(path, convert.FileFormat.XLSX, sheet=None, into=tmp_path)
        assert converted.path.stat().st_size > rows * length
        return
    with pytest.raises(UnreadableFile, match=refusal):
        convert.convert(path, convert.FileFormat.XLSX, sheet=None, into=tmp_path)


def test_the_child_gets_none_of_our_secrets(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, python = tmp_path / "environment", tmp_path / "python"
    python.write_text(f'#!/bin/sh\nenv > {seen}\nexec {sys.executable} "$@"\n')
    python.chmod(0o700)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", "the-secret")
    monkeypatch.setattr(sys, "executable", str(python))
    assert sniff(workbook).rows == 3
    names = {line.partition("=")[0] for line in seen.read_text().splitlines()}
    assert {"PATH", "LANG"} <= names <= {"PATH", "LANG", "PWD", "OLDPWD", "SHLVL", "_"}


def test_only_two_conversions_run_at_a_time(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "_TURN", 0.01)
    with convert._turns, convert._turns, pytest.raises(UnreadableFile, match="try again"):
        sniff(workbook)
    assert sniff(workbook).rows == 3


def test_a_small_file_that_unpacks_to_much_is_refused(workbook: Path) -> None:
    with pytest.raises(UnreadableFile, match="beyond reason"):
        sniff(_rewritten(workbook, "xl/worksheets/sheet2.xml", lambda xml: xml + b" " * (64 << 20)))


def test_a_damaged_workbook_is_one_sentence(workbook: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(workbook.read_bytes()[:-200])
    with pytest.raises(UnreadableFile, match="damaged"):
        sniff(broken)
    with pytest.raises(UnreadableFile, match="no worksheet"):
        sniff(_rewritten(workbook, "xl/workbook.xml", lambda xml: b"<nonsense/>"))
    with pytest.raises(UnreadableFile, match="could not be read"):
        sniff(_rewritten(workbook, "xl/workbook.xml", lambda xml: b"<nonsense"))


def test_nesting_that_kills_a_parser_does_not_kill_us(workbook: Path) -> None:
    deep = b"<is>" * 200_000
    with pytest.raises(UnreadableFile):
        sniff(_rewritten(workbook, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"<sheetData>", deep)))


def test_a_plain_zip_is_told_from_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "Id\n1\n")
    with pytest.raises(UnreadableFile, match="not an Excel workbook"):
        sniff(path)


def test_reads_parquet(tmp_path: Path, import_all: Callable[..., Any]) -> None:
    path = tmp_path / "deals.parquet"
    table = pa.table(
        {
            "Id": [1, 2],
            "Name": ["a, b", None],
            "Amount": [Decimal("1.50"), None],
            "Closed": [dt.datetime(2017, 1, 2, 3, 4, tzinfo=dt.UTC), None],
        }
    )
    pq.write_table(table, path)
    rows, rejected, _ = import_all(path, MAPPING, "Asia/Tehran")
    assert not rejected
    assert [(r["id"], r["name"], r["amount"]) for r in rows] == [
        ("1", "a, b", Decimal("1.5")),
        ("2", None, None),
    ]
    assert rows[0]["closed_at"] == dt.datetime(2017, 1, 2, 3, 4, tzinfo=dt.UTC)
    path.write_bytes(b"PAR1 but nothing else PAR1")
    with pytest.raises(UnreadableFile, match="could not be read"):
        sniff(path)
