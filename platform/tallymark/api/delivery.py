"""Delivery: list schedules and messages, and send a schedule now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields, validate
from sqlalchemy import select

from tallymark.api.blueprint import api
from tallymark.api.problems import Problem, ProblemReply
from tallymark.delivery import service
from tallymark.delivery.kept import told
from tallymark.lake import Lake
from tallymark.web.access import here, permits
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Delivery, Schedule
from tallymark_tenants.models.delivery import DELIVERY_STATES

MOST = 200


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class ToldSchedule(_Strict):
    """A schedule."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    scorecard_id = fields.UUID(required=True)
    rule = fields.String(
        required=True, metadata={"example": '{"every": "month", "working_day": 1, "at": "06:00"}'}
    )
    covers = fields.String(required=True, validate=validate.OneOf(("complete", "running")))
    enabled = fields.Boolean(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    last_at = fields.AwareDateTime(required=True, allow_none=True)


class ToldSchedules(_Strict):
    """All of a company."""

    schedules = fields.List(fields.Nested(ToldSchedule), required=True)


class AskedDeliveries(_Strict):
    """Which messages."""

    schedule = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(DELIVERY_STATES))
    most = fields.Integer(load_default=50, validate=validate.Range(1, MOST))


class ToldDelivery(_Strict):
    """A message and what became of it."""

    id = fields.UUID(required=True)
    schedule_id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    kind = fields.String(required=True)
    address = fields.String(
        required=True, metadata={"description": "the e-mail address, or the channel's name"}
    )
    locale = fields.String(required=True)
    scope = fields.Dict(required=True)
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)
    edition_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(DELIVERY_STATES))
    attempts = fields.Integer(required=True)
    reason = fields.String(required=True, metadata={"description": "in English; empty where there is none"})
    response = fields.String(required=True, metadata={"description": "the other side's own words"})
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class ToldDeliveries(_Strict):
    """Messages, the newest first."""

    deliveries = fields.List(fields.Nested(ToldDelivery), required=True)


class Started(_Strict):
    """The messages that were written down; each is sent when its edition is made."""

    deliveries = fields.List(fields.UUID(), required=True)


@api.get("/schedules")
@permits(Permission.ANALYSE)
def list_schedules() -> ResponseReturnValue:
    """Every schedule of the company, by name."""
    listed = service.schedules(scope().tenant())
    return jsonify({"schedules": [ToldSchedule().dump(each) for each in listed]})


@api.get("/deliveries")
@permits(Permission.ANALYSE)
def list_deliveries() -> ResponseReturnValue:
    """The newest messages, of one schedule or in one state where that is asked for."""
    asked: dict[str, Any] = AskedDeliveries().load(request.args.to_dict())
    query = select(Delivery).order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(asked["most"])
    if asked["schedule"] is not None:
        query = query.where(Delivery.schedule_id == asked["schedule"])
    if asked["state"] is not None:
        query = query.where(Delivery.state == asked["state"])
    return jsonify({"deliveries": [_told(each) for each in scope().tenant().scalars(query)]})


@api.post("/schedules/<uuid:schedule_id>/run")
@permits(Permission.ANALYSE)
def run_schedule(schedule_id: UUID) -> ResponseReturnValue:
    """Send a schedule's scorecard once now, beside its own times."""
    session = scope().tenant()
    schedule: Schedule | None = service.find(session, schedule_id)
    if schedule is None:
        raise ProblemReply(Problem(status=404, detail="There is nothing at this address that you can see."))
    try:
        written = service.run_now(
            session, Lake.of(app_settings()), here().profile, schedule, datetime.now(UTC)
        )
    except service.DeliveryRefused as error:
        raise ProblemReply(Problem(status=409, detail=str(error))) from error
    return jsonify(Started().dump({"deliveries": written})), 202


def _told(delivery: Delivery) -> dict[str, Any]:
    plain = {name: getattr(delivery, name) for name in ToldDelivery().fields if name != "reason"}
    found: dict[str, Any] = ToldDelivery().dump(plain | {"reason": str(told(delivery.reason))})
    return found
