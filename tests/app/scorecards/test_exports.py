"""A scorecard's numbers as CSV, workbook and JSON: all of them, exactly, the same bytes each time, and nothing that runs."""

import json
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tallymark.formulas import STARTS
from tallymark.scorecards.document import Breakdown, Delta, Figure, Notes, Ranking, Tiles, Trend
from tallymark.scorecards.exports import (
    MeasureRows,
    RowRef,
    RowRefs,
    csv_file,
    figures,
    figures_csv,
    figures_json,
    workbook,
)
from tallymark.scorecards.exports.xlsx import Number, Sheet, number, workbook_bytes
from tallymark.scorecards.render.warming import LOCALES
from tallymark.scorecards.render.warming import sample as small

ROWS = {
    "a.b": RowRefs(
        measures=(
            MeasureRows(
                measure="Sum of amounts",
                dataset="opportunities",
                rows=12_000,
                refs=(
                    RowRef(source="crm", id="1", name="Deal"),
                    RowRef(source="crm", id="=cmd|'/c calc'!A1"),
                ),
            ),
        )
    ),
    "x.y": RowRefs(reason="This figure is computed as a whole, not row by row."),
}


def opened(content):
    return load_workbook(BytesIO(content))


def every_figure(value):
    """The exact values of all figures of a document but those of drawings."""
    if isinstance(value, Figure | Delta):
        yield value.exact
    elif isinstance(value, tuple):
        for item in value:
            yield from every_figure(item)
    elif is_dataclass(value):
        for item in fields(value):
            if item.name not in {"ticks", "gauge", "line", "band"}:
                yield from every_figure(getattr(value, item.name))


def test_no_number_of_the_document_is_missed(document):
    listed = [row.exact for row in figures(document) if row.exact]
    wanted = [*every_figure(document.summary), *every_figure(document.sections)]
    passport_values = [
        each.value.exact
        for section in document.sections
        if section.kind == "appendix"
        for each in section.passports
        if each.value
    ]
    assert len(listed) > 100
    assert sorted(listed) == sorted(wanted)
    assert passport_values


def test_a_figure_names_its_rows(document):
    keys = [tile.metric for group in document.sections[0].groups for tile in group.tiles]
    rows = {keys[1]: ROWS["a.b"], keys[0]: ROWS["x.y"]}
    named = {row.metric: row.reference for row in figures(document, rows) if row.section == "tiles"}
    assert (named[keys[1]], named[keys[0]]) == ("R1", "R2")
    assert set(named.values()) == {"R1", "R2", ""}


@pytest.mark.parametrize("locale", LOCALES)
def test_the_workbook_is_in_the_documents_language_and_direction(locale):
    book = opened(workbook(small(locale), ROWS))
    assert len(book.sheetnames) == 3
    sheet = book.worksheets[0]
    assert bool(sheet.sheet_view.rightToLeft) is (locale == "fa")
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:K")
    assert sheet.column_dimensions["C"].width == 30
    if locale == "en":
        assert book.sheetnames == ["Figures", "Passports", "Rows"]
        assert [cell.value for cell in sheet[1]][:4] == ["Section", "Metric", "Name", "Measure"]


def test_values_are_numbers_with_their_units_format(document):
    sheet = opened(workbook(document)).worksheets[0]
    lines = {
        (row[1].value, row[3].value): row
        for row in sheet.iter_rows(min_row=2)
        if row[0].value == "Key figures"
    }
    money = lines["revenue.bookings", "value"][6]
    assert money.value == pytest.approx(1284310.5)
    assert money.number_format == "#,##0.00"
    assert lines["conversion.close_ratio", "value"][6].number_format == "0.0%"
    assert lines["pipeline.opportunities", "value"][6].number_format == "#,##0"
    assert lines["pipeline.stage_history", "value"][9].value == "There is no data before the first sync."


@pytest.mark.parametrize(
    ("exact", "is_number"),
    [
        ("1284310.5000", True),
        ("-0.25", True),
        ("123456789012345", True),
        ("1234567890123456", False),
        ("1e999999", False),
        ("NaN", False),
        ("Infinity", False),
        ("many", False),
    ],
)
def test_what_a_spreadsheet_cannot_hold_exactly_stays_text(exact, is_number):
    cell = number(exact, "money")
    assert isinstance(cell, Number) is is_number
    made = workbook_bytes(
        [Sheet(title="A", header=("A",), widths=(9,), rows=[(cell,)])], title="A", created=_moment()
    )
    shown = opened(made).worksheets[0]["A2"]
    if is_number:
        assert Decimal(str(shown.value)) == Decimal(exact)
    else:
        assert shown.value == exact


