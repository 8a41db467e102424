"""Errors as JSON problem objects (RFC 9457), each fault with its field, its place and a hint."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from marshmallow import ValidationError

from tallymark.web.localisation import gettext as _
from tallymark.web.localisation import say
from tallymark_sdk.own import WrongFormula, WrongKpi
from tallymark_sdk.said import mark

CHECKS = (
    *(mark("Missing data for required field."), mark("Unknown field."), mark("Field may not be null.")),
    *(
        mark("Not a valid string."),
        mark("Not a valid list."),
        mark("Not a valid boolean."),
        mark("Invalid value."),
    ),
    *(
        mark("Not a valid UUID."),
        mark("Not a valid integer."),
        mark("Not a valid number."),
        mark("Not a valid date."),
    ),
    *(
        mark("Invalid input type."),
        mark("Must be one of: %(choices)s."),
        mark("Shorter than minimum length %(min)s."),
    ),
    mark("Longer than maximum length %(max)s."),
)
"""What the schemas' library says itself."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault of the request's data.

    Attributes:
        field: where it is, such as "expression" or "breakdowns.0"; "" for the whole.
        at, length: which characters of the field; None where it has no place.
        suggestion: what was probably meant, "" where nothing is near.
    """

    field: str
    message: str
    at: int | None = None
    length: int | None = None
    suggestion: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fault as the interface writes it; `column` counts from 1, as people do."""
        told: dict[str, Any] = {"field": self.field, "message": say(self.message)}
        if self.at is not None:
            told["position"] = {"at": self.at, "length": self.length, "column": self.at + 1}
        if self.suggestion:
            told["suggestion"] = self.suggestion
        return told


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a request was refused."""

    status: int
    detail: str
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of_kpi(cls, error: WrongKpi) -> Problem:
        """A wrong definition."""
        return cls(status=422, detail=error.sentence(_), faults=(fault_of(error),))

    def as_json(self) -> dict[str, Any]:
        """The problem object, in the language of the request; the title names the status and is English."""
        told = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": say(self.detail),
        }
        return told | ({"errors": [fault.as_json() for fault in self.faults]} if self.faults else {})


class ProblemReply(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.detail)


def fault_of(error: WrongKpi) -> Fault:
    """What is wrong with a definition, and where."""
    at, length = (error.at, error.length) if isinstance(error, WrongFormula) else (None, None)
    return Fault(
        field=error.field, message=error.sentence(_), at=at, length=length, suggestion=error.suggestion
    )


def wrong_fields(error: ValidationError) -> Problem:
    """Data that doesn't fit the schema, one fault a field."""
    faults = tuple(_faults(error.normalized_messages(), ""))
    return Problem(status=422, detail="Some fields are missing, unknown or wrong.", faults=faults)


def problem_reply(problem: Problem) -> Response:
    """The HTTP answer."""
    response = jsonify(problem.as_json())
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    return response


def _faults(messages: Any, field: str) -> list[Fault]:
    if isinstance(messages, dict):
        found = []
        for name, below in messages.items():
            inner = "" if name == "_schema" else str(name)
            found += _faults(below, ".".join(part for part in (field, inner) if part))
        return found
    return [Fault(field=field, message=str(message)) for message in messages]
