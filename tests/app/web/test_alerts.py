"""The pages of alerts and rules: made with a preview, muted, snoozed, removed and brought back; read and unread."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from tallymark.alerts.checking import check_rules, load_grounds
from tallymark.lake import Lake
from tallymark_sdk.calendars import calendar
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role
from tallymark_tenants.alerts import alerts_of, list_rules

RULE = {
    "name": "Bookings are low", "metric": "revenue.bookings", "kind": "threshold", "grain": "month", "dimension": "",
    "member": "", "of": "value", "side": "below", "limit": "1000", "status": "off", "miss": "10%", "one_in": "20",
    "quiet_from": "", "quiet_until": "", "repeat_after_days": "",
}  # fmt: skip
LAST_MONTH = calendar().step(calendar().period("month", datetime.now(UTC).date()), -1)


@pytest.fixture
def analyst(company, browse):
    return browse(company.users[Role.ANALYST])


@pytest.fixture
def page(company):
    return f"{company.base}/alerts/"


@pytest.fixture
def data(database, settings, company):
    """One won deal of 400 last month, and one of 2000 half a year ago."""

    def deal(n, day, amount):
        moment = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
        return {"source_id": "crm", "id": n, "status": "won", "amount": Decimal(amount), "currency": "EUR",
                "closed_at": moment, "created_at": moment}  # fmt: skip

    before = calendar().step(LAST_MONTH, -5)
    rows = [deal("1", LAST_MONTH.start, 400), deal("2", before.start, 2000)]
    with database.tenant(company.profile.id) as session:
        batch = pa.RecordBatch.from_pylist(rows, dataset("opportunities").import_schema)
        Lake(settings.lake_dir).land(session, company.profile, "opportunities", [batch])


@pytest.fixture
def found(database, settings, company, analyst, page, data):
    """A rule that has found something."""
    analyst.post(f"{page}rules/new", RULE)
    with database.tenant(company.profile.id) as session:
        grounds = load_grounds(session, Lake(settings.lake_dir), company.profile)
        assert check_rules(session, grounds, now=datetime.now(UTC)).recorded == 1
        return alerts_of(session)[0].id


def rules_of(database, company):
    with database.tenant(company.profile.id) as session:
        return list_rules(session)


def body(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def test_the_empty_page_says_what_rules_are_for(company, browse, analyst, page):
    text = body(analyst.get(page))
    assert "Nothing found yet" in text
    assert "Make the first rule" in text
    viewers = body(browse(company.users[Role.VIEWER]).get(page))
    assert "An analyst or admin of your company makes rules." in viewers
    assert "New rule" not in viewers


def test_the_preview_tells_how_often_and_keeps_nothing(company, database, analyst, page, data):
    form = f"{page}rules/new"
    text = body(analyst.post(form, RULE | {"preview": "1"}))
    assert "It would have alerted 11 times in the last 12 months" in text
    assert "below €1.00K" in text
    assert rules_of(database, company) == []


def test_a_rule_is_kept_checked_listed_and_changed(company, database, analyst, page):
    response = analyst.post(
        f"{page}rules/new", RULE | {"quiet_from": "22:00", "quiet_until": "07:00"}, follow_redirects=True
    )
    text = body(response)
    assert "The rule is on." in text
    assert "Bookings are low" in text
    assert "Not checked yet." in text
    (rule,) = rules_of(database, company)
    assert (rule.parameters, rule.quiet_from) == ({"of": "value", "side": "below", "limit": "1000"}, "22:00")
    form = f"{page}rules/{rule.id}"
    assert 'value="1000"' in analyst.get(form).text
    analyst.post(form, RULE | {"kind": "anomaly", "one_in": "100"})
    (rule,) = rules_of(database, company)
    assert (rule.kind, rule.parameters["one_in"]) == ("anomaly", 100)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"limit": "much"}, "Write the limit as a plain number"),
        ({"limit": ""}, "Write the limit as a plain number"),
        ({"kind": "pace", "metric": "conversion.close_ratio"}, "Pace is for KPIs that add up"),
        ({"kind": "pace", "miss": "x"}, "Write a share"),
        ({"quiet_from": "22:00"}, "Write both times"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "never end"),
        ({"repeat_after_days": "0"}, "from 1 to 366"),
        ({"member": "an"}, "The company has no member"),
        ({"metric": "revenue.nothing"}, "Not a valid choice"),
    ],
    ids=["limit", "no limit", "pace", "miss", "half", "same", "repeat", "member", "metric"],
)
def test_a_mistake_is_told_beside_its_field(company, database, analyst, page, wrong, sentence):
    response = analyst.post(f"{page}rules/new", RULE | wrong)
    assert response.status_code == 422
    assert sentence in body(response)
    assert rules_of(database, company) == []


def test_what_was_found_is_listed_opened_and_read(company, browse, analyst, page, found):
    text = body(analyst.get(page))
    assert "1 unread" in text
    assert "below €1.00K" in text
    alert = analyst.get(f"{page}{found}")
    told = body(alert)
    assert "€400.00" in told
    assert "€1,000.00 or more" in told
    rows = re.search(r'href="([^"]+)">The rows behind it', alert.text)[1].replace("&amp;", "&")
    assert "€400.00" in body(analyst.get(rows))
    analyst.post(f"{page}{found}/read", page=page)
    assert "0 unread" in body(analyst.get(page))
    viewer = browse(company.users[Role.VIEWER])
    assert "1 unread" in body(viewer.get(page))
    analyst.post(f"{page}{found}/unread", page=f"{page}{found}")
    assert "1 unread" in body(analyst.get(page))
    viewer.post(f"{page}read", page=page)
    assert "0 unread" in body(viewer.get(page))


def test_a_rule_is_muted_snoozed_removed_and_brought_back(company, database, analyst, page, found):
    (rule,) = rules_of(database, company)
    base = f"{page}rules/{rule.id}"
    assert "The rule is muted." in body(analyst.post(f"{base}/mute", page=page, follow_redirects=True))
    assert rules_of(database, company)[0].enabled is False
    analyst.post(f"{base}/mute", page=page)
    assert rules_of(database, company)[0].enabled is True
    assert "sleeps until" in body(
        analyst.post(f"{base}/snooze", {"days": "7"}, page=page, follow_redirects=True)
    )
    assert rules_of(database, company)[0].snoozed_until > datetime.now(UTC).date()
    assert "Choose from 1" in body(
        analyst.post(f"{base}/snooze", {"days": "x"}, page=page, follow_redirects=True)
    )
    assert "The rule is removed" in body(analyst.post(f"{base}/remove", page=page))
    assert rules_of(database, company) == []
    assert "below €1.00K" in body(analyst.get(page))
    assert analyst.get(f"{page}{found}").status_code == 200
    other = f"{page}rules/new"
    analyst.post(f"{base}/restore", page=other)
    assert [each.id for each in rules_of(database, company)] == [rule.id]


def test_names_of_rules_can_do_no_harm(company, database, analyst, page):
    analyst.post(f"{page}rules/new", RULE | {"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in analyst.get(page).text


def test_the_interface_lists_alerts_and_rules(company, browse, analyst, page, found):
    told = analyst.get(f"{company.base}/api/v1/alerts").get_json()
    (alert,) = told["alerts"]
    assert alert["id"] == str(found)
    assert (alert["state"], alert["metric"], alert["value"], alert["low"]) == (
        "raised",
        "revenue.bookings",
        "400",
        "1000",
    )
    assert alert["text"].endswith("below €1.00K.")
    assert alert["unread"] is True
    (rule,) = analyst.get(f"{company.base}/api/v1/alert-rules").get_json()["alert_rules"]
    assert (rule["kind"], rule["parameters"]["limit"], rule["enabled"]) == ("threshold", "1000", True)
    assert browse(None).get(f"{company.base}/api/v1/alerts").status_code == 401
