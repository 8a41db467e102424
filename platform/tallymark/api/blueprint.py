"""The blueprint that all resources of the interface add their routes to, and its answers to errors."""

import logging
from uuid import uuid4

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from tallymark.api.problems import Problem, ProblemReply, problem_reply, wrong_fields
from tallymark.web.access import API
from tallymark.web.logged import rule_asked
from tallymark_sdk.own import WrongKpi
from tallymark_sdk.said import mark
from tallymark_tenants.own_kpis import OwnKpiRefused, OwnKpiUnknown

log = logging.getLogger(__name__)

api = Blueprint(API, __name__)


@api.errorhandler(HTTPException)
def _http(error: HTTPException) -> ResponseReturnValue:
    """Any refusal of the application itself: not signed in, no CSRF token, not allowed, not there."""
    if error.response is not None:
        return error.response
    return problem_reply(Problem(status=error.code or 500, detail=_ADVICE.get(error.code or 500, "")))


@api.errorhandler(ValidationError)
def _invalid(error: ValidationError) -> ResponseReturnValue:
    return problem_reply(wrong_fields(error))


@api.errorhandler(WrongKpi)
def _wrong(error: WrongKpi) -> ResponseReturnValue:
    return problem_reply(Problem.of_kpi(error))


@api.errorhandler(OwnKpiUnknown)
def _unknown(_error: OwnKpiUnknown) -> ResponseReturnValue:
    return problem_reply(Problem(status=404, detail=_ADVICE[404]))


@api.errorhandler(OwnKpiRefused)
def _refused(error: OwnKpiRefused) -> ResponseReturnValue:
    return problem_reply(Problem(status=409, detail=str(error)))


@api.errorhandler(ProblemReply)
def _told(error: ProblemReply) -> ResponseReturnValue:
    return problem_reply(error.problem)


@api.errorhandler(Exception)
def _unexpected(error: Exception) -> ResponseReturnValue:
    error_id = uuid4().hex[:12]
    log.error("error %s at %s %s", error_id, request.method, rule_asked(), exc_info=error)
    return problem_reply(
        Problem(status=500, detail=f"Something went wrong on our side; report the number {error_id}.")
    )


_ADVICE = {
    400: mark("The request was not understood, or its X-CSRFToken header is missing."),
    401: mark("Sign in first."),
    403: mark("Your role in this company doesn't allow this."),
    404: mark("There is nothing at this address that you can see."),
    405: mark("This method isn't allowed here."),
    415: mark("Send JSON, with the header Content-Type: application/json."),
}
