"""The pages of a scorecard's sections, agreed actions and remarks, as people use them."""

from __future__ import annotations

import re

import pytest

from tallymark.scorecards.composition import Composition
from tallymark_tenants.accounts import Role
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Scorecard


@pytest.fixture
def scorecard(database, company):
    with database.tenant(company.profile.id) as session:
        made = Scorecard(kpi_set_id=create_set(session, "Board", ["revenue.bookings"]), name="Monthly")
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def page(company, scorecard):
    return f"{company.base}/scorecards/{scorecard}/composition"


def composed(database, company, scorecard) -> Composition:
    with database.tenant(company.profile.id) as session:
        return Composition.read(session.get_one(Scorecard, (company.profile.id, scorecard)).layout)


def fields(html: str) -> dict[str, str]:
    """The form as the page has it: hidden fields, ticked boxes."""
    kinds = dict(re.findall(r'name="(kind-\d+)" value="([a-z]+)"', html))
    ticked = re.findall(r'name="(shown-\d+)" checked', html)
    chosen = re.findall(r'name="(by-\d+)">.*?<option value="([a-z_]+)" selected', html)
    return kinds | dict.fromkeys(ticked, "on") | dict(chosen) | {"paper": "a4", "orientation": "portrait"}


def test_a_section_is_switched_off_moved_added_and_everything_put_back(
    browse, company, scorecard, page, database
):
    analyst = browse(company.users[Role.ANALYST])
    usual = composed(database, company, scorecard)
    form = fields(analyst.get(page).text)
    del form["shown-4"]  # the trend
    assert analyst.post(page, form | {"paper": "letter"}).status_code == 302
    kept = composed(database, company, scorecard)
    assert (kept.sections[4].kind, kept.sections[4].shown, kept.paper) == ("trend", False, "letter")
    assert [choice.shown for choice in kept.sections].count(False) == 5
    analyst.post(page, fields(analyst.get(page).text) | {"do": "up:4"})
    assert [choice.kind for choice in composed(database, company, scorecard).sections][3:5] == [
        "trend",
        "score",
    ]
    analyst.post(page, fields(analyst.get(page).text) | {"do": "add", "add": "breakdown"})
    assert [choice.kind for choice in composed(database, company, scorecard).sections][-2:] == [
        "breakdown",
        "appendix",
    ]
    analyst.post(page, {"do": "reset"})
    assert composed(database, company, scorecard) == usual


def test_gates_and_rows_are_kept_and_nonsense_is_told(browse, company, scorecard, page, database):
    analyst = browse(company.users[Role.ANALYST])
    form = fields(analyst.get(page).text)
    gate = {"gate-metric-0": "cash.receivables", "gate-cap-0": "60"}
    analyst.post(page, form | gate | {"rows-8": "5"})
    kept = composed(database, company, scorecard)
    assert (str(kept.gates[0].cap), kept.sections[8].rows, kept.sections[8].by) == ("60", 5, "rep")
    for wrong, words in (
        ({"gate-metric-0": "a.b", "gate-cap-0": "200"}, "0 to 100"),
        ({"rows-8": "many"}, "whole number"),
    ):
        answer = analyst.post(page, form | wrong)
        assert answer.status_code == 422
        assert words in answer.text
    assert composed(database, company, scorecard) == kept


def test_actions_are_agreed_ticked_off_and_removed_and_remarks_kept(browse, company, scorecard):
    analyst, actions = browse(company.users[Role.ANALYST]), f"{company.base}/scorecards/{scorecard}/actions"
    assert "Nothing was agreed yet." in analyst.get(actions).text
    analyst.post(actions, {"text": "Call lost customers", "owner": "Ann", "due_on": "2026-01-31"})
    page = analyst.get(actions).text
    assert "Call lost customers" in page
    assert "Overdue" in page
    [action] = re.findall(r'action="([^"]+/actions/[0-9a-f-]{36})"', page)
    analyst.post(action, {"do": "done"}, page=actions)
    assert "Done on" in analyst.get(actions).text
    period = re.search(r'name="period" value="([0-9-]+)"', page)[1]
    remarks = actions.removesuffix("actions") + "remarks"
    analyst.post(remarks, {"period": period, "text": "A quiet month.\n\nNobody was ill."}, page=actions)
    viewer = browse(company.users[Role.VIEWER])
    assert "A quiet month." in viewer.get(actions).text
    assert "button" not in viewer.get(actions).text.split("<main")[1].split("data-go-button")[1].split(
        "</main>"
    )[0].replace("</button>", "")
    analyst.post(action, {"do": "remove"}, page=actions)
    assert "Call lost customers" not in analyst.get(actions).text


def test_an_action_needs_words_and_a_remark_has_a_length(browse, company, scorecard):
    analyst, actions = browse(company.users[Role.ANALYST]), f"{company.base}/scorecards/{scorecard}/actions"
    assert analyst.post(actions, {"text": " "}).status_code == 422
    remarks = actions.removesuffix("actions") + "remarks"
    answer = analyst.post(remarks, {"period": "2026-01-01", "text": "x" * 4001}, page=actions)
    assert answer.status_code == 422
    assert "4,000" in answer.text
