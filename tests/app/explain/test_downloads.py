"""Numbers as files, through the product: an edition's and any breakdown's, by page, interface and command."""

import csv
import json
from decimal import Decimal
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tallymark.cli.compute import compute
from tallymark.cli.exporting import export
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json

from ..scorecards import sample  # noqa: TID252  the folders of tests are no packages
from .test_product import browser, company, seal

__all__ = ["browser", "company"]  # fixtures


@pytest.fixture
def edition(company, settings, database):
    with database.tenant(company.id) as session:
        return seal(session, company, Lake(settings.lake_dir), document=to_json(sample.document()))


@pytest.fixture
def base(company):
    return f"/t/{company.slug}"


def test_an_editions_numbers_are_downloaded(browser, base, edition):
    page = browser.get(f"{base}/scorecards/editions/{edition}").text
    for form, mime in (("xlsx", "sheet"), ("csv", "text/csv"), ("json", "application/json")):
        address = f"{base}/scorecards/editions/{edition}.{form}"
        assert address in page
        answer = browser.get(address)
        assert answer.status_code == 200
        assert mime in answer.mimetype
        assert answer.headers["Content-Disposition"].endswith(f'-2026-09-01.{form}"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert browser.get(address).data == answer.data
        assert browser.get(f"{base}/scorecards/editions/{uuid4()}.{form}").status_code == 404
    told = browser.get(f"{base}/scorecards/editions/{edition}.json").get_json()
    assert any(row["exact"] == "1284310.5000" for row in told["figures"])


def test_the_rows_are_those_that_the_edition_was_sealed_with(browser, base, edition):
    told = browser.get(f"{base}/scorecards/editions/{edition}.json?rows=yes").get_json()
    (bookings,) = (each for each in told["rows"].values() if each["metric"] == "revenue.bookings")
    (measure,) = bookings["measures"]
    assert measure["rows"] == len(measure["refs"]) == 3
    book = load_workbook(BytesIO(browser.get(f"{base}/scorecards/editions/{edition}.xlsx?rows=yes").data))
    listed = [row[5].value for row in book["Rows"].iter_rows(min_row=2) if row[1].value == "revenue.bookings"]
    assert listed == [ref["id"] for ref in measure["refs"]]


def cells(browser, base, query, form=""):
    return browser.get(f"{base}/api/v1/cells{form}?{query}")


QUERY = "metric=revenue.bookings,pipeline.opportunities&first=2026-08&periods=2&by=rep"


def test_a_breakdown_is_told_to_programs(browser, base):
    told = cells(browser, base, QUERY).get_json()
    totals = {
        (each["metric"], each["period_start"]): each["value"]
        for each in told["cells"]
        if not each["dimension"]
    }
    assert Decimal(totals["revenue.bookings", "2026-09-01"]) == Decimal("330.1")
    parts = [
        Decimal(each["value"])
        for each in told["cells"]
        if each["dimension"] == "rep" and each["metric"] == "revenue.bookings" and each["value"]
        and each["period_start"] == "2026-09-01"
    ]  # fmt: skip
    assert sum(parts) == Decimal("330.1")
    assert told["currency"] == "EUR"


def test_the_same_breakdown_as_files(browser, base):
    told = cells(browser, base, QUERY).get_json()["cells"]
    sheet = load_workbook(BytesIO(cells(browser, base, QUERY, ".xlsx").data)).worksheets[0]
    assert sheet.max_row == len(told) + 1
    assert [str(row[2].value) for row in sheet.iter_rows(min_row=2)] == [each["part"] for each in told]
    rows = list(csv.DictReader(StringIO(cells(browser, base, QUERY, ".csv").data.decode("utf-8-sig"))))
    assert [row["value"] or None for row in rows] == [each["value"] for each in told]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("metric=revenue.bookins&first=2026-08", "revenue.bookings"),
        ("metric=revenue.bookings&first=Augst", "period"),
        ("metric=revenue.bookings&first=2026-08&by=planet", "isn't broken down"),
        ("metric=,&first=2026-08", "Name one to fifty metrics"),
        ("metric=revenue.bookings&first=2026-08&periods=5000", "120"),
        ("first=2026-08", "Missing data"),
        ("metric=revenue.bookings&first=2026-08&colour=red", "Unknown field"),
    ],
    ids=["metric", "period", "breakdown", "none", "many", "missing", "unknown"],
)
def test_a_wrong_question_is_answered_with_a_problem(browser, base, query, sentence):
    for form in ("", ".xlsx", ".csv"):
        answer = cells(browser, base, query, form)
        assert answer.status_code == 422
        assert answer.mimetype == "application/problem+json"
        assert sentence in answer.text


def test_it_is_described(browser, base):
    told = browser.get(f"{base}/api/v1/openapi.json").get_json()
    for form in ("", ".xlsx", ".csv"):
        assert f"/t/{{tenant}}/api/v1/cells{form}" in told["paths"]
    names = {each["name"] for each in told["paths"]["/t/{tenant}/api/v1/cells"]["get"]["parameters"]}
    assert {"metric", "first", "periods", "by", "edition"} <= names


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_the_command_writes_a_breakdown(company, browser, base, tmp_path, form):
    out = tmp_path / f"numbers.{form}"
    asked = [
        company.slug,
        "--metrics",
        "revenue.bookings",
        "--from",
        "2026-09",
        "--by",
        "rep",
        "--out",
        str(out),
    ]
    done = CliRunner().invoke(compute, asked)
    assert done.exit_code == 0, done.output
    if form == "json":
        assert json.loads(out.read_text())[0]["value"] == "330.1"
    elif form == "csv":
        assert '"330.1"' in out.read_text("utf-8-sig")
    else:
        assert load_workbook(out).worksheets[0]["I2"].value == pytest.approx(330.1)


def test_the_command_writes_an_edition(company, edition, tmp_path):
    for form in ("xlsx", "csv", "json"):
        out = tmp_path / f"edition.{form}"
        done = CliRunner().invoke(export, [company.slug, str(edition), "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert out.stat().st_size > 1000
    named = tmp_path / "numbers"
    done = CliRunner().invoke(export, [company.slug, str(edition), "--format", "csv", "--out", str(named)])
    assert named.read_bytes() == (tmp_path / "edition.csv").read_bytes()


@pytest.mark.parametrize("wrong", ["numbers.txt", "numbers"])
def test_a_file_of_another_kind_is_refused(company, wrong, tmp_path):
    asked = [
        company.slug,
        "--metrics",
        "revenue.bookings",
        "--from",
        "2026-09",
        "--out",
        str(tmp_path / wrong),
    ]
    done = CliRunner().invoke(compute, asked)
    assert done.exit_code == 2
    assert "must end in .xlsx, .csv or .json" in done.output


def test_an_edition_that_is_not_there_is_said(company, tmp_path):
    done = CliRunner().invoke(export, [company.slug, str(uuid4()), "--out", str(tmp_path / "a.csv")])
    assert done.exit_code == 1
    assert "There is no edition" in done.output
