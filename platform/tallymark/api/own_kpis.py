"""Own KPIs: list, read, create, change, remove, and check a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema

from tallymark.api.blueprint import api
from tallymark.api.problems import Problem, ProblemReply, fault_of
from tallymark.api.schemas import ChangedKpi, DraftKpi, NewKpi, as_json
from tallymark.own_kpis import Checked, check, named_quantity
from tallymark.own_kpis.check import DRAFT_KEY
from tallymark.plugins.registry import registry
from tallymark.web.access import here, permits
from tallymark.web.scope import scope
from tallymark_sdk.own import OwnKpi
from tallymark_tenants import own_kpis as kept
from tallymark_tenants.accounts import Permission


@api.get("/own-kpis")
@permits(Permission.READ)
def list_own_kpis() -> ResponseReturnValue:
    """Every own KPI of the company, by key."""
    return jsonify({"own_kpis": [as_json(each) for each in kept.list_own(scope().tenant())]})


@api.get("/own-kpis/<uuid:own_kpi_id>")
@permits(Permission.READ)
def get_own_kpi(own_kpi_id: UUID) -> ResponseReturnValue:
    """One own KPI."""
    return jsonify(as_json(kept.find(scope().tenant(), own_kpi_id)))


@api.post("/own-kpis")
@permits(Permission.ANALYSE)
def create_own_kpi() -> ResponseReturnValue:
    """Keep a new one; without a unit it has the one that its formula gives."""
    given = _read(NewKpi())
    kpi_set_id = given.pop("kpi_set_id")
    kpi = _with_unit(given, within="" if kpi_set_id is None else str(kpi_set_id))
    made = kept.create(scope().tenant(), kpi, registry().metrics, kpi_set_id=kpi_set_id)
    response = jsonify(as_json(made))
    response.status_code = 201
    response.headers["Location"] = url_for("api.get_own_kpi", own_kpi_id=made.id)
    return response


@api.put("/own-kpis/<uuid:own_kpi_id>")
@permits(Permission.ANALYSE)
def change_own_kpi(own_kpi_id: UUID) -> ResponseReturnValue:
    """Change all of it but its key and KPI set."""
    session = scope().tenant()
    old = kept.find(session, own_kpi_id).kpi
    kpi = _with_unit(_read(ChangedKpi()) | {"key": old.key}, within=old.within)
    return jsonify(as_json(kept.change(session, own_kpi_id, kpi, registry().metrics)))


@api.delete("/own-kpis/<uuid:own_kpi_id>")
@permits(Permission.ANALYSE)
def remove_own_kpi(own_kpi_id: UUID) -> ResponseReturnValue:
    """Remove it, unless another KPI or a KPI set uses it."""
    kept.remove(scope().tenant(), own_kpi_id)
    return Response(status=204)


@api.post("/own-kpis/check")
@permits(Permission.ANALYSE)
def check_own_kpi() -> ResponseReturnValue:
    """What a draft would be: its unit, its formula in words, and what is wrong with it. Nothing is kept."""
    given = _read(DraftKpi())
    kpi_set_id = given.pop("kpi_set_id")
    given["key"] = given["key"] or DRAFT_KEY
    given["name"] = given["name"] or given["key"]
    checked = _checked(given, within="" if kpi_set_id is None else str(kpi_set_id))
    return jsonify(_told(checked))


def _read(schema: Schema) -> dict[str, Any]:
    data = request.get_json()
    if not isinstance(data, dict):
        raise ProblemReply(Problem(status=422, detail="Send one JSON object."))
    given: dict[str, Any] = schema.load(data)
    return given


def _checked(given: dict[str, Any], *, within: str) -> Checked:
    unit = given["unit"]
    # Where no unit is given, any stands in until the formula was read.
    kpi = OwnKpi(
        **{**given, "unit": unit or "index", "breakdowns": tuple(given["breakdowns"])}, within=within
    )
    return check(scope().tenant(), kpi, here().profile.locale, unit=unit)


def _with_unit(given: dict[str, Any], *, within: str) -> OwnKpi:
    checked = _checked(given, within=within)
    if checked.problem is not None:
        raise checked.problem
    return checked.kpi


def _told(checked: Checked) -> dict[str, Any]:
    problem = checked.problem
    return {
        "good": checked.is_good,
        "unit": checked.kpi.unit if checked.quantity is not None else None,
        "gives": None if checked.quantity is None else named_quantity(checked.quantity),
        "formula": checked.text,
        "words": checked.words,
        "inputs": [{"key": key, "name": name} for key, name in checked.inputs],
        "breakdowns": list(checked.by),
        "errors": [] if problem is None else [fault_of(problem).as_json()],
    }