def _moment():
    from datetime import UTC, datetime

    return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


EVIL = (
    '=HYPERLINK("http://127.0.0.1")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=DDE("cmd";"/C calc";"x")',
    "\u202e=1",
    "\u200f=1",
    "＝1+1",
)


def evil_document(text):
    base = small("en")
    sections = []
    for section in base.sections:
        changes = {"title": text}
        if isinstance(section, Ranking | Breakdown):
            changes |= {
                "measure": text, "member": text, "rows": tuple(replace(row, name=text) for row in section.rows),
            }  # fmt: skip
        if isinstance(section, Tiles):
            changes["groups"] = tuple(
                replace(
                    group,
                    name=text,
                    tiles=tuple(replace(tile, name=text, reason=text, value=None) for tile in group.tiles),
                )
                for group in section.groups
            )
        if isinstance(section, Trend):
            changes["points"] = tuple(replace(point, label=text) for point in section.points)
        sections.append(replace(section, **changes))
    sections.append(Notes(title=text, lines=(text,)))
    cover = replace(base.cover, company=text, title=text, period=text)
    return replace(base, cover=cover, sections=tuple(sections))


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_nothing_in_a_file_runs(text):
    import csv

    document = evil_document(text)
    for line in csv.reader(figures_csv(document).splitlines()):
        for cell in line:
            assert not cell.startswith((*STARTS, "＝")) or _is_number(cell), cell
            assert not any(part.startswith(tuple("=@")) for part in cell.split(";")) or cell.startswith("'")
    with ZipFile(BytesIO(workbook(document, {text: ROWS["a.b"]}))) as file:
        inside = "".join(file.read(name).decode() for name in file.namelist())
    assert "<f>" not in inside
    assert "<hyperlink" not in inside
    assert "<externalLink" not in inside
    for sheet in opened(workbook(document, {text: ROWS["a.b"]})).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "inlineStr"}
                assert (
                    not isinstance(cell.value, str)
                    or not cell.value.startswith((*STARTS, "＝"))
                    or _is_number(cell.value)
                )


def _is_number(text):
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def test_a_semicolon_does_not_divide_a_cell():
    document = evil_document("A;=1+1")
    assert ',"A;=1+1",' in figures_csv(document)


def test_what_xml_cannot_hold_is_left_out():
    made = workbook(evil_document("a\x00b\x0b\ufffe\ud800c" + "x" * 40_000))
    values = [cell.value for row in opened(made).worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(str(value).startswith("abcxxx") for value in values)
    assert max(len(str(value)) for value in values) <= 32_767


def test_the_same_document_gives_the_same_bytes(document):
    assert workbook(document, ROWS) == workbook(document, ROWS)
    with ZipFile(BytesIO(workbook(document, ROWS))) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = opened(workbook(document)).properties
    assert properties.created == properties.modified
    assert properties.creator == "Tallymark"


def test_rows_are_listed_and_the_rest_is_counted():
    sheet = opened(workbook(small("en"), ROWS)).worksheets[2]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert lines[0] == ["R1", "a.b", "Sum of amounts", "opportunities", "crm", "1", "Deal"]
    assert lines[1][5] == "'=cmd|'/c calc'!A1"
    assert lines[2][5] == "and 11,998 more"
    assert lines[3][:3] == ["R2", "x.y", ROWS["x.y"].reason]


def test_json_holds_the_same_figures(document):
    told = figures_json(document, ROWS)
    assert json.loads(json.dumps(told)) == told
    assert [row["exact"] for row in told["figures"]] == [row.exact for row in figures(document)]
    assert told["period"] == {"label": "October 2026", "start": "2026-10-01", "end": "2026-11-01"}
    assert told["rows"]["R1"]["measures"][0]["refs"][0]["id"] == "1"
    assert told["passports"][0]["formula"]
    assert "\u2068" not in json.dumps(figures_json(small("fa")), ensure_ascii=False)


def test_the_csv_file_is_read_as_unicode(document):
    assert csv_file(document).startswith(b"\xef\xbb\xbfsection,metric,")
