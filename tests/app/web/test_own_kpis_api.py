"""The JSON interface of own KPIs: what it takes, gives and refuses, and to whom."""

from __future__ import annotations

import re
from functools import wraps
from uuid import uuid4

import pytest

from tallymark.api.openapi import description
from tallymark.app import create_app
from tallymark.web.settings import WebSettings
from tallymark.web.slices import TENANT
from tallymark_tenants.accounts import Role
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.own_kpis import list_own

GOOD = {
    "key": "own.per_deal",
    "name": "Value per deal",
    "expression": "revenue.bookings / pipeline.opportunities",
}


@pytest.fixture
def call(browse, company):
    """Ask the company's interface as one of its members, with the CSRF token of a page."""

    def ask(method: str, path: str, body: object = None, *, role: Role = Role.ANALYST, at=company, who=None):
        browser = browse(who or company.users[role])
        page = browser.get("/account").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        options = {} if body is None else {"json": body}
        return browser.client.open(
            f"{at.base}/api/v1/{path}", method=method, headers={"X-CSRFToken": token}, **options
        )

    return ask


def test_made_read_changed_and_removed(call):
    made = call("POST", "own-kpis", GOOD)
    assert made.status_code == 201
    kpi = made.json
    assert (kpi["key"], kpi["unit"], kpi["better"], kpi["version"]) == ("own.per_deal", "money", "higher", 1)
    assert made.headers["Location"].endswith(f"/own-kpis/{kpi['id']}")
    assert call("GET", f"own-kpis/{kpi['id']}").json == kpi
    assert call("GET", "own-kpis", role=Role.VIEWER).json == {"own_kpis": [kpi]}

    body = {"name": "All", "expression": "revenue.bookings * 2", "better": "neutral", "breakdowns": ["rep"]}
    changed = call("PUT", f"own-kpis/{kpi['id']}", body)
    assert changed.status_code == 200
    assert changed.json.items() >= (body | {"version": 2, "key": "own.per_deal"}).items()

    gone = call("DELETE", f"own-kpis/{kpi['id']}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert call("GET", "own-kpis").json == {"own_kpis": []}


def test_a_fault_has_its_field_place_and_hint(call):
    answer = call("POST", "own-kpis", GOOD | {"expression": "revenue.bookngs / 2"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    message = 'There is no metric "revenue.bookngs". Did you mean "revenue.bookings"?'
    assert answer.json == {
        "type": "about:blank",
        "title": answer.json["title"],
        "status": 422,
        "detail": message,
        "errors": [
            {
                "field": "expression",
                "message": message,
                "position": {"at": 0, "length": 15, "column": 1},
                "suggestion": "revenue.bookings",
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (GOOD | {"colour": "red"}, "colour"),
        (GOOD | {"version": 7}, "version"),
        ({"key": "own.x"}, "expression"),
        (GOOD | {"unit": "euro"}, "unit"),
        (GOOD | {"breakdowns": ["rep", 7]}, "breakdowns.1"),
        (GOOD | {"breakdowns": ["stage"]}, "breakdowns"),
        (GOOD | {"kpi_set_id": "x"}, "kpi_set_id"),
        (GOOD | {"key": "revenue.x"}, "key"),
        (GOOD | {"unit": "days"}, "unit"),
        (GOOD | {"name": "a\0b"}, "name"),
        (GOOD | {"name": "\ud800"}, "name"),
        (GOOD | {"expression": "x" * 1001}, "expression"),
        (GOOD | {"expression": "revenue.bookings \0"}, "expression"),
    ],
)
def test_wrong_data_is_refused_by_field(call, database, company, body, field):
    answer = call("POST", "own-kpis", body)
    assert answer.status_code == 422, answer.text
    assert field in [each["field"] for each in answer.json["errors"]]
    with database.tenant(company.profile.id) as session:
        assert list_own(session) == []


@pytest.mark.parametrize("body", [[], "x", 3])
def test_the_body_is_one_object(call, body):
    answer = call("POST", "own-kpis", body)
    assert (answer.status_code, answer.json["detail"]) == (422, "Send one JSON object.")


def test_a_body_that_is_no_json(call, browse, company):
    assert call("POST", "own-kpis").status_code == 415
    browser = browse(company.users[Role.ANALYST])
    answer = browser.client.post(f"{company.base}/api/v1/own-kpis", data="{", content_type="application/json")
    assert answer.status_code == 400, "no CSRF token"
    assert answer.content_type == "application/problem+json"


def test_what_can_not_be_done_now_is_a_conflict(call, database, company):
    first = call("POST", "own-kpis", GOOD).json
    again = call("POST", "own-kpis", GOOD)
    assert (again.status_code, again.json["detail"]) == (
        409,
        "There is a KPI with the key own.per_deal already; choose another.",
    )
    with database.tenant(company.profile.id) as session:
        create_set(session, "Board", ["own.per_deal"])
    kept = call("DELETE", f"own-kpis/{first['id']}")
    assert kept.status_code == 409
    assert 'the KPI set "Board"' in kept.json["detail"]
    assert call("POST", "own-kpis", GOOD | {"key": "own.y", "kpi_set_id": str(uuid4())}).status_code == 409


def test_a_draft_is_explained_and_not_kept(call, database, company):
    told = call("POST", "own-kpis/check", {"expression": "revenue.bookings/pipeline.opportunities"})
    assert told.status_code == 200
    assert told.json["good"] is True
    assert (told.json["unit"], told.json["gives"], told.json["errors"]) == ("money", "money", [])
    assert told.json["formula"] == "revenue.bookings / pipeline.opportunities"
    assert "÷" in told.json["words"]
    assert [each["key"] for each in told.json["inputs"]] == ["pipeline.opportunities", "revenue.bookings"]
    assert "rep" in told.json["breakdowns"]

    told = call("POST", "own-kpis/check", {"expression": "revenue.bookings + pipeline.opportunities"}).json
    assert told["good"] is False
    assert told["errors"][0]["message"] == "Money and a count can't be added or subtracted."
    assert told["errors"][0]["position"] == {"at": 0, "length": 41, "column": 1}

    told = call("POST", "own-kpis/check", {"expression": "revenue.bookings", "unit": "count"}).json
    assert (told["good"], told["errors"][0]["field"], told["gives"]) == (False, "unit", "money")
    with database.tenant(company.profile.id) as session:
        assert list_own(session) == []


def test_who_may_what(call, browse, company):
    assert call("POST", "own-kpis", GOOD, role=Role.VIEWER).status_code == 403
    assert call("POST", "own-kpis/check", {"expression": "1"}, role=Role.VIEWER).status_code == 403
    for role in (Role.ANALYST, Role.ADMIN, Role.OWNER):
        assert call("POST", "own-kpis", GOOD | {"key": f"own.{role}"}, role=role).status_code == 201
    guest = browse().get(f"{company.base}/api/v1/own-kpis")
    assert (guest.status_code, guest.json["detail"]) == (401, "Sign in first.")


def test_another_companys_is_the_same_404_as_none(call, company, make_company):
    kpi = call("POST", "own-kpis", GOOD).json
    other = make_company()
    owner = other.users[Role.OWNER]
    for method, body in (("GET", None), ("PUT", GOOD), ("DELETE", None)):
        answers = [
            call(method, f"own-kpis/{which}", body, at=other, who=owner) for which in (kpi["id"], uuid4())
        ]
        assert {answer.status_code for answer in answers} == {404}, method
        assert answers[0].json == answers[1].json
    assert call("GET", "own-kpis", at=company, who=owner).status_code == 404
    assert call("GET", f"own-kpis/{kpi['id']}").status_code == 200


def test_every_route_is_described_and_every_description_a_route(app, call):
    document = call("GET", "openapi.json", role=Role.VIEWER).json
    assert document == description()
    assert document["openapi"] == "3.1.0"
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    routes = {
        (re.sub(r"<(?:uuid:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{TENANT}/api/v1/") and not rule.rule.endswith("/openapi.json")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routes
    assert document["components"]["schemas"]["NewKpi"]["additionalProperties"] is False


def test_a_fault_of_ours_is_a_problem_object_too(settings, database, browse, company):
    app = create_app(settings, WebSettings(), database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    view = app.view_functions["api.list_own_kpis"]

    @wraps(view)  # which carries the declared access over
    def failing():
        raise RuntimeError("out of ideas")

    app.view_functions["api.list_own_kpis"] = failing
    answer = browse(company.users[Role.OWNER], on=app).get(f"{company.base}/api/v1/own-kpis")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "report the number" in answer.json["detail"]
    assert "out of ideas" not in answer.text
