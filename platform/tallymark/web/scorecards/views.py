"""Routes of scorecards and their editions."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.calendars import calendar_of
from tallymark.lake import Lake
from tallymark.scorecards.codec import from_json
from tallymark.scorecards.job import request_edition
from tallymark.scorecards.render import render_page
from tallymark.web.access import here, permits
from tallymark.web.branding.addresses import colours_address, logo_address
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark.web.scorecards import service
from tallymark.web.scorecards.agreeing import agreeing
from tallymark.web.scorecards.composing import composing
from tallymark.web.scorecards.downloads import downloads
from tallymark.web.scorecards.forms import ScorecardForm, edition_rows, grain_names, new_form, period_words
from tallymark.web.scorecards.periods import choices, last_day, suggested
from tallymark.web.scorecards.sealing import sealing
from tallymark_sdk.calendars import Calendar, CalendarError
from tallymark_tenants.accounts import Permission
from tallymark_tenants.kpi_sets import list_sets
from tallymark_tenants.models import Edition, Scorecard

scorecards = Blueprint("scorecards", __name__, template_folder="templates")
scorecards.register_blueprint(composing)
scorecards.register_blueprint(agreeing)
scorecards.register_blueprint(downloads)
scorecards.register_blueprint(sealing)


@scorecards.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """All scorecards with their editions."""
    return _page(_form(fresh=True))


@scorecards.post("/")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Make a scorecard; its first edition is asked for beside it."""
    form = _form(fresh=False)
    if form.validate_on_submit():
        name, wanted = str(form.name.data).strip(), UUID(form.kpi_set.data)
        locale = here().profile.locale
        try:
            service.create(
                scope().tenant(), name=name, kpi_set_id=wanted, grain=form.grain.data, locale=locale
            )
        except service.ScorecardRefused as error:
            form.name.errors = [say(error)]
        else:
            flash(_("The scorecard is there. Choose a period and make its first edition."), "good")
            return redirect(url_for("scorecards.index"))
    return _page(form), 422


@scorecards.post("/<uuid:scorecard_id>/editions")
@permits(Permission.ANALYSE)
def refresh(scorecard_id: UUID) -> ResponseReturnValue:
    """Ask for the edition of a period and show its progress."""
    session = scope().tenant()
    scorecard = session.scalar(select(Scorecard).where(Scorecard.id == scorecard_id)) or abort(404)
    try:
        day = date.fromisoformat(request.form.get("period", ""))
    except ValueError:
        abort(400)
    try:
        start = _calendar().period(scorecard.grain, day).start
    except CalendarError as error:
        title = _("There is no edition of this period")
        return render_template("error.html", code=400, title=title, advice=say(error)), 400
    run_id = request_edition(session, here().profile, scorecard, Lake.of(app_settings()), day=start)
    return redirect(url_for("runs.show", run_id=run_id))


@scorecards.get("/<uuid:scorecard_id>/choose")
@permits(Permission.READ)
def choose(scorecard_id: UUID) -> ResponseReturnValue:
    """Lead from the period chosen on an edition's page to that edition."""
    wanted = request.args.get("edition", "")
    lines = service.lines_of(scope().tenant()).get(scorecard_id, [])
    found = next((line.id for line in lines if line.id and str(line.id) == wanted), None) or abort(404)
    return redirect(url_for("scorecards.edition", edition_id=found))


@scorecards.get("/editions/<uuid:edition_id>")
@permits(Permission.READ)
def edition(edition_id: UUID) -> ResponseReturnValue:
    """An edition as a page."""
    session, profile = scope().tenant(), here().profile
    found = session.scalar(select(Edition).where(Edition.id == edition_id)) or abort(404)
    scorecard = session.get_one(Scorecard, (found.tenant_id, found.scorecard_id))
    made = [line for line in service.lines_of(session).get(scorecard.id, []) if line.id]
    document = from_json(found.document)
    return render_template(
        "scorecards/edition.html",
        fragment=render_page(document, rows_of=_rows_of(found), logo=logo_address(document)),
        colours=colours_address(document),
        scorecard=scorecard,
        edition=found,
        period=period_words(profile, found.grain, found.period_start),
        others=edition_rows(profile, scorecard.grain, made),
    )


@scorecards.get("/editions/<uuid:edition_id>.pdf")
@permits(Permission.READ)
def pdf(edition_id: UUID) -> Response:
    """The sealed PDF."""
    found = scope().tenant().scalar(select(Edition).where(Edition.id == edition_id)) or abort(404)
    path = _sealed_file(found) or abort(404)
    name = f"{here().profile.slug}-{found.period_start.isoformat()}.pdf"
    response = send_file(path, mimetype="application/pdf", download_name=name, etag=found.sha256 or True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _rows_of(found: Edition) -> Callable[[str], str]:
    """The address of the rows behind an edition's figure, by the data that it was sealed with."""
    cut = _calendar()
    period = cut.key(cut.period(found.grain, found.period_start))
    return lambda key: url_for("explain.index", metric=key, period=period, edition=found.id)


def _sealed_file(found: Edition) -> Path | None:
    if found.pdf_path is None:
        return None
    root = app_settings().editions_dir.resolve()
    path = (root / found.pdf_path).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _calendar() -> Calendar:
    return calendar_of(here().profile)


def _form(*, fresh: bool) -> ScorecardForm:
    return new_form([(row.id, row.name) for row in list_sets(scope().tenant())], fresh=fresh)


def _page(form: ScorecardForm) -> str:
    session, profile = scope().tenant(), here().profile
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    last = last_day(Lake.of(app_settings()), session, today)
    lines = service.lines_of(session)
    cards = []
    for scorecard in session.scalars(select(Scorecard).order_by(Scorecard.name)):
        offered = choices(_calendar(), scorecard.grain, last)
        cards.append(
            {
                "scorecard": scorecard,
                "grain": grain_names().get(scorecard.grain, scorecard.grain),
                "periods": [(one.value, formatter().period(one.period)) for one in offered],
                "suggested": suggested(offered, last, today),
                "editions": edition_rows(profile, scorecard.grain, lines.get(scorecard.id, [])),
            }
        )
    return render_template("scorecards/index.html", cards=cards, form=form)
