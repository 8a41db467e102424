"""Computed figures: any metric by any breakdown over any periods, as JSON or as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields, validate

from tallymark.api.blueprint import api
from tallymark.api.problems import Fault, Problem, ProblemReply
from tallymark.engine import Cell, compute
from tallymark.engine.labels import labels
from tallymark.explain.asked import basis_of
from tallymark.explain.asking import Question
from tallymark.lake import Lake
from tallymark.plugins.wording import Wording
from tallymark.scorecards.exports.cells import Members, cells_file, cells_json
from tallymark.scorecards.exports.files import MIME, Form
from tallymark.web.access import here, permits
from tallymark.web.localisation import texts
from tallymark.web.scope import app_settings, scope
from tallymark_sdk.calendars import CalendarError
from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.said import mark
from tallymark_tenants.accounts import Permission

_LONGEST = 200
_MOST_METRICS, _MOST_PERIODS, MOST_CELLS = 50, 120, 100_000
_TOO_MANY = mark("This is more than 100,000 figures; ask for fewer periods, metrics or breakdowns.")


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class AskedCells(_Strict):
    """What is asked, in the address's query."""

    metric = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST * 10),
        metadata={"description": "metric keys with commas between", "example": "revenue.revenue"},
    )
    first = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST),
        metadata={
            "description": "the first period as the company's calendar writes it",
            "example": "2026-01",
        },
    )
    periods = fields.Integer(load_default=1, validate=validate.Range(1, _MOST_PERIODS))
    by = fields.String(
        load_default="",
        validate=validate.Length(max=_LONGEST),
        metadata={
            "description": "breakdowns with commas between; the total is always given",
            "example": "rep",
        },
    )
    edition = fields.UUID(
        load_default=None,
        metadata={"description": "a sealed edition, whose data holds; else the data of now"},
    )


class ComputedCell(_Strict):
    """A figure; decimals are text, `period_end` is exclusive, the total has an empty dimension."""

    metric = fields.String(required=True)
    name = fields.String(required=True)
    part = fields.String(required=True)
    unit = fields.String(required=True)
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    member_name = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)
    numerator = fields.String(required=True, allow_none=True)
    denominator = fields.String(required=True, allow_none=True)
    rows = fields.Integer(required=True)
    pending = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ComputedCells(_Strict):
    """All of them."""

    currency = fields.String(required=True)
    cells = fields.List(fields.Nested(ComputedCell), required=True)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    cells: Sequence[Cell]
    wording: Wording
    members: Members


@api.get("/cells")
@permits(Permission.READ)
def get_cells() -> ResponseReturnValue:
    """The figures."""
    answer = _answer()
    told = cells_json(answer.cells, answer.wording, answer.members)
    return jsonify({"currency": here().profile.currency, "cells": told})


@api.get("/cells.xlsx")
@permits(Permission.READ)
def get_cells_workbook() -> Response:
    """The figures as a workbook."""
    return _file("xlsx")


@api.get("/cells.csv")
@permits(Permission.READ)
def get_cells_table() -> Response:
    """The figures as a table."""
    return _file("csv")


def _file(form: Form) -> Response:
    answer = _answer()
    content = cells_file(
        answer.cells, form, wording=answer.wording, members=answer.members, made=datetime.now(UTC)
    )
    response = Response(content, mimetype=MIME[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{here().profile.slug}-breakdown.{form}"'
    return response


def _answer() -> _Answer:
    given: dict[str, Any] = AskedCells().load(request.args.to_dict())
    keys = [key.strip() for key in given["metric"].split(",") if key.strip()]
    by = [name.strip() for name in given["by"].split(",") if name.strip()]
    if not 0 < len(keys) <= _MOST_METRICS:
        raise _refused(mark("Name one to fifty metrics, with commas between."))
    try:
        return _computed(keys, by, given)
    except (TallymarkError, CalendarError) as error:
        raise _refused(str(error)) from error


def _computed(keys: Sequence[str], by: Sequence[str], given: dict[str, Any]) -> _Answer:
    question = Question(metric=keys[0], period=given["first"], edition=given["edition"])
    basis = basis_of(scope().tenant(), Lake.of(app_settings()), here().profile, question).basis
    for key in keys:
        metric = basis.registry[key]
        for name in by:
            if name not in metric.by:
                raise _refused(
                    f'{metric.key} isn\'t broken down by "{name}". It is by {", ".join(metric.by)}.'
                )
    first = basis.comparison.calendar.parse(given["first"])
    cells = compute(
        basis.registry,
        keys,
        basis.comparison.calendar.range(first, given["periods"]),
        by,
        data=basis.data,
        calendar=basis.comparison.calendar,
        targets=basis.targets,
        as_of=basis.comparison.as_of,
        comparison=basis.comparison,
        attribution=basis.attribution,
    )
    if len(cells) > MOST_CELLS:
        raise _refused(_TOO_MANY)
    wording = Wording(basis.registry, texts().tag)
    return _Answer(cells=cells, wording=wording, members=labels(basis.data, by))


def _refused(sentence: str) -> ProblemReply:
    fault = Fault(field="", message=sentence)
    return ProblemReply(Problem(status=422, detail=sentence, faults=(fault,)))
