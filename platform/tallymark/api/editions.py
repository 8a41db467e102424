"""Sealed editions: which there are, and whether they still hold."""

from __future__ import annotations

from uuid import UUID

from flask import abort, jsonify
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields

from tallymark.api.blueprint import api
from tallymark.lake import Lake
from tallymark.scorecards.seal import listing
from tallymark.scorecards.seal.verifying import verify
from tallymark.web.access import permits
from tallymark.web.scope import app_settings, scope
from tallymark_tenants.accounts import Permission


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class ListedEdition(_Strict):
    """An edition; `seal` is the beginning of its seal's hash, empty where it isn't sealed."""

    id = fields.UUID(required=True)
    scorecard = fields.String(required=True)
    grain = fields.String(required=True)
    start = fields.Date(required=True)
    end = fields.Date(required=True)
    locale = fields.String(required=True)
    dimension = fields.String(required=True, attribute="scope.dimension")
    member = fields.String(required=True, attribute="scope.member")
    made_at = fields.AwareDateTime(required=True)
    seal = fields.String(required=True)


class DifferingFigure(_Strict):
    """A figure that comes to another value than was sealed; exact decimals as text."""

    metric = fields.String(required=True)
    part = fields.String(required=True)
    period_start = fields.String(required=True)
    period_end = fields.String(required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    was = fields.String(required=True, allow_none=True)
    now = fields.String(required=True, allow_none=True)


class ChangedPlace(_Strict):
    """A place of the document that is composed otherwise now."""

    place = fields.String(required=True)
    was = fields.String(required=True)
    now = fields.String(required=True)


class EditionVerification(_Strict):
    """What verifying an edition found."""

    edition_id = fields.UUID(required=True)
    sealed_at = fields.AwareDateTime(required=True)
    seal = fields.String(required=True)
    verdict = fields.String(
        required=True,
        metadata={"description": "verified, partly, unsealed, differs or tampered"},
    )
    problems = fields.List(fields.String(), required=True)
    notes = fields.List(fields.String(), required=True)
    figures = fields.Integer(required=True)
    equal = fields.Integer(required=True)
    by_sealed_definition = fields.Integer(required=True)
    not_computed = fields.Integer(required=True)
    composed_alike = fields.Boolean(required=True, allow_none=True)
    differences = fields.List(fields.Nested(DifferingFigure), required=True)
    changes = fields.List(fields.Nested(ChangedPlace), required=True)


@api.get("/editions")
@permits(Permission.READ)
def list_editions() -> ResponseReturnValue:
    """Every edition, the newest first."""
    return jsonify(ListedEdition(many=True).dump(listing.editions(scope().tenant())))


@api.get("/editions/<uuid:edition_id>/verification")
@permits(Permission.ANALYSE)
def verify_edition(edition_id: UUID) -> ResponseReturnValue:
    """Compute an edition again from the data it was sealed with, and compare."""
    session, settings = scope().tenant(), app_settings()
    found = listing.find_edition(session, edition_id) or abort(404)
    result = verify(
        session, Lake.of(settings), found, editions=settings.editions_dir, secret=settings.secret_key
    )
    return jsonify(EditionVerification().dump(listing.as_object(result)))
