"""Explanations through the product: the command, the interface for programs and the page, over landed snapshots."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pyarrow as pa
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tallymark import jobs
from tallymark.app import create_app
from tallymark.cli.explain import explain as command
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json
from tallymark.web.settings import WebSettings
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role, start_session
from tallymark_tenants.db import VARIABLES
from tallymark_tenants.models import Edition, Kpi, KpiSet, Membership, Scorecard, User

from ..scorecards import sample  # noqa: TID252  the folders of tests are no packages

SEPTEMBER = datetime(2026, 9, 10, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 12, tzinfo=UTC)


def deal(key, amount, status="won", day=SEPTEMBER, rep="an", currency="EUR", **more):
    return {
        "id": key, "name": f"Deal {key}", "amount": Decimal(amount), "status": status, "closed_at": day,
        "created_at": datetime(2026, 8, 1, tzinfo=UTC), "rep_id": rep, "currency": currency, **more,
    }  # fmt: skip


DEALS = [
    deal("1", "100.10"),
    deal("2", "200.00", currency="USD"),
    deal("3", "50", rep="binh", name="=cmd()"),
    deal("4", "70", status="lost"),
    deal("5", "900", deleted_at=SEPTEMBER),
    deal("6", "33", currency="XXX"),  # without a rate
    deal("7", "11", day=None),
    deal("8", "400", day=OCTOBER),
]
TABLES = {
    "fx_rates": [{"id": "1", "currency": "USD", "on": date(2026, 9, 1), "rate": Decimal("0.9")}],
    "reps": [{"id": "an", "name": "An Nguyen"}, {"id": "binh", "name": "Binh Tran"}],
    "opportunities": DEALS,
}


@pytest.fixture
def company(settings, database, make_tenant, monkeypatch):
    """A company with eight deals, in September unless said otherwise."""
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))
    made = make_tenant(name="Acme", currency="EUR")
    land(settings, database, made, TABLES)
    return made


def land(settings, database, profile, tables):
    lake = Lake(settings.lake_dir)
    with database.tenant(profile.id) as session:
        for name, rows in tables.items():
            full = [{"source_id": "crm", **row} for row in rows]
            lake.land(session, profile, name, [pa.RecordBatch.from_pylist(full, dataset(name).import_schema)])


def run(tenant, *words, metric="revenue.bookings"):
    period = [] if "--period" in words else ["--period", "2026-09"]
    return CliRunner().invoke(command, [tenant.slug, metric, *period, *map(str, words)])


def told(tenant, *words, **more):
    result = run(tenant, *words, "--format", "json", **more)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_rows_used_sum_up_to_the_figure(company):
    found = told(company)
    assert Decimal(found["value"]) == Decimal("330.1")
    assert [row["id"] for row in sorted(found["rows"], key=lambda row: row["id"])] == ["1", "2", "3"]
    assert sum(Decimal(row["value"]) for row in found["rows"]) == Decimal(found["value"])
    assert {row["name"] for row in found["rows"]} == {"Deal 1", "Deal 2", "=cmd()"}
    assert {row["day"] for row in found["rows"]} == {"2026-09-10"}
    [dollars] = [row for row in found["rows"] if row["id"] == "2"]
    assert dollars["converted"] == [
        {
            "column": "amount",
            "currency": "USD",
            "amount": "200.0000",
            "rate": "0.9",
            "amount_base": "180.0000",
        }
    ]
    assert [row["converted"] for row in found["rows"] if row["id"] == "1"] == [[]]


def test_what_was_left_out_has_its_reason(company):
    found = told(company, "--left-out")
    reasons = {row["id"]: row["reason"] for row in found["rows"]}
    assert reasons == {
        "5": "deleted in the source",
        "6": "no exchange rate",
        "7": "no date (closed on)",  # in no period, so it is told beside each
    }
    assert found["left_out"] == [{"reason": reason, "rows": 1} for reason in sorted(reasons.values())]
    assert {row["value"] for row in found["rows"]} == {None}


def test_a_ratio_has_two_measures_with_rows_of_their_own(company):
    found = told(company, metric="conversion.close_ratio")
    assert [measure["role"] for measure in found["measures"]] == ["numerator", "denominator"]
    over, under = (Decimal(measure["value"]) for measure in found["measures"])
    assert Decimal(found["value"]) == over / under
    assert f"{over} ÷ {under}" in [line["said"] for line in found["arithmetic"]]
    for number, figure in ((1, over), (2, under)):
        listed = told(company, "--measure", number, metric="conversion.close_ratio")
        assert len(listed["rows"]) == listed["listed"]["rows"] == figure


def test_a_members_rows_are_its_own(company):
    found = told(company, "--by", "rep", "--member", "binh")
    assert (found["member_name"], [row["id"] for row in found["rows"]]) == ("Binh Tran", ["3"])
    assert run(company, "--by", "rep", "--member", "nobody").exit_code == 1


def test_pages_are_all_the_rows_each_once(company):
    pages = [told(company, "--page-size", 2, "--page", page) for page in (1, 2, 3)]
    assert [len(page["rows"]) for page in pages] == [2, 1, 0]
    assert {page["listed"]["pages"] for page in pages} == {2}
    assert sorted(row["id"] for page in pages for row in page["rows"]) == ["1", "2", "3"]


def test_csv_has_every_row_and_no_formulas(company):
    rows = list(csv.DictReader(io.StringIO(run(company, "--format", "csv", "--page-size", 1).stdout)))
    assert sum(Decimal(row["value"]) for row in rows) == Decimal("330.1")
    assert {row["name"] for row in rows} == {"Deal 1", "Deal 2", "'=cmd()"}
    assert {row["opportunities.status"] for row in rows} == {"won"}


def test_the_table_says_it_in_words(company):
    text = run(company, "--left-out").stdout
    assert "Sales bookings (value), September 2026: 330.1" in text
    assert "1 no exchange rate" in text
    assert "Deal 6" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--period", "soon"], "'soon' names no period"),
        (["--by", "rep"], "Name the breakdown and its member together"),
        (["--by", "reps", "--member", "an"], 'Did you mean "rep"?'),
        (["--part", "middle"], 'has no part "middle"'),
        (["--measure", 3], "stands on 1 measures"),
        (["--by", "rep", "--member", "nobody"], 'There is no rep "nobody"'),
        (["--edition", uuid4()], "There is no edition"),
    ],
)
def test_what_is_wrong_is_one_sentence(company, words, sentence):
    result = run(company, *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


def seal(session, profile, lake, document=None):
    kpi_set = KpiSet(name="Sales")
    session.add(kpi_set)
    session.flush()
    scorecard = Scorecard(kpi_set_id=kpi_set.id, name="Monthly")
    session.add(scorecard)
    session.flush()
    edition = Edition(
        run_id=jobs.request(session, profile.id, "import", "k", "1", {}),
        scorecard_id=scorecard.id,
        period_start=date(2026, 9, 1),
        period_end=date(2026, 10, 1),
        grain="month",
        locale="en",
        document=document or {},
        snapshots={name: str(each.id) for name, each in lake.pinned(session).items()},
    )
    session.add(edition)
    session.flush()
    return edition.id


def test_an_editions_figure_is_explained_with_the_data_it_was_sealed_with(company, settings, database):
    with database.tenant(company.id) as session:
        edition = seal(session, company, Lake(settings.lake_dir))
    land(settings, database, company, {"opportunities": [deal("1", "1000.10")]})
    assert Decimal(told(company)["value"]) == Decimal("1230.1")
    sealed = told(company, "--edition", edition)
    assert Decimal(sealed["value"]) == Decimal("330.1")
    assert {row["columns"]["amount"] for row in sealed["rows"]} == {"100.1000", "200.0000", "50.0000"}


@pytest.fixture
def browser(company, settings, database):
    """A signed-in viewer of the company."""
    app = create_app(settings, WebSettings(), database=database)
    with database.auth() as session:
        user = User(email=f"{uuid4().hex}@example.com", name="Viewer")
        session.add(user)
        session.flush()
        session.add(Membership(tenant_id=company.id, user_id=user.id, role=Role.VIEWER))
        token = start_session(session, user.id)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def test_programs_get_the_same(company, browser):
    base = f"/t/{company.slug}/api/v1/explain"
    answer = browser.get(f"{base}?metric=revenue.bookings&period=2026-09&which=left_out")
    assert answer.status_code == 200
    assert answer.json == told(company, "--left-out")
    export = browser.get(f"{base}.csv?metric=revenue.bookings&period=2026-09")
    assert (export.status_code, export.mimetype) == (200, "text/csv")
    assert export.get_data(as_text=True) == run(company, "--format", "csv").stdout


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("metric=revenue.bookings", 422, "Some fields are missing, unknown or wrong."),
        ("metric=revenue.bookings&period=2026-09&wrong=1", 422, "Some fields are missing"),
        ("metric=revenue.booking&period=2026-09", 422, 'Did you mean "revenue.bookings"?'),
        ("metric=revenue.bookings&period=2026-09&by=rep&member=nobody", 404, "nothing at this address"),
        (
            "metric=revenue.bookings&period=2026-09&edition=00000000-0000-7000-8000-000000000000",
            404,
            "nothing at this address",
        ),
    ],
)
def test_programs_are_told_what_is_wrong(company, browser, query, status, sentence):
    for suffix in ("", ".csv"):
        answer = browser.get(f"/t/{company.slug}/api/v1/explain{suffix}?{query}")
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"
        assert sentence in answer.json["detail"]


def test_somebody_elses_edition_is_the_same_as_none(company, browser, settings, database, make_tenant):
    other = make_tenant(name="Other", currency="EUR")
    land(settings, database, other, TABLES)
    with database.tenant(other.id) as session:
        foreign = seal(session, other, Lake(settings.lake_dir))
    for path in ("explain/", "explain/rows.csv", "api/v1/explain", "api/v1/explain.csv"):
        query = f"/t/{company.slug}/{path}?metric=revenue.bookings&period=2026-09&edition="
        theirs, nobodys = browser.get(query + str(foreign)), browser.get(query + str(uuid4()))
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        without_token = [
            re.sub(r'value="[^"]+"', "", each.get_data(as_text=True)) for each in (theirs, nobodys)
        ]
        assert without_token[0] == without_token[1]
        assert (
            browser.get(f"/t/{other.slug}/{path}?metric=revenue.bookings&period=2026-09").status_code == 404
        )


def test_the_page_shows_the_figure_and_its_rows(company, browser):
    base = f"/t/{company.slug}/explain/"
    page = browser.get(f"{base}?metric=revenue.bookings&period=2026-09").get_data(as_text=True)
    for words in (
        "€330.10",
        "Deal 1",
        "=cmd()",
        "200 USD",
        "0.9",
        "September 10, 2026",
        "3 rows",
        "amount (EUR)",
        "Export as CSV",
    ):
        assert words in page, words
    page = browser.get(f"{base}?metric=revenue.bookings&period=2026-09&which=left_out").get_data(as_text=True)
    assert "deleted in the source" in page
    page = browser.get(f"{base}?metric=conversion.close_ratio&period=2026-09&measure=2").get_data(
        as_text=True
    )
    assert "Above the line" in page
    assert "÷" in page
    named = browser.get(f"{base}?metric=revenue.bookings&period=2026-09&by=rep&member=binh+tran")
    assert "Binh Tran" in named.get_data(as_text=True)


def test_the_page_begins_with_a_question_and_says_what_is_empty_or_wrong(company, browser):
    base = f"/t/{company.slug}/explain/"
    assert "Choose a KPI and a period" in browser.get(base).get_data(as_text=True)
    empty = browser.get(f"{base}?metric=revenue.bookings&period=2020-01").get_data(as_text=True)
    assert "No rows in this period" in empty
    assert "Export as CSV" not in empty
    beyond = browser.get(f"{base}?metric=revenue.bookings&period=2026-09&page=9").get_data(as_text=True)
    assert "There is no such page" in beyond
    unconnected = browser.get(f"{base}?metric=revenue.orders&period=2026-09").get_data(as_text=True)
    assert "not connected: order lines" in unconnected or "not connected: orders" in unconnected
    wrong = browser.get(f"{base}?metric=revenue.bookings&period=soon").get_data(as_text=True)
    assert "&#39;soon&#39; names no period" in wrong
    assert browser.get(f"{base}rows.csv?metric=revenue.bookings&period=soon").status_code == 400
    assert browser.get(f"{base}?metric=revenue.bookings&period=2026-09&page=x").status_code == 200


def test_rows_are_exported_from_the_page(company, browser):
    export = browser.get(f"/t/{company.slug}/explain/rows.csv?metric=revenue.bookings&period=2026-09&page=1")
    assert "revenue.bookings-used.csv" in export.headers["Content-Disposition"]
    assert len(list(csv.DictReader(io.StringIO(export.get_data(as_text=True))))) == 3


def test_kpis_and_scorecards_lead_to_the_rows(company, browser, database, settings):
    with database.tenant(company.id) as session:
        edition = seal(session, company, Lake(settings.lake_dir), document=to_json(sample.document()))
        kpi_set = session.scalar(select(KpiSet))
        session.add(Kpi(kpi_set_id=kpi_set.id, metric_key="revenue.bookings", position=1))
    base = f"/t/{company.slug}"
    page = browser.get(f"{base}/kpis/").get_data(as_text=True)
    assert f'href="{base}/explain/?metric=revenue.bookings"' in page
    page = browser.get(f"{base}/scorecards/editions/{edition}").get_data(as_text=True)
    link = f"{base}/explain/?metric=revenue.bookings&amp;period=2026-09&amp;edition={edition}"
    assert f'href="{link}"' in page
    answer = browser.get(link.replace("&amp;", "&")).get_data(as_text=True)
    assert "€330.10" in answer
    assert "sealed with" in answer
