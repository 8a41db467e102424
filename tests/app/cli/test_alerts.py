"""Alerts from the command line: checked, tried, listed."""

import json
from datetime import UTC, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest

from tallymark.lake import Lake
from tallymark.settings import Settings
from tallymark_sdk.calendars import calendar
from tallymark_sdk.model import dataset
from tallymark_tenants.alerts import RuleValue, create_rule, list_rules, set_enabled

LAST_MONTH = calendar().step(calendar().period("month", datetime.now(UTC).date()), -1)


@pytest.fixture
def slug(tenant, database):
    """A tenant with a won deal of 400 last month, and a rule for less than 1,000."""
    moment = datetime.combine(LAST_MONTH.start, time(12), tzinfo=UTC)
    row = {"source_id": "crm", "id": "1", "status": "won", "amount": Decimal(400), "currency": "EUR",
           "closed_at": moment, "created_at": moment}  # fmt: skip
    with database.tenant(tenant.id) as session:
        batch = pa.RecordBatch.from_pylist([row], dataset("opportunities").import_schema)
        Lake(Settings.from_env().lake_dir).land(session, tenant, "opportunities", [batch])
        create_rule(
            session,
            RuleValue(
                name="Low", kind="threshold", metric="revenue.bookings", grain="month",
                parameters={"of": "value", "side": "below", "limit": "1000"},
            ),
        )  # fmt: skip
    return tenant.slug


def test_a_check_says_what_is_new_and_the_list_keeps_it(run, slug):
    assert run("alerts", "list", slug).output.strip() == "Nothing was found yet."
    tried = run("alerts", "check", slug, "--dry-run").output.strip()
    assert tried.startswith("Low: new alert: Sales bookings: €400 in ")
    assert run("alerts", "check", slug).output.strip() == tried
    assert "new" not in run("alerts", "check", slug).output
    (alert,) = json.loads(run("alerts", "list", slug, "--json").output)
    assert (alert["state"], alert["metric"]) == ("raised", "revenue.bookings")
    assert "raised: Sales bookings: €400" in run("alerts", "list", slug).output
    assert (
        run("alerts", "list", slug, "--rules").output.strip() == "Low: threshold of revenue.bookings, month"
    )


def test_without_a_rule_that_is_on_it_says_where_one_is_made(run, slug, tenant, database):
    with database.tenant(tenant.id) as session:
        set_enabled(session, list_rules(session)[0], enabled=False)
    assert run("alerts", "check", slug).output.strip() == "No rule is on; make one on the page Alerts."
    assert "(muted)" in run("alerts", "list", slug, "--rules").output
