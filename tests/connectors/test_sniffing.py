"""Sniffing: encodings, delimiters, line ends, headers, and what columns prove."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallymark_connectors.csv_xlsx import UnreadableFile, sniff

Write = Callable[..., Path]
PEOPLE = "編號,客戶,金額\n1,台積電股份有限公司,1200\n2,鴻海精密工業,300\n"
PERSIAN = "شناسه,نام,مبلغ\n1,شرکت فولاد مبارکه,1200\n2,بازرگاني تهران,300\n"
VIETNAMESE = "Ma,Khach hàng,So\n1,Công ty Cô phân Su\u0303a,1200\n2,Ðiê\u0323n Quang,300\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("Id,Name\n1,Ann\n2,Bob\n", "ascii", "utf-8"),
        ("Id,Name\n1,Zoë\n2,Bob\n", "utf-8-sig", "utf-8-sig"),
        ("Id,Name\n1,Zoë\n2,Bob\n", "utf-16", "utf-16"),
        ("Id,Name\n1,Zoë\n2,Bob\n", "utf-16-le", "utf-16-le"),
        ("Id,Name\n1,Zoë\n2,Bob\n", "utf-16-be", "utf-16-be"),
        ("Id,Name,Ort\n1,Müller & Söhne,Köln\n2,Tokyo,X\n", "latin-1", "cp1252"),
        ("Id;Nom\n1;Café\n2;b\n", "cp1252", "cp1252"),
        (PEOPLE, "big5", "big5"),
        (PERSIAN.replace("ی", "ي").replace("ک", "ك"), "cp1256", "cp1256"),
        (VIETNAMESE.replace("Ð", "Đ"), "cp1258", "cp1258"),
    ],
)
def test_detects_the_encoding(csv_file: Write, text: str, written: str, found: str) -> None:
    sniffed = sniff(csv_file(text, written))
    assert sniffed.encoding == found
    assert sniffed.rows == 2
    assert sniffed.header


def test_a_letter_late_in_the_file_still_shows_the_encoding(csv_file: Write) -> None:
    rows = "".join(f"{n},plain\n" for n in range(60_000))
    assert sniff(csv_file("Id,Name\n" + rows + "9,Müller\n", "cp1252")).encoding == "cp1252"
    assert sniff(csv_file("Id,Name\n" + rows + "9,Müller\n", "utf-8")).encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_detects_delimiter_and_line_end(csv_file: Write, delimiter: str, end: str) -> None:
    rows = [["Id", "Name", "Amount"], ["1", "Ann", "5"], ["2", '"B, b; c|d"', "6"]]
    text = end.join(delimiter.join(row) for row in rows) + end
    sniffed = sniff(csv_file(text))
    assert (sniffed.delimiter, sniffed.line_end, sniffed.rows) == (delimiter, end, 2)
    assert sniffed.headers == ("Id", "Name", "Amount")


def test_decimal_commas_are_no_delimiters(csv_file: Write) -> None:
    sniffed = sniff(csv_file("id;a;b\n1;1,5;2,5\n2;3,5;4,25\n"))
    assert sniffed.delimiter == ";"
    finding = sniffed.column("a").numbers
    assert finding is not None
    assert finding.mark == ","


def test_headerless_files_get_numbers_for_names(csv_file: Write) -> None:
    sniffed = sniff(csv_file("1|North|12.5\n2|South|13.5\n"))
    assert not sniffed.header
    assert sniffed.headers == ("1", "2", "3")
    assert sniffed.rows == 2


def test_years_above_columns_are_a_header(csv_file: Write) -> None:
    assert sniff(csv_file("Rep,2016,2017\nAnn,5,6\nBob,7,8\n")).headers == ("Rep", "2016", "2017")


def test_passes_over_a_reports_title(csv_file: Write) -> None:
    sniffed = sniff(csv_file("Pipeline report\nAs of 2026-01-01\n\nId,Name,Amount\n1,Ann,5\n2,Bob,6\n"))
    assert sniffed.headers == ("Id", "Name", "Amount")
    assert sniffed.rows == 2


def test_names_repeated_and_empty_headers_apart(csv_file: Write) -> None:
    assert sniff(csv_file("Id,Amount,Amount,\n1,2,3,x\n")).headers == (
        "Id",
        "Amount",
        "Amount (2)",
        "column 4",
    )


def test_proof_comes_from_the_last_row_of_a_long_column(csv_file: Write) -> None:
    rows = "".join(f"{n},0{n % 9 + 1}/02/2017\n" for n in range(30_000))
    sniffed = sniff(csv_file("Id,Closed\n" + rows + "x,25/03/2017\n"))
    finding = sniffed.column("Closed").dates
    assert finding is not None
    assert finding.order == "dmy"
    assert "line 30002" in str(finding.proof)


def test_ambiguous_columns_are_questions(csv_file: Write) -> None:
    questions = sniff(csv_file('Id,Closed,Amount\n1,01/02/2017,"1,234"\n2,03/04/2017,"5,678"\n')).questions
    assert set(questions) == {"Closed", "Amount"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<html><table>", "web page"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"a,b\n\x00\x01\x02\x00\x00\x00\x00", "binary"),
    ],
)
def test_says_what_to_do_about_other_files(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "upload.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words):
        sniff(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"nowhere\.csv"):
        sniff(tmp_path / "nowhere.csv")
