"""The page of a KPI's parameters: who may set them, what is refused, and what they change."""

from __future__ import annotations

import pytest

from tallymark_tenants.accounts import Role
from tallymark_tenants.kpi_sets import create_set, find_kpi, kpis_of, parameters_of

KEY = "pipeline.stale_opportunities"


@pytest.fixture
def kpi(database, company):
    with database.tenant(company.profile.id) as session:
        kpi_set_id = create_set(session, "Quiet deals", [KEY, "revenue.bookings"])
        return next(row.id for row in kpis_of(session, kpi_set_id) if row.metric_key == KEY)


@pytest.fixture
def page(company, kpi):
    return f"{company.base}/kpis/kpi/{kpi}"


def stored(database, company):
    with database.tenant(company.profile.id) as session:
        return parameters_of(session)


def test_an_analyst_sets_a_value_and_sees_it_in_the_list_and_the_formula(browse, company, page, database):
    analyst = browse(company.users[Role.ANALYST])
    assert 'value="30"' in analyst.get(page).text
    answer = analyst.post(page, {"days": "45"})
    assert (answer.status_code, answer.location) == (302, f"{company.base}/kpis/")
    assert stored(database, company) == {KEY: {"days": 45}}
    assert "with days = 45" in analyst.get(page).text
    assert "days: 45" in analyst.get(f"{company.base}/kpis/").text


@pytest.mark.parametrize(
    ("value", "words"), [("0", "at least"), ("many", "is a number"), ("", "needs a value")]
)
def test_a_value_that_is_not_allowed_is_told_beside_its_field(browse, company, page, database, value, words):
    answer = browse(company.users[Role.ANALYST]).post(page, {"days": value})
    assert answer.status_code == 422
    assert words in answer.text or "from" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert stored(database, company) == {}


def test_a_metric_without_parameters_has_no_such_page(browse, company, kpi, database):
    with database.tenant(company.profile.id) as session:
        rows = kpis_of(session, find_kpi(session, kpi).kpi_set_id)
        other = next(row.id for row in rows if row.metric_key == "revenue.bookings")
    assert browse(company.users[Role.ANALYST]).get(f"{company.base}/kpis/kpi/{other}").status_code == 404
