"""Bridges through the product: the command, the interface for programs and the page, over landed snapshots."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pyarrow as pa
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tallymark import jobs
from tallymark.app import create_app
from tallymark.cli.bridge import bridge as command
from tallymark.lake import Lake
from tallymark.web.settings import WebSettings
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role, start_session
from tallymark_tenants.db import VARIABLES
from tallymark_tenants.models import Edition, Kpi, KpiSet, Membership, Scorecard, User

SEPTEMBER = datetime(2026, 9, 10, 12, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 12, tzinfo=UTC)


def tables(*lines):
    """Orders with one line each: key, day, product, units, amount, currency."""
    return {
        "orders": [{"id": key, "ordered_at": day, "status": "paid", "rep_id": "an"} for key, day, *_ in lines],
        "order_lines": [
            {"id": key, "order_id": key, "product_id": product, "quantity": Decimal(units),
             "amount": Decimal(amount), "currency": currency}
            for key, _, product, units, amount, currency in lines
        ],
    }  # fmt: skip


BEFORE = tables(
    ("1", SEPTEMBER, "saw", 10, "100.00", "EUR"), ("2", SEPTEMBER, "axe", 10, "200.00", "USD"),
    ("3", SEPTEMBER, "saw", 1, "33.33", "EUR"),
)  # fmt: skip
AFTER = tables(
    ("1", SEPTEMBER, "saw", 10, "100.00", "EUR"), ("2", SEPTEMBER, "axe", 10, "200.00", "USD"),
    ("3", OCTOBER, "saw", 1, "33.33", "EUR"), ("4", OCTOBER, "axe", 17, "357.01", "USD"),
)  # fmt: skip
RATES = [
    {"id": "1", "currency": "USD", "on": date(2026, 9, 1), "rate": Decimal("0.9")},
    {"id": "2", "currency": "USD", "on": date(2026, 10, 1), "rate": Decimal("0.85")},
]


@pytest.fixture
def sealed(settings, database, make_tenant, monkeypatch):
    """A company that sealed September, moved one of its orders to October since, and the sealed edition's id."""
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))
    made, lake = make_tenant(name="Acme", currency="EUR"), Lake(settings.lake_dir)
    with database.tenant(made.id) as session:
        for name, rows in {
            "fx_rates": RATES,
            "products": [{"id": "saw", "name": "Big saw"}],
            **BEFORE,
        }.items():
            land(lake, session, made, name, rows)
        edition_id = seal(session, made, lake)
    with database.tenant(made.id) as session:
        for name, rows in AFTER.items():
            land(lake, session, made, name, rows)
    return made, edition_id


def land(lake, session, profile, name, rows):
    full = [{"source_id": "test", **row} for row in rows]
    lake.land(session, profile, name, [pa.RecordBatch.from_pylist(full, dataset(name).import_schema)])


def seal(session, profile, lake):
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
        document={},
        snapshots={name: str(each.id) for name, each in lake.pinned(session).items()},
    )
    session.add(edition)
    session.flush()
    return edition.id


def run(tenant, *words):
    return CliRunner().invoke(command, [tenant.slug, "revenue.revenue", "--to", "2026-10", *map(str, words)])


