"""An own KPI on a scorecard, and a new edition when its meaning changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from sqlalchemy import select

from tallymark.lake import Lake
from tallymark.own_kpis import check, preview
from tallymark.plugins.registry import registry
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Appendix
from tallymark.scorecards.gather import gather
from tallymark.scorecards.job import request_edition
from tallymark.scorecards.produce import produce
from tallymark_sdk.model import dataset
from tallymark_sdk.own import OwnKpi
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Scorecard
from tallymark_tenants.own_kpis import change, create

JUNE = date(2026, 6, 1)
NOON = 1_781_006_400_000_000  # 2026-06-09 12:00 UTC in microseconds
KPI = OwnKpi(
    key="own.per_deal", name="Value per deal", expression="revenue.bookings / pipeline.opportunities",
    unit="money", better="higher",
)  # fmt: skip


@pytest.fixture
def lake(settings):
    return Lake(settings.lake_dir)


@pytest.fixture
def company(database, lake, tenant):
    """A tenant with deals of 100 and 50 won in June."""
    rows = [
        {"source_id": "crm", "id": name, "status": "won", "amount": amount, "closed_at": NOON, "created_at": NOON}
        for name, amount in (("1", 100), ("2", 50))
    ]  # fmt: skip
    with database.tenant(tenant.id) as session:
        batch = pa.RecordBatch.from_pylist(rows, dataset("opportunities").import_schema)
        lake.land(session, tenant, "opportunities", [batch])
    return tenant


def test_a_scorecard_shows_it_with_its_formula_and_version(database, lake, company):
    with database.tenant(company.id) as session:
        create(session, KPI, registry().metrics)
        board = create_set(session, "Board", ["own.per_deal", "revenue.bookings"])
        basis = gather(session, lake, board, grain="month", day=JUNE)
    document = produce(basis, lake, title="Board", locale="en")
    appendix = document.sections[-1]
    assert isinstance(appendix, Appendix)
    (passport,) = [each for each in appendix.passports if each.metric == "own.per_deal"]
    assert passport.name == "Value per deal"
    assert "75" in str(passport.value)
    assert " ÷ " in passport.formula
    assert "own KPIs" in passport.pack
    assert passport.inputs == ("opportunities: amount, closed on, created on, and status",)
    assert "no installed metric pack" not in str(to_json(document))


def test_a_changed_formula_is_a_new_edition_and_another_companys_changes_nothing(
    database, lake, company, make_tenant
):
    def ask():
        with database.tenant(company.id) as session:
            scorecard = session.scalars(select(Scorecard)).one()
            return request_edition(session, company, scorecard, lake, day=JUNE)

    with database.tenant(company.id) as session:
        made = create(session, KPI, registry().metrics)
        board = create_set(session, "Board", ["own.per_deal"])
        session.add(Scorecard(kpi_set_id=board, name="Board"))
    first = ask()
    with database.tenant(make_tenant().id) as session:
        create(session, replace(KPI, expression="revenue.bookings"), registry().metrics)
    assert ask() == first
    with database.tenant(company.id) as session:
        change(session, made.id, replace(KPI, expression="revenue.bookings * 2"), registry().metrics)
    assert ask() != first


@pytest.mark.parametrize(
    ("newest", "today", "value"),
    [
        (date(2026, 6, 9), date(2026, 11, 21), 75),  # June is over
        (date(2026, 7, 3), date(2026, 7, 4), 75),  # July isn't
        (date(2026, 6, 9), date(2026, 6, 30), None),  # nor is June on its last day
    ],
)
def test_the_preview_is_of_the_last_complete_month(database, lake, company, newest, today, value):
    with database.tenant(company.id) as session:
        checked = check(session, KPI, "en", unit=None)
        told = preview(
            session, lake, company, checked.registry, KPI.key, newest=newest, today=today, locale="en"
        )
    assert told is not None
    assert told.value == value
    assert told.period.start == (JUNE if value else date(2026, 5, 1))
    assert bool(told.reason) is (value is None)
