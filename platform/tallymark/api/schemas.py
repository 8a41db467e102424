"""What the interface takes and gives, and refuses: a field that a schema doesn't name is an error."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import RAISE, Schema, fields, validate

from tallymark_sdk.metric import Better, Unit
from tallymark_sdk.own.grammar import LONGEST
from tallymark_sdk.own.kpi import LONGEST_DESCRIPTION, LONGEST_KEY, LONGEST_NAME
from tallymark_tenants.own_kpis import StoredKpi

_UNITS = validate.OneOf(get_args(Unit))
_BETTER = validate.OneOf(get_args(Better))
_MOST_BREAKDOWNS = 50


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class ChangedKpi(_Strict):
    """What can be changed of an own KPI; every field is replaced."""

    name = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    description = fields.String(load_default="", validate=validate.Length(max=LONGEST_DESCRIPTION))
    expression = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST),
        metadata={"example": "revenue.bookings / pipeline.opportunities"},
    )
    unit = fields.String(
        load_default=None,
        allow_none=True,
        validate=_UNITS,
        metadata={"description": "null for what the formula gives"},
    )
    better = fields.String(load_default="higher", validate=_BETTER)
    breakdowns = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_KEY)),
        load_default=list,
        validate=validate.Length(max=_MOST_BREAKDOWNS),
        metadata={"description": "empty for all that the formula's metrics have in common"},
    )


class NewKpi(ChangedKpi):
    """An own KPI to keep."""

    key = fields.String(
        required=True, validate=validate.Length(1, LONGEST_KEY), metadata={"example": "own.deal_value"}
    )
    kpi_set_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "the one KPI set it is for; null for the whole company"},
    )


class DraftKpi(NewKpi):
    """An own KPI that is being written; only its formula is needed."""

    key = fields.String(load_default="", validate=validate.Length(max=LONGEST_KEY))
    name = fields.String(load_default="", validate=validate.Length(max=LONGEST_NAME))


class KeptKpi(NewKpi):
    """An own KPI as it is kept."""

    id = fields.UUID(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "raised when the number's meaning changes"}
    )
    changed_at = fields.AwareDateTime(required=True)


class KeptKpis(_Strict):
    """All of a company."""

    own_kpis = fields.List(fields.Nested(KeptKpi), required=True)


class Position(_Strict):
    """Which characters of a field: `at` counts from 0, `column` from 1."""

    at = fields.Integer(required=True)
    length = fields.Integer(required=True)
    column = fields.Integer(required=True)


class FaultOfField(_Strict):
    """One fault of what was sent."""

    field = fields.String(required=True)
    message = fields.String(required=True)
    position = fields.Nested(Position)
    suggestion = fields.String()


class ProblemObject(_Strict):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultOfField))


class InputMetric(_Strict):
    """A metric that a formula refers to."""

    key = fields.String(required=True)
    name = fields.String(required=True)


class CheckedKpi(_Strict):
    """What a draft would be."""

    good = fields.Boolean(required=True)
    unit = fields.String(required=True, allow_none=True)
    gives = fields.String(required=True, allow_none=True)
    formula = fields.String(required=True)
    words = fields.String(required=True)
    inputs = fields.List(fields.Nested(InputMetric), required=True)
    breakdowns = fields.List(fields.String(), required=True)
    errors = fields.List(fields.Nested(FaultOfField), required=True)


def as_json(stored: StoredKpi) -> dict[str, Any]:
    """An own KPI as the interface gives it."""
    kpi = stored.kpi
    told: dict[str, Any] = KeptKpi().dump(
        {
            "id": stored.id,
            "key": kpi.key,
            "name": kpi.name,
            "description": kpi.description,
            "expression": kpi.expression,
            "unit": kpi.unit,
            "better": kpi.better,
            "breakdowns": list(kpi.breakdowns),
            "kpi_set_id": stored.kpi_set_id,
            "version": kpi.version,
            "changed_at": stored.changed_at,
        }
    )
    return told
