"""The page of a KPI's thresholds: set, listed, removed and brought back; viewers only read."""

from __future__ import annotations

import re

import pytest

from tallymark_tenants.accounts import Role
from tallymark_tenants.kpi_sets import create_set, kpis_of, thresholds_of

KEY = "revenue.bookings"
LEVELS = {"when": "always", "period": "", "on": "100%", "risk": "85%"}


@pytest.fixture
def kpi(database, company):
    with database.tenant(company.profile.id) as session:
        return kpis_of(session, create_set(session, "Board", [KEY]))[0]


@pytest.fixture
def page(company, kpi):
    return f"{company.base}/kpis/kpi/{kpi.id}/thresholds"


@pytest.fixture
def analyst(company, browse):
    return browse(company.users[Role.ANALYST])


def stored(database, company, kpi):
    with database.tenant(company.profile.id) as session:
        return thresholds_of(session, kpi.kpi_set_id, KEY)


def body(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def test_the_page_begins_with_the_defaults_and_is_linked_from_the_list(company, analyst, page):
    assert "Always default 100.0% 90.0%" in body(analyst.get(page))
    assert page in analyst.get(f"{company.base}/kpis/").text


def test_they_are_set_for_all_times_a_grain_and_a_period(company, database, kpi, analyst, page):
    analyst.post(page, LEVELS)
    analyst.post(page, LEVELS | {"when": "week", "risk": "70%"})
    response = analyst.post(
        page, LEVELS | {"when": "period", "period": "2026-Q4", "on": "0.95"}, follow_redirects=True
    )
    text = body(response)
    assert "The thresholds are kept." in text
    assert "Always 100.0% 85.0%" in text
    assert "Weeks 100.0% 70.0%" in text
    assert "Q4 2026 95.0% 85.0%" in text
    assert stored(database, company, kpi) == {
        "on": "1",
        "risk": "0.85",
        "by_grain": {"week": {"on": "1", "risk": "0.7"}},
        "periods": [{"from": "2026-10-01", "to": "2027-01-01", "on": "0.95", "risk": "0.85"}],
    }


def test_removed_ones_come_back_as_they_were(company, database, kpi, analyst, page):
    analyst.post(page, LEVELS | {"when": "period", "period": "2026-10-05/2026-10-20"})
    before = stored(database, company, kpi)
    response = analyst.post(f"{page}/remove", {"when": "2026-10-05/2026-10-20"}, page=page)
    assert "are removed." in body(response)
    assert stored(database, company, kpi) == {}
    undo = response.get_data(as_text=True).partition('role="status"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert analyst.post(page, fields).status_code == 302
    assert stored(database, company, kpi) == before
    again = analyst.post(f"{page}/remove", {"when": "2026-Q1"}, page=page, follow_redirects=True)
    assert "There are no thresholds for this" in body(again)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on": "lots"}, "Write a share of the target"),
        ({"risk": "101%"}, "write a smaller share"),
        ({"when": "period", "period": "soon"}, "soon"),
        ({"when": "period", "period": ""}, "Write the period"),
        ({"risk": ""}, "This field is required."),
    ],
    ids=["on", "risk", "period", "no period", "empty"],
)
def test_a_mistake_is_told_beside_its_field(company, database, kpi, analyst, page, wrong, sentence):
    response = analyst.post(page, LEVELS | wrong)
    assert response.status_code == 422
    assert sentence in body(response)
    assert 'aria-invalid="true"' in response.text
    assert stored(database, company, kpi) == {}


def test_a_viewer_may_look_and_not_touch(company, browse, page):
    viewer = browse(company.users[Role.VIEWER])
    assert "Always" in body(viewer.get(page))
    assert "Set thresholds" not in body(viewer.get(page))
