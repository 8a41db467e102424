"""The interface's description, in OpenAPI 3.1, made from its schemas."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import jsonify
from flask.typing import ResponseReturnValue

from tallymark.api.alerts import AskedAlerts, ToldAlerts, ToldRules
from tallymark.api.blueprint import api
from tallymark.api.bridge import AskedBridge, ToldBridge
from tallymark.api.cells import AskedCells, ComputedCells
from tallymark.api.delivery import AskedDeliveries, Started, ToldDeliveries, ToldSchedules
from tallymark.api.editions import EditionVerification, ListedEdition
from tallymark.api.explain import AskedExplanation, ToldExplanation
from tallymark.api.schemas import (
    ChangedKpi,
    CheckedKpi,
    DraftKpi,
    KeptKpi,
    KeptKpis,
    NewKpi,
    ProblemObject,
)
from tallymark.scorecards.exports.xlsx import XLSX
from tallymark.web.access import permits
from tallymark_tenants.accounts import Permission

_BASE = "/t/{tenant}/api/v1/own-kpis"
_TENANT = {"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}
_ID = {"name": "own_kpi_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_EDITION = {
    "name": "edition_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}
_REFUSALS = {
    400: "The CSRF token is missing, or the body is no JSON.",
    401: "Nobody is signed in.",
    403: "The role doesn't allow it.",
    404: "There is no such company or KPI that the user can see.",
    409: "The key is taken, or the KPI is in use.",
    415: "The body is not declared as JSON.",
    422: "The data is wrong; `errors` says where.",
}


@api.get("/openapi.json")
@permits(Permission.READ)
def openapi() -> ResponseReturnValue:
    """The description of this interface."""
    return jsonify(description())


@cache
def description() -> dict[str, Any]:
    """The whole document."""
    spec = APISpec(
        title="Tallymark",
        version=version("tallymark"),
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name_of)],
        info={"description": "JSON for programs. Errors are problem objects (RFC 9457)."},
    )
    spec.components.security_scheme(
        "session",
        {
            "type": "apiKey",
            "in": "cookie",
            "name": "tallymark",
            "description": "The cookie of a signed-in browser (__Host-tallymark over HTTPS). Requests that change "
            "something also carry the page's CSRF token in the header X-CSRFToken.",
        },
    )
    spec.path(
        _BASE,
        parameters=[_TENANT],
        operations={
            "get": _operation("List the company's own KPIs", (200, KeptKpis), refused=(401, 404)),
            "post": _operation(
                "Create an own KPI", (201, KeptKpi), NewKpi, refused=(400, 401, 403, 404, 409, 415, 422)
            ),
        },
    )
    spec.path(
        f"{_BASE}/{{own_kpi_id}}",
        parameters=[_TENANT, _ID],
        operations={
            "get": _operation("Read an own KPI", (200, KeptKpi), refused=(401, 404)),
            "put": _operation(
                "Change an own KPI", (200, KeptKpi), ChangedKpi, refused=(400, 401, 403, 404, 409, 415, 422)
            ),
            "delete": _operation("Remove an own KPI", (204, None), refused=(400, 401, 403, 404, 409)),
        },
    )
    spec.path(
        f"{_BASE}/check",
        parameters=[_TENANT],
        operations={
            "post": _operation(
                "Check a draft without keeping it",
                (200, CheckedKpi),
                DraftKpi,
                refused=(400, 401, 403, 404, 415, 422),
            )
        },
    )
    spec.path(
        "/t/{tenant}/api/v1/bridge",
        parameters=[_TENANT],
        operations={
            "get": _operation(
                "Split why a KPI changed between two periods", (200, ToldBridge), refused=(401, 404, 422)
            )
            | {"parameters": [{"in": "query", "schema": AskedBridge}]}
        },
    )
    spec.path(
        "/t/{tenant}/api/v1/alerts",
        parameters=[_TENANT],
        operations={
            "get": _operation("List the newest alerts", (200, ToldAlerts), refused=(401, 404, 422))
            | {"parameters": [{"in": "query", "schema": AskedAlerts}]}
        },
    )
    spec.path(
        "/t/{tenant}/api/v1/alert-rules",
        parameters=[_TENANT],
        operations={"get": _operation("List the rules of alerts", (200, ToldRules), refused=(401, 404))},
    )
    spec.path(
        "/t/{tenant}/api/v1/explain",
        parameters=[_TENANT],
        operations={
            "get": _operation(
                "Explain a figure down to its rows", (200, ToldExplanation), refused=(401, 404, 422)
            )
            | {"parameters": [{"in": "query", "schema": AskedExplanation}]}
        },
    )
    spec.path(
        "/t/{tenant}/api/v1/explain.csv",
        parameters=[_TENANT],
        operations={"get": _rows_as_csv()},
    )
    spec.path(
        "/t/{tenant}/api/v1/editions",
        parameters=[_TENANT],
        operations={"get": _operation("List editions", (200, ListedEdition(many=True)), refused=(401, 404))},
    )
    spec.path(
        "/t/{tenant}/api/v1/editions/{edition_id}/verification",
        parameters=[_TENANT, _EDITION],
        operations={
            "get": _operation(
                "Compute an edition again and compare it with its seal",
                (200, EditionVerification),
                refused=(401, 403, 404),
            )
        },
    )
    _describe_cells(spec)
    _delivery(spec)
    document: dict[str, Any] = spec.to_dict()
    return document


def _describe_cells(spec: APISpec) -> None:
    asked = {"parameters": [{"in": "query", "schema": AskedCells}]}
    told = _operation(
        "Compute metrics by breakdowns over periods", (200, ComputedCells), refused=(401, 404, 422)
    )
    spec.path("/t/{tenant}/api/v1/cells", parameters=[_TENANT], operations={"get": told | asked})
    for form, mime in (("xlsx", XLSX), ("csv", "text/csv")):
        summary = f"The same figures as a file ({form})"
        given = _operation(summary, (200, None), refused=(401, 404, 422))
        content = {"type": "string", "format": "binary"} if form == "xlsx" else {"type": "string"}
        given["responses"]["200"]["content"] = {mime: {"schema": content}}
        spec.path(
            f"/t/{{tenant}}/api/v1/cells.{form}", parameters=[_TENANT], operations={"get": given | asked}
        )


def _rows_as_csv() -> dict[str, Any]:
    told = _operation("All rows of a figure's measure, as CSV", (200, None), refused=(401, 404, 422))
    told["responses"]["200"]["content"] = {"text/csv": {"schema": {"type": "string"}}}
    return told | {"parameters": [{"in": "query", "schema": AskedExplanation}]}


def _operation(
    summary: str, answer: tuple[int, Any], taken: Any = None, *, refused: tuple[int, ...]
) -> dict[str, Any]:
    status, given = answer
    replies: dict[str, Any] = {
        str(code): {
            "description": _REFUSALS[code],
            "content": {"application/problem+json": {"schema": ProblemObject}},
        }
        for code in refused
    }
    replies[str(status)] = {"description": summary} | (
        {} if given is None else {"content": {"application/json": {"schema": given}}}
    )
    body = {"required": True, "content": {"application/json": {"schema": taken}}}
    operation = {"summary": summary, "security": [{"session": []}], "responses": replies}
    return operation | ({} if taken is None else {"requestBody": body})


def _name_of(schema: Any) -> str:
    name: str = (schema if isinstance(schema, type) else type(schema)).__name__
    return name


def _delivery(spec: APISpec) -> None:
    schedule = {
        "name": "schedule_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
    spec.path(
        "/t/{tenant}/api/v1/schedules",
        parameters=[_TENANT],
        operations={"get": _operation("List the schedules", (200, ToldSchedules), refused=(401, 403, 404))},
    )
    spec.path(
        "/t/{tenant}/api/v1/deliveries",
        parameters=[_TENANT],
        operations={
            "get": _operation(
                "List messages and what became of them", (200, ToldDeliveries), refused=(401, 403, 404, 422)
            )
            | {"parameters": [{"in": "query", "schema": AskedDeliveries}]}
        },
    )
    spec.path(
        "/t/{tenant}/api/v1/schedules/{schedule_id}/run",
        parameters=[_TENANT, schedule],
        operations={
            "post": _operation(
                "Send a schedule's scorecard now", (202, Started), refused=(400, 401, 403, 404, 409)
            )
        },
    )