def told(tenant, *words):
    result = run(tenant, *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_command_starts_from_the_newest_edition_of_the_earlier_period(sealed):
    """Sealed: 100 + 33.33 + 180 = 313.33. September is 280 now. October: 33.33 + 357.01 at 0.85, 303.4585."""
    tenant, edition_id = sealed
    found = told(tenant, "--from", "2026-09")
    assert (found["start"], found["end"]) == ("313.3300", "336.7885")
    assert found["edition_id"] == str(edition_id)
    assert found["restated"] == [{"cause": "redated", "rows": 1, "value": "-33.3300"}]
    terms = {term["key"]: Decimal(term["value"]) for term in found["terms"]}
    assert sum(terms.values()) == Decimal(found["change"])
    assert terms["currency"] == Decimal("-17.8505")
    assert Decimal(found["start"]) + sum(terms.values()) == Decimal(found["end"])
    assert {(each["segment"], each["currency_code"]) for each in found["segments"]} == {
        ("saw", "EUR"),
        ("axe", "USD"),
    }


def test_what_the_earlier_period_is_compared_as_can_be_chosen(sealed):
    tenant, edition_id = sealed
    assert told(tenant, "--against", edition_id)["start"] == "313.3300"
    assert told(tenant, "--against", "none")["start"] == "280.0000"
    # No snapshot was there on that day.
    early = told(tenant, "--against", "2026-01-01")
    assert (early["start"], early["terms"][0]["note"]) == ("280.0000", "no earlier snapshot kept")
    today = datetime.now(UTC).date()
    assert told(tenant, "--against", today)["start"] == "280.0000"


def test_csv_has_a_row_a_step_which_sum_up_as_they_are_written(sealed):
    rows = list(csv.DictReader(io.StringIO(run(sealed[0], "--format", "csv").stdout)))
    assert [row["step"] for row in rows][:4] == ["start", "restatement", "organisation", "volume"]
    assert sum(Decimal(row["value"]) for row in rows[:-1]) == Decimal(rows[-1]["value"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--from", "2026-Q3"], "take two of one length"),
        (["--from", "2026-11"], "isn't before October 2026"),
        (["--from", "soon"], "'soon' names no period"),
        (["--by", "rep"], "Name the breakdown and its member together"),
        (["--by", "reps", "--member", "an"], 'Did you mean "rep"?'),
        (["--mix", "stage"], 'can\'t be told by "stage"'),
        (["--against", "then"], '"then" is neither an edition\'s id nor a day'),
        (["--against", "00000000-0000-0000-0000-000000000000"], "There is no edition"),
    ],
)
def test_what_is_wrong_is_one_sentence(sealed, words, sentence):
    result = run(sealed[0], *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.fixture
def browser(sealed, settings, database):
    """A signed-in viewer of the company."""
    app = create_app(settings, WebSettings(), database=database)
    with database.auth() as session:
        user = User(email=f"{uuid4().hex}@example.com", name="Viewer")
        session.add(user)
        session.flush()
        session.add(Membership(tenant_id=sealed[0].id, user_id=user.id, role=Role.VIEWER))
        token = start_session(session, user.id)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def test_programs_get_the_same(sealed, browser):
    tenant, edition_id = sealed
    answer = browser.get(f"/t/{tenant.slug}/api/v1/bridge?metric=revenue.revenue&to=2026-10")
    assert answer.status_code == 200
    assert answer.json["start"] == "313.3300"
    assert answer.json["edition_id"] == str(edition_id)
    expected = told(tenant)
    assert {key: answer.json[key] for key in ("terms", "segments", "restated", "change")} == {
        key: expected[key] for key in ("terms", "segments", "restated", "change")
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("metric=revenue.revenue", "Some fields are missing, unknown or wrong."),
        ("metric=revenue.revenue&to=2026-10&wrong=1", "Some fields are missing, unknown or wrong."),
        (
            "metric=revenue.revenu&to=2026-10",
            'There is no metric "revenue.revenu". Did you mean "revenue.revenue"?',
        ),
        ("metric=revenue.units_sold&to=2026-10", "all of its change is volume"),
    ],
)
def test_programs_are_told_what_is_wrong(sealed, browser, query, sentence):
    answer = browser.get(f"/t/{sealed[0].slug}/api/v1/bridge?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert sentence in answer.json["detail"]


def test_the_page_shows_the_terms_and_where_they_come_from(sealed, browser):
    page = browser.get(f"/t/{sealed[0].slug}/bridge/?metric=revenue.revenue&to=2026-10").get_data(
        as_text=True
    )
    for words in (
        "Restatement",
        "Volume",
        "Mix",
        "Price",
        "Exchange rates",
        "Moved to or from another date",
        "Big saw",
    ):
        assert words in page, words
    assert "€313.33" in page
    assert "€336.79" in page
    assert page.count('class="fall"') == 8
    assert "<text" not in page


def test_the_page_begins_with_a_question_and_says_what_is_wrong(sealed, browser):
    base = f"/t/{sealed[0].slug}/bridge/"
    assert "Choose a KPI and a period" in browser.get(base).get_data(as_text=True)
    page = browser.get(f"{base}?metric=conversion.close_ratio&to=2026-10").get_data(as_text=True)
    assert "There is no value in September 2026: not connected: opportunities." in page
    assert browser.get(f"{base}?metric=nothing&to=2026-10").status_code == 200


def test_kpis_lead_to_their_bridge(sealed, browser, database):
    with database.tenant(sealed[0].id) as session:
        kpi_set = session.scalar(select(KpiSet))
        for position, key in enumerate(("revenue.revenue", "revenue.orders")):
            session.add(Kpi(kpi_set_id=kpi_set.id, metric_key=key, position=position))
    base = f"/t/{sealed[0].slug}/bridge/"
    page = browser.get(f"/t/{sealed[0].slug}/kpis/").get_data(as_text=True)
    assert f'href="{base}"' in page
    assert f'href="{base}?metric=revenue.revenue"' in page
    assert f'href="{base}?metric=revenue.orders"' not in page
    # Without a period, the newest with data that is over, or nearly so.
    assert "€313.33" in browser.get(f"{base}?metric=revenue.revenue").get_data(as_text=True)
