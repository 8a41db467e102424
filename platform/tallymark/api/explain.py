"""Explanations: the rows behind a figure, and the arithmetic from them to it."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields, validate

from tallymark.api.blueprint import api
from tallymark.api.problems import Fault, Problem, ProblemReply
from tallymark.explain import NoCell, Question
from tallymark.explain.asked import Asked, basis_of
from tallymark.explain.asking import MOST_ON_A_PAGE, PAGE_SIZE
from tallymark.explain.exporting import csv_of
from tallymark.explain.service import explained
from tallymark.explain.told import as_object
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


class AskedExplanation(_Strict):
    """What is asked, in the address's query."""

    metric = fields.String(
        required=True, validate=validate.Length(1, _LONGEST), metadata={"example": "revenue.revenue"}
    )
    period = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST),
        metadata={"description": "as the company's calendar writes it", "example": "2026-09"},
    )
    part = fields.String(load_default="value", validate=validate.Length(1, _LONGEST))
    by = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    member = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    measure = fields.Integer(
        load_default=1,
        validate=validate.Range(1),
        metadata={"description": "the number of the measure whose rows are listed"},
    )
    which = fields.String(load_default="used", validate=validate.OneOf(["used", "left_out"]))
    page = fields.Integer(load_default=1, validate=validate.Range(1))
    page_size = fields.Integer(load_default=PAGE_SIZE, validate=validate.Range(1, MOST_ON_A_PAGE))
    edition = fields.UUID(
        load_default=None,
        metadata={"description": "a sealed edition, whose data holds; else the data of now"},
    )


class ExplainedPeriod(_Strict):
    """A half-open run of local days."""

    label = fields.String(required=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True)


class LeftOutRows(_Strict):
    """Rows that were meant but couldn't be used."""

    reason = fields.String(required=True)
    rows = fields.Integer(required=True)


class ArithmeticLine(_Strict):
    """A step of the arithmetic; `said` has the figures of the steps before it."""

    words = fields.String(required=True)
    said = fields.String(required=True)
    value = fields.Decimal(required=True, allow_none=True, as_string=True)
    reason = fields.String(required=True)
    period = fields.Nested(ExplainedPeriod, required=True)
    of_all_members = fields.Boolean(required=True)
    measure = fields.Integer(required=True)


class ExplainedMeasure(_Strict):
    """A measure with its figure; its rows are listed by its number."""

    number = fields.Integer(required=True)
    role = fields.String(required=True)
    words = fields.String(required=True)
    dataset = fields.String(required=True)
    kernel = fields.String(required=True)
    period = fields.Nested(ExplainedPeriod, required=True)
    is_of_another_period = fields.Boolean(required=True)
    of_all_members = fields.Boolean(required=True)
    value = fields.Decimal(required=True, allow_none=True, as_string=True)
    reason = fields.String(required=True)
    rows_used = fields.Integer(required=True)
    left_out = fields.List(fields.Nested(LeftOutRows), required=True)


class GivenRows(_Strict):
    """What a function in Python was given."""

    function = fields.String(required=True)
    dataset = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    rows = fields.Integer(required=True, allow_none=True)


class ListedRows(_Strict):
    """Which rows these are, and how many there are on all pages."""

    measure = fields.Integer(required=True)
    which = fields.String(required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    rows = fields.Integer(required=True)
    columns = fields.List(fields.String(), required=True)


class ConvertedAmount(_Strict):
    """An amount in another currency than the company's."""

    column = fields.String(required=True)
    currency = fields.String(required=True)
    amount = fields.Decimal(required=True, as_string=True)
    rate = fields.Decimal(required=True, allow_none=True, as_string=True)
    amount_base = fields.Decimal(required=True, allow_none=True, as_string=True)


class ExplainedRow(_Strict):
    """A row; `columns` are its own, decimals as text."""

    source_id = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True)
    day = fields.Date(required=True, allow_none=True)
    from_ = fields.Date(required=True, allow_none=True, data_key="from", attribute="from")
    until = fields.Date(required=True, allow_none=True, metadata={"description": "exclusive"})
    value = fields.Decimal(required=True, allow_none=True, as_string=True)
    split_from = fields.Decimal(required=True, allow_none=True, as_string=True)
    converted = fields.List(fields.Nested(ConvertedAmount), required=True)
    columns = fields.Dict(keys=fields.String(), required=True)
    others = fields.List(fields.String(), required=True)


class ToldExplanation(_Strict):
    """A figure, explained."""

    metric = fields.String(required=True)
    name = fields.String(required=True)
    part = fields.String(required=True)
    unit = fields.String(required=True)
    currency = fields.String(required=True)
    period = fields.Nested(ExplainedPeriod, required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    member_name = fields.String(required=True)
    value = fields.Decimal(required=True, allow_none=True, as_string=True)
    reason = fields.String(required=True, allow_none=True)
    rows_used = fields.Integer(required=True)
    left_out = fields.List(fields.Nested(LeftOutRows), required=True)
    pending = fields.Integer(required=True)
    formula = fields.String(required=True)
    arithmetic = fields.List(fields.Nested(ArithmeticLine), required=True)
    measures = fields.List(fields.Nested(ExplainedMeasure), required=True)
    given = fields.List(fields.Nested(GivenRows), required=True)
    listed = fields.Nested(ListedRows, required=True)
    rows = fields.List(fields.Nested(ExplainedRow), required=True)


@api.get("/explain")
@permits(Permission.READ)
def get_explanation() -> ResponseReturnValue:
    """A figure with one page of its rows."""
    asked = _asked()
    try:
        found = as_object(explained(asked))
    except TallymarkError as error:
        raise _refused(error) from error
    for row in found["rows"]:
        row["columns"] = {name: _plain(value) for name, value in row["columns"].items()}
    return jsonify(ToldExplanation().dump(found))


@api.get("/explain.csv")
@permits(Permission.READ)
def get_explained_rows() -> ResponseReturnValue:
    """All rows of the measure, as a table."""
    asked = _asked()
    try:
        return Response(csv_of(asked), mimetype="text/csv")
    except TallymarkError as error:
        raise _refused(error) from error


def _asked() -> Asked:
    question = Question(**AskedExplanation().load(request.args.to_dict()))
    try:
        return basis_of(scope().tenant(), Lake.of(app_settings()), here().profile, question)
    except (TallymarkError, CalendarError) as error:
        raise _refused(error) from error


def _refused(error: Exception) -> ProblemReply:
    if isinstance(error, NoCell):  # the same as for what is somebody else's
        return ProblemReply(Problem(status=404, detail="There is nothing at this address that you can see."))
    fault = Fault(field="", message=str(error))
    return ProblemReply(Problem(status=422, detail=str(error), faults=(fault,)))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else _as_text(value)


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else f"{value:f}"
