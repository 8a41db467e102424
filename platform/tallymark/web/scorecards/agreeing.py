"""Routes of what people write beside a scorecard's numbers: agreed actions, and remarks on a period."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, Length, Optional

from tallymark.calendars import calendar_of
from tallymark.lake import Lake
from tallymark.scorecards import agreed
from tallymark.web.access import here, permits
from tallymark.web.forms import Form
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark.web.scorecards.periods import choices, last_day, suggested
from tallymark_sdk.calendars import CalendarError
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Scorecard

agreeing = Blueprint("agreeing", __name__)


class ActionForm(Form):
    """Who does what until when."""

    text = StringField(_("What"), validators=[DataRequired(), Length(max=agreed.LONGEST_ACTION)])
    owner = StringField(_("Who"), validators=[Length(max=120)])
    due_on = DateField(_("Until"), validators=[Optional()])


@agreeing.get("/<uuid:scorecard_id>/actions")
@permits(Permission.READ)
def show(scorecard_id: UUID) -> ResponseReturnValue:
    """The actions, and the remarks on one period."""
    return _page(_scorecard(scorecard_id), ActionForm())


@agreeing.post("/<uuid:scorecard_id>/actions")
@permits(Permission.ANALYSE)
def add(scorecard_id: UUID) -> ResponseReturnValue:
    """Add an action."""
    scorecard, form = _scorecard(scorecard_id), ActionForm()
    if not form.validate_on_submit():
        return _page(scorecard, form), 422
    text, owner = str(form.text.data).strip(), (form.owner.data or "").strip()
    agreed.add(scope().tenant(), scorecard.id, text=text, owner=owner, due_on=form.due_on.data)
    flash(_("The action is on the list. The next edition shows it."), "good")
    return redirect(url_for("scorecards.agreeing.show", scorecard_id=scorecard_id))


@agreeing.post("/<uuid:scorecard_id>/actions/<uuid:action_id>")
@permits(Permission.ANALYSE)
def change(scorecard_id: UUID, action_id: UUID) -> ResponseReturnValue:
    """Tick an action off, open it again, or take it from the list."""
    session, do = scope().tenant(), request.form.get("do", "")
    action = agreed.find(session, scorecard_id, action_id) or abort(404)
    if do == "remove":
        session.delete(action)
        flash(_("The action was taken from the list."), "good")
    elif do in ("done", "open"):
        action.done_on = _today() if do == "done" else None
    else:
        abort(400)
    return redirect(url_for("scorecards.agreeing.show", scorecard_id=scorecard_id))


@agreeing.post("/<uuid:scorecard_id>/remarks")
@permits(Permission.ANALYSE)
def remark(scorecard_id: UUID) -> ResponseReturnValue:
    """Keep the remarks on a period; empty ones are removed."""
    scorecard = _scorecard(scorecard_id)
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    try:
        start = (
            calendar_of(here().profile)
            .period(scorecard.grain, date.fromisoformat(request.form.get("period", "")))
            .start
        )
    except (ValueError, CalendarError):
        abort(400)
    if len(text) > agreed.LONGEST_REMARK:
        most = formatter().number(agreed.LONGEST_REMARK)
        flash(_("The remarks are too long: %(most)s characters are kept. Shorten them.", most=most), "bad")
        return _page(scorecard, ActionForm(), written=text), 422
    agreed.write_remark(scope().tenant(), scorecard.id, start, text)
    flash(_("The remarks are kept. The next edition of the period shows them."), "good")
    return redirect(url_for("scorecards.agreeing.show", scorecard_id=scorecard_id, period=start.isoformat()))


def _scorecard(scorecard_id: UUID) -> Scorecard:
    found = scope().tenant().get(Scorecard, (here().profile.id, scorecard_id))
    return found or abort(404)


def _today() -> date:
    return datetime.now(ZoneInfo(here().profile.timezone)).date()


def _page(scorecard: Scorecard, form: ActionForm, written: str | None = None) -> str:
    session, profile = scope().tenant(), here().profile
    last = last_day(Lake.of(app_settings()), session, _today())
    offered = choices(calendar_of(profile), scorecard.grain, last)
    asked = request.values.get("period", "")
    chosen = asked if asked in {one.value for one in offered} else suggested(offered, last, _today())
    return render_template(
        "scorecards/agreeing.html",
        scorecard=scorecard,
        form=form,
        actions=agreed.listed(session, scorecard.id),
        today=_today(),
        periods=[(one.value, formatter().period(one.period)) for one in offered],
        chosen=chosen,
        longest=agreed.LONGEST_REMARK,
        written=agreed.remark_on(session, scorecard.id, date.fromisoformat(chosen))
        if written is None
        else written,
    )
