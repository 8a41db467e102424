"""The pages of own KPIs: written, checked, changed and removed by those who may."""

from __future__ import annotations

import re

import pytest

from tallymark_tenants.accounts import Role
from tallymark_tenants.kpi_sets import create_set, list_sets
from tallymark_tenants.own_kpis import list_own

GOOD = {
    "name": "Value per deal",
    "key": "",
    "expression": "revenue.bookings / pipeline.opportunities",
    "unit": "",
    "better": "higher",
    "description": "",
    "kpi_set": "",
}


@pytest.fixture
def analyst(browse, company):
    return browse(company.users[Role.ANALYST])


@pytest.fixture
def base(company):
    return f"{company.base}/own-kpis"


def own(database, company):
    with database.tenant(company.profile.id) as session:
        return list_own(session)


def test_the_list_begins_empty_with_what_each_may_do(browse, company, base, analyst):
    page = analyst.get(f"{base}/").text
    assert "No own KPI yet" in page
    assert f'href="{base}/new"' in page
    page = browse(company.users[Role.VIEWER]).get(f"{base}/").text
    assert "An analyst or admin of your company can write one." in page
    assert "/new" not in page


def test_one_is_written_seen_changed_and_removed(analyst, database, company, base, browse):
    answer = analyst.post(f"{base}/new", GOOD)
    assert (answer.status_code, answer.location) == (302, f"{base}/")
    (stored,) = own(database, company)
    assert (stored.kpi.key, stored.kpi.unit, stored.kpi.version) == ("own.value_per_deal", "money", 1)
    page = browse(company.users[Role.VIEWER]).get(f"{base}/").text
    assert "own.value_per_deal" in page
    assert " ÷ " in page
    assert "Remove" not in page

    path = f"{base}/{stored.id}"
    page = analyst.get(path).text
    assert "revenue.bookings / pipeline.opportunities</textarea>" in page
    assert "In words" in page
    answer = analyst.post(path, GOOD | {"expression": "revenue.bookings", "name": "All"}, page=path)
    assert answer.status_code == 302
    (stored,) = own(database, company)
    assert (stored.kpi.name, stored.kpi.key, stored.kpi.version) == ("All", "own.value_per_deal", 2)
    assert "version 2" in analyst.get(path).text

    answer = analyst.post(f"{path}/remove", page=path)
    assert answer.status_code == 302
    assert own(database, company) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"expression": "revenue.bookngs * 2"}, "Did you mean &#34;revenue.bookings&#34;?"),
        ({"expression": ""}, "The formula is empty"),
        ({"name": ""}, "This field is required."),
        ({"name": "Việt Nam", "key": "Việt"}, "isn&#39;t &#34;own.name&#34; in lower case"),
        ({"unit": "count"}, "The formula gives money, not &#34;count&#34;."),
        ({"breakdowns": "stage"}, "Not every metric of the formula can be broken down by &#34;stage&#34;"),
        ({"unit": "euro"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(analyst, database, company, base, changes, says):
    answer = analyst.post(f"{base}/new", GOOD | changes)
    assert answer.status_code == 422
    assert says in answer.text
    assert own(database, company) == []


def test_the_fault_is_marked_at_its_place(analyst, base):
    page = analyst.post(f"{base}/new", GOOD | {"expression": "2 *\r\n revenue.bookngs / 3"}).text
    assert "2 *  <mark>revenue.bookngs</mark> / 3" in page
    assert "At character 6:" in page


def test_a_key_is_taken_once(analyst, base):
    assert analyst.post(f"{base}/new", GOOD).status_code == 302
    answer = analyst.post(f"{base}/new", GOOD)
    assert answer.status_code == 422
    assert "There is a KPI with the key own.value_per_deal already; choose another." in answer.text


def test_checking_tells_what_it_would_be_and_keeps_nothing(analyst, database, company, base):
    data = GOOD | {"check": "1", "name": ""}
    page = analyst.post(f"{base}/new", data)
    part = analyst.post(f"{base}/new", data, page=f"{base}/new", headers={"X-Part": "checked"})
    for answer in (page, part):
        assert answer.status_code == 200
        assert "the formula gives money" in answer.text
        assert "no value" in answer.text
        assert "not connected" in answer.text
    assert "<html" in page.text
    assert "<html" not in part.text
    assert own(database, company) == []


def test_the_part_for_the_script_holds_only_escaped_text(analyst, base):
    data = GOOD | {"check": "1", "expression": "<script>alert(1)</script>"}
    part = analyst.post(f"{base}/new", data, page=f"{base}/new", headers={"X-Part": "checked"}).text
    assert "<script" not in part
    assert "&lt;script&gt;" in part or "&lt;" in part


def test_one_in_use_is_not_removed_and_the_page_says_where(analyst, database, company, base):
    analyst.post(f"{base}/new", GOOD)
    (stored,) = own(database, company)
    with database.tenant(company.profile.id) as session:
        create_set(session, "Board", ["own.value_per_deal"])
    analyst.post(f"{base}/{stored.id}/remove", page=f"{base}/new")
    assert "is used by the KPI set &#34;Board&#34;" in analyst.get(f"{base}/").text
    assert len(own(database, company)) == 1


def test_one_of_a_set_joins_it(analyst, database, company, base):
    with database.tenant(company.profile.id) as session:
        board = create_set(session, "Board", ["revenue.bookings"])
    analyst.post(f"{base}/new", GOOD | {"kpi_set": str(board)})
    with database.tenant(company.profile.id) as session:
        assert list_sets(session)[0].keys == ("revenue.bookings", "own.value_per_deal")


def test_kpi_sets_offer_and_take_own_kpis_of_their_company_alone(
    analyst, browse, database, company, make_company, base
):
    analyst.post(f"{base}/new", GOOD)
    assert 'value="own.value_per_deal"' in analyst.get(f"{company.base}/kpis/").text
    answer = analyst.post(f"{company.base}/kpis/", {"name": "Mine", "metrics": "own.value_per_deal"})
    assert answer.status_code == 302
    page = analyst.get(f"{company.base}/kpis/").text
    assert re.search(r"Value per deal<br><span[^>]*>own\.value_per_deal", page)
    other = make_company()
    stranger = browse(other.users[Role.OWNER])
    assert "own.value_per_deal" not in stranger.get(f"{other.base}/kpis/").text
    assert (
        stranger.post(f"{other.base}/kpis/", {"name": "X", "metrics": "own.value_per_deal"}).status_code
        == 422
    )


def test_viewers_may_look_only(browse, company, base, analyst, database):
    analyst.post(f"{base}/new", GOOD)
    (stored,) = own(database, company)
    viewer = browse(company.users[Role.VIEWER])
    assert viewer.get(f"{base}/new").status_code == 403
    assert viewer.get(f"{base}/{stored.id}").status_code == 403
    assert viewer.post(f"{base}/{stored.id}/remove", page="/account").status_code == 403
    assert len(own(database, company)) == 1


def test_another_companys_is_not_there(browse, company, make_company, database, base, analyst):
    analyst.post(f"{base}/new", GOOD)
    (stored,) = own(database, company)
    other = make_company()
    stranger = browse(other.users[Role.OWNER])
    path = f"{other.base}/own-kpis"
    assert stranger.get(f"{path}/{stored.id}").status_code == 404
    assert stranger.post(f"{path}/{stored.id}", GOOD, page=f"{path}/new").status_code == 404
    assert stranger.post(f"{path}/{stored.id}/remove", page=f"{path}/new").status_code == 404
    assert "own.value_per_deal" not in stranger.get(f"{path}/").text
    assert len(own(database, company)) == 1
