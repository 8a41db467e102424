"""Variance bridges: why a KPI changed between two periods."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields, validate

from tallymark.api.blueprint import api
from tallymark.api.problems import Fault, Problem, ProblemReply
from tallymark.bridge import Question, bridge
from tallymark.bridge.asking import NEWEST, PREVIOUS, against
from tallymark.bridge.told import as_object
from tallymark.lake import Lake
from tallymark.web.access import here, permits
from tallymark.web.scope import app_settings, scope
from tallymark_sdk.calendars import CalendarError
from tallymark_sdk.errors import TallymarkError
from tallymark_tenants.accounts import Permission

_LONGEST = 200


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class AskedBridge(_Strict):
    """What is asked, in the address's query."""

    metric = fields.String(
        required=True, validate=validate.Length(1, _LONGEST), metadata={"example": "revenue.revenue"}
    )
    to = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST),
        metadata={
            "description": "the later period, as the company's calendar writes it",
            "example": "2026-10",
        },
    )
    from_ = fields.String(
        data_key="from",
        load_default=PREVIOUS,
        validate=validate.Length(1, _LONGEST),
        metadata={"description": 'the earlier period, "previous" or "year-before"'},
    )
    by = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    member = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    mix = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST),
        metadata={"description": "the breakdown whose members are the segments; empty for a single one"},
    )
    against = fields.String(
        load_default=NEWEST,
        validate=validate.Length(max=_LONGEST),
        metadata={"description": 'an edition\'s id, a day, "newest" or "none"'},
    )


class BridgePeriod(_Strict):
    """A half-open run of local days."""

    label = fields.String(required=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True)


class BridgeTerm(_Strict):
    """One term; decimals are text, and sum to the change as they are written."""

    key = fields.String(required=True)
    value = fields.Decimal(required=True, as_string=True)
    note = fields.String(required=True)


class BridgeCause(_Strict):
    """A part of the restatement."""

    cause = fields.String(required=True)
    rows = fields.Integer(required=True)
    value = fields.Decimal(required=True, as_string=True)


class BridgeSegment(_Strict):
    """What one segment, in one currency where it is money, adds to each term."""

    segment = fields.String(required=True)
    currency_code = fields.String()
    volume = fields.Decimal(as_string=True)
    mix = fields.Decimal(as_string=True)
    price = fields.Decimal(as_string=True)
    without_quantity = fields.Decimal(as_string=True)
    currency = fields.Decimal(as_string=True)
    rate = fields.Decimal(as_string=True)
    without_base = fields.Decimal(as_string=True)


class ToldBridge(_Strict):
    """A bridge."""

    metric = fields.String(required=True)
    unit = fields.String(required=True)
    earlier = fields.Nested(BridgePeriod, required=True)
    later = fields.Nested(BridgePeriod, required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    mix = fields.String(required=True)
    counted = fields.String(required=True)
    known_at = fields.AwareDateTime(required=True, allow_none=True)
    edition_id = fields.UUID(required=True, allow_none=True)
    start = fields.Decimal(required=True, as_string=True)
    terms = fields.List(fields.Nested(BridgeTerm), required=True)
    end = fields.Decimal(required=True, as_string=True)
    change = fields.Decimal(required=True, as_string=True)
    restated = fields.List(fields.Nested(BridgeCause), required=True)
    segments = fields.List(fields.Nested(BridgeSegment), required=True)
    notes = fields.List(fields.String(), required=True)


@api.get("/bridge")
@permits(Permission.READ)
def get_bridge() -> ResponseReturnValue:
    """The change of a KPI, split."""
    given: dict[str, Any] = AskedBridge().load(request.args.to_dict())
    try:
        question = Question(**{**given, "against": against(given["against"])})
        found = bridge(scope().tenant(), Lake.of(app_settings()), here().profile, question)
    except (TallymarkError, CalendarError) as error:
        fault = Fault(field="", message=str(error))
        raise ProblemReply(Problem(status=422, detail=str(error), faults=(fault,))) from error
    return jsonify(ToldBridge().dump(as_object(found)))
