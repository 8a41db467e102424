"""Who may ask for what: every route × method × visitor, made from the map of addresses itself."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tallymark import jobs
from tallymark.app import create_app
from tallymark.imports.service import rejected_file
from tallymark.lake import Lake
from tallymark.web.access import UndeclaredAccess, access_of, check_declarations, public
from tallymark.web.settings import WebSettings
from tallymark_tenants.accounts import Role, can
from tallymark_tenants.db import Database
from tallymark_tenants.models import (
    Alert,
    AlertRule,
    Connection,
    Delivery,
    DeliveryChannel,
    Edition,
    Invitation,
    Kpi,
    KpiSet,
    OwnKpiRow,
    Recipient,
    Schedule,
    Scorecard,
    ScorecardAction,
    Sync,
    Wall,
)
from tallymark_tenants.targets import TargetValue, set_target

VISITORS = ["guest", "stranger", *Role]
# Arguments that name no object of a tenant.
PLAIN = {"tenant", "digest", "name", "digits", "token"}


@pytest.fixture(scope="module")
def table(settings, database) -> Flask:
    """The application without the CSRF check, which would answer before access is looked at."""
    app = create_app(settings, WebSettings(), database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def objects_of(database: Database, company, settings) -> dict[str, UUID]:
    """One object of the company for each argument an address can have."""
    with database.auth() as session:
        invitation = Invitation(
            tenant_id=company.profile.id,
            email=f"{uuid4().hex}@example.com",
            role="viewer",
            token_hash=uuid4().bytes,
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        session.add(invitation)
        session.flush()
        made = {"invitation_id": invitation.id, "user_id": company.users[Role.VIEWER]}
    with database.tenant(company.profile.id) as session:
        own = OwnKpiRow(
            key="own.half", name="Half", expression="revenue.bookings / 2", unit="money", better="higher"
        )
        session.add(own)
        session.flush()
        made["own_kpi_id"] = own.id
        connection, kpi_set = Connection(kind="file", name="Exports"), KpiSet(name="Sales")
        session.add_all([connection, kpi_set])
        session.flush()
        kpi = Kpi(kpi_set_id=kpi_set.id, metric_key="pipeline.stale_opportunities")
        session.add(kpi)
        session.flush()
        made["kpi_id"] = kpi.id
        sync = Sync(connection_id=connection.id, dataset="opportunities", status="done")
        scorecard = Scorecard(kpi_set_id=kpi_set.id, name="Monthly")
        session.add_all([sync, scorecard])
        session.flush()
        run_id = jobs.request(session, company.profile.id, "import", "k", "1", {})
        edition = Edition(
            run_id=run_id,
            scorecard_id=scorecard.id,
            period_start=date(2026, 10, 1),
            period_end=date(2026, 11, 1),
            grain="month",
            locale="en",
            document={},
            snapshots={},
        )
        action = ScorecardAction(scorecard_id=scorecard.id, text="Call them")
        session.add_all([edition, action])
        session.flush()
        wall = Wall(
            scorecard_id=scorecard.id,
            name="Office",
            locale="en",
            people="hidden",
            celebrate="off",
            stale_hours=26,
        )
        session.add(wall)
        session.flush()
        rule = AlertRule(
            name="Low", kind="threshold", metric_key="revenue.bookings",
            parameters={"of": "value", "side": "below", "limit": "1"},
        )  # fmt: skip
        session.add(rule)
        session.flush()
        alert = Alert(
            rule_id=rule.id, key="k", state="raised", metric_key="revenue.bookings", grain="month",
            period_start=date(2026, 10, 1), period_end=date(2026, 11, 1), due_at=datetime.now(UTC),
            words={"text": "Low", "values": {}},
        )  # fmt: skip
        session.add(alert)
        session.flush()
        made |= {"rule_id": rule.id, "alert_id": alert.id}
        target = TargetValue(
            metric="revenue.bookings", start=date(2026, 1, 1), end=date(2027, 1, 1), value=Decimal(1)
        )
        made |= {
            "target_id": set_target(session, target),
            "wall_id": wall.id,
            "connection_id": connection.id,
            "sync_id": sync.id,
            "scorecard_id": scorecard.id,
            "action_id": action.id,
            "run_id": run_id,
            "edition_id": edition.id,
        } | deliveries_of(session, scorecard.id)
    rejected = rejected_file(Lake(settings.lake_dir), company.profile.id, made["sync_id"])
    rejected.parent.mkdir(parents=True, exist_ok=True)
    rejected.write_text("line,column,value,reason\n")
    made["upload_id"] = uuid4()
    folder = settings.uploads_dir / str(company.profile.id) / str(made["upload_id"])
    folder.mkdir(parents=True)
    (folder / "file.csv").write_text("Id,Amount\n1,2\n")
    (folder / "facts.json").write_text('{"name": "deals.csv"}')
    return made


def deliveries_of(session: Session, scorecard_id: UUID) -> dict[str, UUID]:
    channel = DeliveryChannel(kind="slack", name="Sales", sealed=b"")
    schedule = Schedule(scorecard_id=scorecard_id, rule='{"every": "day", "at": "06:00"}', enabled=False)
    session.add_all([channel, schedule])
    session.flush()
    recipient = Recipient(schedule_id=schedule.id, kind="email", address="ann@example.com")
    session.add(recipient)
    session.flush()
    delivery = Delivery(
        schedule_id=schedule.id,
        recipient_id=recipient.id,
        occurrence="1",
        kind="email",
        address="ann@example.com",
        locale="en",
        grain="month",
        period_start=date(2026, 10, 1),
        period_end=date(2026, 11, 1),
        state="held",
    )
    session.add(delivery)
    session.flush()
    return {
        "channel_id": channel.id,
        "schedule_id": schedule.id,
        "recipient_id": recipient.id,
        "delivery_id": delivery.id,
    }


def calls(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def address(app: Flask, rule: Rule, slug: str, objects: dict[str, UUID]) -> str:
    values = {
        "tenant": slug,
        "digest": "0",
        "name": "css/base.css",
        "digits": "1e4fd6",
        "token": "no-such-token",
    } | objects
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, {k: values[k] for k in rule.arguments})


def expectation(app: Flask, rule: Rule, visitor: str) -> str:
    access = access_of(app.view_functions[rule.endpoint])
    assert access is not None
    if not access.signed_in:
        return "answered"
    if visitor == "guest":
        return "sign in"
    if access.permission is None:
        return "answered"
    if visitor == "stranger":
        return "not found"
    return "answered" if can(visitor, access.permission) else "forbidden"


def outcome(response) -> str:
    if response.status_code == 401 or (response.status_code == 302 and "/signin?next=" in response.location):
        return "sign in"
    return {403: "forbidden", 404: "not found"}.get(response.status_code, "answered")


def test_every_route_answers_each_visitor_as_declared(table, database, settings, make_company, browse):
    company, other = make_company(), make_company()
    missing = dict.fromkeys(objects_of(database, company, settings), uuid4())
    wrong = []
    for visitor in VISITORS:
        if visitor == "stranger":
            user = other.users[Role.OWNER]
        else:
            user = None if visitor == "guest" else company.users[visitor]
        for rule, method in calls(table):
            expected = expectation(table, rule, visitor)
            path = address(table, rule, company.profile.slug, missing)
            with browse(user, on=table).client.open(path, method=method) as response:
                got = outcome(response)
            # An allowed visitor who names an object that isn't there is told so.
            fits = got == expected or (
                expected == "answered" and got == "not found" and rule.arguments - {"tenant"}
            )
            if not fits or response.status_code >= 500:
                wrong.append((visitor, method, rule.rule, expected, response.status_code))
    assert wrong == []


def test_the_account_is_in_the_table(table):
    assert {("/account", "GET"), ("/account", "POST")} <= {
        (rule.rule, method) for rule, method in calls(table)
    }
    access = access_of(table.view_functions["account.show"])
    assert access is not None
    assert access.signed_in


def test_a_foreign_object_looks_like_one_that_never_existed(table, database, settings, make_company, browse):
    company, other = make_company(), make_company()
    foreign = objects_of(database, other, settings)
    own = objects_of(database, company, settings)
    checked = 0
    for rule, method in calls(table):
        named = rule.arguments - PLAIN
        if not named:
            continue
        assert named <= set(own), f"{rule.rule}: say in objects_of() how to make {named - set(own)}"
        browser = browse(company.users[Role.OWNER], on=table)
        answers = []
        for objects in (foreign, {name: uuid4() for name in foreign}):
            path = address(table, rule, company.profile.slug, objects)
            response = browser.client.open(
                path, method=method, data={"role": "viewer", "period": "2026-10-01"}
            )
            answers.append(
                (response.status_code, re.sub(r'value="[^"]+"', "", response.get_data(as_text=True)))
            )
        assert answers[0] == answers[1], rule.rule
        assert answers[0][0] == 404, (method, rule.rule)
        checked += 1
    assert checked >= 10


def test_the_objects_of_the_table_are_real(table, database, settings, company, browse):
    """Else the test above would find nothing because nothing is there."""
    own = objects_of(database, company, settings)
    for rule, method in calls(table):
        if (
            method == "GET"
            and rule.arguments - PLAIN
            and rule.endpoint
            not in (
                "scorecards.edition",  # an empty document
                "scorecards.pdf",  # no file
                *(f"scorecards.downloads.{form}" for form in ("xlsx", "csv", "json")),  # an empty document
                "scorecards.choose",  # without a choice
                "delivery.mail",  # without an edition
            )
        ):
            path = address(table, rule, company.profile.slug, own)
            with browse(company.users[Role.OWNER], on=table).get(path) as response:
                assert response.status_code in (200, 302), (rule.rule, response.status_code)


def test_posts_without_a_token_are_refused(app, database, settings, company, browse):
    own = objects_of(database, company, settings)
    for rule, method in calls(app):
        if method == "GET":
            continue
        browser = browse(company.users[Role.OWNER])
        response = browser.client.open(address(app, rule, company.profile.slug, own), method=method)
        # What a mail program posts has the proof in its address; this one proves nothing.
        expected = 404 if rule.endpoint == "delivery_links.stop" else 400
        assert response.status_code == expected, (method, rule.rule, response.status_code)


def test_a_route_without_a_declaration_stops_the_application(settings, database):
    app = create_app(settings, WebSettings(), database=database)
    app.add_url_rule("/forgotten", view_func=lambda: "hello", endpoint="forgotten")
    with pytest.raises(UndeclaredAccess, match="/forgotten"):
        check_declarations(app)
    assert app.test_client().get("/forgotten").status_code == 403


def test_a_tenants_route_must_name_a_permission(settings, database):
    app = create_app(settings, WebSettings(), database=database)

    @app.get("/t/<tenant>/careless")
    @public
    def careless() -> str:
        return "everybody's"

    with pytest.raises(UndeclaredAccess, match="careless"):
        check_declarations(app)
