"""From data that lands to what members are told: checked after facts, said once, held in quiet hours, sent once."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tallymark.alerts.asking import CHECK, SEND, request_check
from tallymark.alerts.checking import check_rules, load_grounds
from tallymark.alerts.delivering import deliver
from tallymark.delivery.channels import Outcome
from tallymark.imports.service import import_file
from tallymark.jobs import registry
from tallymark.jobs.entry import perform
from tallymark.jobs.handlers import MODULES
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark_connectors.csv_xlsx import mapping_from_toml
from tallymark_sdk.calendars import calendar
from tallymark_tenants.alerts import (
    RuleValue,
    alerts_of,
    create_rule,
    list_rules,
    mark_read,
    set_enabled,
    snooze,
    unread,
)
from tallymark_tenants.models import Membership, User

MAPPING = mapping_from_toml("""
dataset = "opportunities"
currency = "EUR"
[columns]
id = "Id"
amount = "Amount"
closed_at = "Closed"
status = { from = "Stage", values = { "*" = "open", Won = "won" } }
""")
LAST_MONTH = calendar().step(calendar().period("month", datetime.now(UTC).date()), -1)
UNDER_1000 = RuleValue(
    name="Bookings are low", kind="threshold", metric="revenue.bookings", grain="month",
    parameters={"of": "value", "side": "below", "limit": "1000"},
)  # fmt: skip


@dataclass
class Post:
    """What would have left, and what the other side says."""

    sent: list = field(default_factory=list)
    answers: list = field(default_factory=list)

    def send(self, message, channel):
        self.sent.append((message, channel))
        return Outcome(state=self.answers.pop(0) if self.answers else "sent")


@pytest.fixture
def lake(settings):
    return Lake(settings.lake_dir)


@pytest.fixture
def land(database, lake, tenant, tmp_path):
    """Import a file of one won deal of last month with this amount."""

    def import_one(amount):
        path = tmp_path / "deals.csv"
        path.write_text(f"Id,Amount,Closed,Stage\n1,{amount},{LAST_MONTH.start},Won\n", encoding="utf-8")
        import_file(database, lake, tenant, "opportunities", path, MAPPING)

    return import_one


@pytest.fixture
def rule(database, tenant):
    """Keep a rule; keyword arguments replace what it says."""

    def make(**changes):
        with database.tenant(tenant.id) as session:
            return create_rule(session, RuleValue(**{**UNDER_1000.__dict__, **changes})).id

    return make


@pytest.fixture
def member(database, tenant):
    """A member of the company with a language of their own."""

    def make(locale=None):
        with database.auth() as session:
            user = User(email=f"{uuid4().hex}@example.com", name="Reader", locale=locale)
            session.add(user)
            session.flush()
            session.add(Membership(tenant_id=tenant.id, user_id=user.id, role="viewer"))
            session.flush()
            return user.id

    return make


@pytest.fixture
def check(database, lake, tenant):
    """Check the rules at a moment."""

    def look(now=None, **options):
        with database.tenant(tenant.id) as session:
            grounds = load_grounds(session, lake, tenant)
            return check_rules(session, grounds, now=now or datetime.now(UTC), **options)

    return look


@pytest.fixture
def send(database, settings, tenant):
    """Send what is due at a moment."""

    def out(post, now=None):
        with database.tenant(tenant.id) as session:
            return deliver(
                session, settings, tenant, registry_of(session), post, now=now or datetime.now(UTC)
            )

    return out


def said(database, tenant):
    with database.tenant(tenant.id) as session:
        return [(each.state, each.value) for each in reversed(alerts_of(session))]


def runs_of(database, tenant, kind):
    with database.tenant(tenant.id) as session:
        query = "select id, status, result, fence from runs where kind = :kind order by id"
        return session.execute(text(query), {"kind": kind}).all()


def test_several_syncs_say_it_once_and_its_end_once(database, tenant, land, rule, check):
    rule()
    land(400)
    assert [check().recorded for _ in range(3)] == [1, 0, 0]
    land(500)
    assert check().recorded == 0
    land(1500)
    assert [check().recorded for _ in range(2)] == [1, 0]
    land(700)
    assert check().recorded == 1
    assert said(database, tenant) == [("raised", 400), ("recovered", 1500), ("raised", 700)]


def test_a_reminder_comes_when_it_was_asked_for(database, tenant, land, rule, check):
    rule(repeat_after_days=3)
    land(400)
    start = datetime.now(UTC)
    assert [check(start + timedelta(days=day)).recorded for day in range(5)] == [1, 0, 0, 1, 0]
    assert [state for state, _ in said(database, tenant)] == ["raised", "repeated"]


def test_muted_and_snoozed_rules_are_left_alone(database, tenant, land, rule, check):
    made = rule()
    land(400)
    with database.tenant(tenant.id) as session:
        (row,) = list_rules(session)
        snooze(session, row, datetime.now(UTC).date() + timedelta(days=2))
    assert [each.skipped for each in check().rules] == ["snoozed"]
    with database.tenant(tenant.id) as session:
        set_enabled(session, list_rules(session)[0], enabled=False)
    assert check().rules == ()
    with database.tenant(tenant.id) as session:
        set_enabled(session, list_rules(session)[0], enabled=True)
    assert check(only=made).recorded == 1


def test_a_rule_of_a_metric_that_is_gone_stops_no_other(database, tenant, land, rule, check):
    rule(metric="gone.metric", name="A")
    rule(name="B")
    land(400)
    found = check()
    assert [(each.skipped, len(each.recorded)) for each in found.rules] == [("metric", 0), ("", 1)]


def test_trying_records_nothing(database, tenant, land, rule, check):
    rule()
    land(400)
    assert check(record=False).recorded == 1
    assert said(database, tenant) == []


def test_landing_leads_to_a_check_after_the_facts_and_to_a_message(database, settings, tenant, land, rule):
    assert "tallymark.alerts.job" in MODULES
    registry.load(["tallymark.engine_jobs.job", "tallymark.alerts.job"])
    runtime = Runtime(settings=settings, open_database=lambda: database)
    rule()
    land(400)
    for kind, result in (("prepare_facts", "facts"), (CHECK, "alerts"), (SEND, "messages")):
        (run,) = runs_of(database, tenant, kind)
        perform(runtime, Lease(tenant_id=tenant.id, run_id=run.id, fence=run.fence))
        (run,) = runs_of(database, tenant, kind)
        assert run.status == "done", kind
        assert result in run.result
    assert said(database, tenant) == [("raised", 400)]
    with database.tenant(tenant.id) as session:
        assert alerts_of(session)[0].delivered_at is not None
        # The same data on the same day is one check.
        again = request_check(session, tenant.id)
    assert again == runs_of(database, tenant, CHECK)[0].id


def test_a_company_without_rules_is_not_checked(database, tenant, land):
    land(400)
    with database.tenant(tenant.id) as session:
        assert request_check(session, tenant.id) is None


def test_quiet_hours_hold_and_their_end_brings_one_message(database, tenant, land, rule, member, check, send):
    reader = str(member())
    quiet = {"quiet_from": "22:00", "quiet_until": "07:00", "recipients": (reader,)}
    rule(name="A", **quiet)
    rule(name="B", parameters={"of": "value", "side": "below", "limit": "900"}, **quiet)
    land(400)
    night = datetime.now(UTC).replace(hour=23, minute=0, second=0, microsecond=0)
    morning = datetime.combine(night.date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC).replace(
        hour=7
    )
    found = check(night)
    assert (found.recorded, list(found.due)) == (2, [morning])
    post = Post()
    assert send(post, night + timedelta(hours=7)).messages == 0
    assert send(post, morning).messages == 1
    assert send(post, morning + timedelta(hours=1)).messages == 0
    ((message, channel),) = post.sent
    assert message.subject == "2 alerts of Acme"
    assert len(message.lines) == 2
    assert channel.address.endswith("@example.com")


def test_each_reader_gets_it_in_their_own_language(database, tenant, land, rule, member, check, send):
    rule(recipients=(str(member("fa")), str(member())))
    land(400)
    check()
    post = Post()
    send(post)
    subjects = {message.locale: message.subject for message, _ in post.sent}
    assert set(subjects) == {"fa", "en"}
    assert "€400" in subjects["en"]
    assert "below €1.00K" in subjects["en"]
    assert "۴۰۰" in subjects["fa"]


def test_what_could_not_be_sent_is_tried_again_there_alone(database, tenant, land, rule, member, check, send):
    rule(recipients=(str(member()), str(member())))
    land(400)
    check()
    post = Post(answers=["sent", "later"])
    assert send(post).left == 1
    assert send(post).left == 0
    assert len(post.sent) == 3
    assert len({channel.address for _, channel in post.sent[1:]}) == 1
    assert send(post).messages == 0


def test_nobody_who_left_is_written_to(database, tenant, land, rule, check, send):
    rule(recipients=(str(uuid4()),), channels=(str(uuid4()),))
    land(400)
    check()
    post = Post()
    assert (send(post).messages, post.sent) == (0, [])
    with database.tenant(tenant.id) as session:
        assert alerts_of(session)[0].delivered_at is not None


def test_a_rule_that_was_muted_meanwhile_says_nothing_more(database, tenant, land, rule, member, check, send):
    rule(recipients=(str(member()),))
    land(400)
    check()
    with database.tenant(tenant.id) as session:
        set_enabled(session, list_rules(session)[0], enabled=False)
    post = Post()
    send(post)
    assert post.sent == []


def test_unread_is_counted_for_each_reader(database, tenant, land, rule, member, check):
    an, bo = member(), member()
    rule()
    land(400)
    check()
    with database.tenant(tenant.id) as session:
        assert (unread(session, an), unread(session, bo)) == (1, 1)
        mark_read(session, an)
        mark_read(session, an)
        assert (unread(session, an), unread(session, bo)) == (0, 1)


def test_an_alert_keeps_its_figure_and_what_it_was_held_against(database, tenant, land, rule, check):
    rule()
    land(400)
    check()
    with database.tenant(tenant.id) as session:
        (alert,) = alerts_of(session)
        (row,) = list_rules(session)
    assert (alert.value, alert.low, alert.high) == (Decimal(400), Decimal(1000), None)
    assert (alert.period_start, alert.period_end) == (LAST_MONTH.start, LAST_MONTH.end)
    assert row.result["so"] == 1
    assert isinstance(alert.period_start, date)


def test_the_end_of_quiet_hours_is_on_the_company_s_clock(database, lake, make_tenant, tmp_path):
    hanoi = make_tenant(currency="EUR", timezone="Asia/Ho_Chi_Minh")
    path = tmp_path / "deals.csv"
    path.write_text(f"Id,Amount,Closed,Stage\n1,5,{LAST_MONTH.start},Won\n", encoding="utf-8")
    import_file(database, lake, hanoi, "opportunities", path, MAPPING)
    with database.tenant(hanoi.id) as session:
        create_rule(
            session, RuleValue(**{**UNDER_1000.__dict__, "quiet_from": "22:00", "quiet_until": "07:00"})
        )
        # 18:00 UTC is 01:00 in Hanoi.
        now = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
        found = check_rules(session, load_grounds(session, lake, hanoi), now=now)
    (due,) = found.due
    assert due.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).hour == 7
    assert due - now == timedelta(hours=6)
