"""Routes that give an edition's numbers as files."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, request
from sqlalchemy import select

from tallymark.calendars import calendar_of
from tallymark.explain.asked import basis_of
from tallymark.explain.asking import Question
from tallymark.lake import Lake
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.document import Document, Tiles
from tallymark.scorecards.exports.files import MIME, Form, file_of
from tallymark.scorecards.exports.gathering import references
from tallymark.scorecards.exports.references import RowRefs
from tallymark.web.access import here, permits
from tallymark.web.scope import app_settings, scope
from tallymark_sdk.calendars import CalendarError
from tallymark_sdk.errors import TallymarkError
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Edition

downloads = Blueprint("downloads", __name__)


@downloads.get("/editions/<uuid:edition_id>.xlsx")
@permits(Permission.READ)
def xlsx(edition_id: UUID) -> Response:
    """The workbook; with `?rows=yes` also the rows that its figures stand on."""
    return _file(edition_id, "xlsx")


@downloads.get("/editions/<uuid:edition_id>.csv")
@permits(Permission.READ)
def csv(edition_id: UUID) -> Response:
    """Every number, one a line."""
    return _file(edition_id, "csv")


@downloads.get("/editions/<uuid:edition_id>.json")
@permits(Permission.READ)
def json(edition_id: UUID) -> Response:
    """Every number and where it comes from, for programs."""
    return _file(edition_id, "json")


def _file(edition_id: UUID, form: Form) -> Response:
    found = scope().tenant().scalar(select(Edition).where(Edition.id == edition_id)) or abort(404)
    document = from_json(found.document)
    rows = _rows(found, document) if request.args.get("rows") == "yes" else {}
    response = Response(file_of(document, form, rows), mimetype=MIME[form])
    name = f"{here().profile.slug}-{found.period_start.isoformat()}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _rows(found: Edition, document: Document) -> Mapping[str, RowRefs]:
    """The rows behind the KPIs, from the data that the edition was sealed with; none where it isn't kept any more."""
    keys = [
        tile.metric
        for section in document.sections
        if isinstance(section, Tiles)
        for group in section.groups
        for tile in group.tiles
    ]
    if not keys:
        return {}
    cut = calendar_of(here().profile)
    period = cut.period(found.grain, found.period_start)
    question = Question(metric=keys[0], period=cut.key(period), edition=found.id)
    try:
        asked = basis_of(scope().tenant(), Lake.of(app_settings()), here().profile, question)
    except (TallymarkError, CalendarError):
        return {}
    kept = dict(found.scope or {})
    return references(
        asked.basis,
        [key for key in dict.fromkeys(keys) if key in asked.basis.registry.metrics],
        period,
        locale=found.locale,
        dimension=str(kept.get("dimension", "")),
        member=str(kept.get("member", "")),
    )
