"""The page of targets: set, previewed, edited, removed and brought back; viewers only read."""

import re

import pytest

from tallymark_tenants.accounts import Role
from tallymark_tenants.targets import list_targets

YEAR = {
    "metric": "revenue.bookings", "period": "2026", "value": "2400", "scope": "company", "member": "",
    "spread": "", "weights": "",
}  # fmt: skip


@pytest.fixture
def analyst(company, browse):
    return browse(company.users[Role.ANALYST])


def page(company) -> str:
    return f"{company.base}/targets/"


def stored(database, company):
    with database.tenant(company.profile.id) as session:
        return list_targets(session)


def body(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def test_the_empty_page_says_what_targets_are_for(company, browse, analyst):
    assert "No target yet" in body(analyst.get(page(company)))
    viewers = body(browse(company.users[Role.VIEWER]).get(page(company)))
    assert "An analyst or admin of your company sets targets." in viewers
    assert "Set a target" not in viewers


def test_a_target_is_set_and_listed(company, database, analyst):
    response = analyst.post(page(company), YEAR, follow_redirects=True)
    text = body(response)
    assert response.status_code == 200
    assert "The target is set." in text
    assert "€2,400.00" in text
    (target,) = stored(database, company)
    assert (target.metric, target.value, target.start.isoformat()) == ("revenue.bookings", 2400, "2026-01-01")


def test_the_preview_adds_up_and_sets_nothing(company, database, analyst):
    analyst.post(page(company), YEAR | {"period": "2026-12", "value": "750"})
    text = body(analyst.post(f"{page(company)}preview", YEAR, page=page(company)))
    assert text.count("€150.00") == 11
    assert "December 2026 its own €750.00 Total €2,400.00" in text
    assert len(stored(database, company)) == 1


def test_a_removed_target_comes_back_as_it_was(company, database, analyst):
    weights = YEAR | {"spread": "weights", "weights": "1, 2, 3, 4"}
    analyst.post(page(company), weights)
    (before,) = stored(database, company)
    response = analyst.post(f"{page(company)}{before.id}/remove", page=page(company))
    assert "The target of 2026 is removed." in body(response)
    assert stored(database, company) == []
    undo = response.get_data(as_text=True).partition('role="status"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo))
    assert analyst.post(page(company), fields).status_code == 302
    (after,) = stored(database, company)
    assert (after.value, after.spread, after.weights) == (before.value, before.spread, before.weights)


def test_editing_fills_in_the_form(company, database, analyst):
    analyst.post(page(company), YEAR)
    (target,) = stored(database, company)
    html = analyst.get(f"{page(company)}{target.id}/edit").get_data(as_text=True)
    assert 'value="2400"' in html
    assert re.search(r'selected value="revenue.bookings"', html)
    analyst.post(page(company), YEAR | {"value": "3600"})
    assert [each.value for each in stored(database, company)] == [3600]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value": "lots"}, "Write the value as a plain number"),
        ({"period": "soon"}, "soon"),
        ({"scope": "rep"}, "Say which rep the target is for."),
        ({"weights": "1, 2"}, "12 weights"),
        ({"metric": "revenue.nothing"}, "Not a valid choice"),
        ({"value": ""}, "This field is required."),
    ],
    ids=["value", "period", "member", "weights", "metric", "empty"],
)
def test_a_mistake_is_told_beside_its_field(company, database, analyst, wrong, sentence):
    response = analyst.post(page(company), YEAR | wrong)
    assert response.status_code == 422
    assert sentence in body(response)
    assert stored(database, company) == []


def test_a_viewer_may_look_and_not_touch(company, database, browse, analyst):
    analyst.post(page(company), YEAR)
    (target,) = stored(database, company)
    viewer = browse(company.users[Role.VIEWER])
    listed = viewer.get(f"{page(company)}?metric=revenue.bookings")
    assert "€2,400.00" in body(listed)
    assert "Remove" not in body(listed)
    assert viewer.get(f"{page(company)}{target.id}/edit").status_code == 403
