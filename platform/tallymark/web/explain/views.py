"""Routes of explanations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from tallymark.calendars import calendar_of
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.explain import NoCell
from tallymark.explain.asked import Asked, basis_of
from tallymark.explain.exporting import csv_of
from tallymark.explain.service import explained
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark.plugins.wording import Wording
from tallymark.web.access import here, permits
from tallymark.web.explain.forms import ExplainForm, explain_form
from tallymark.web.explain.shown import shown
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark.web.scorecards.periods import last_day
from tallymark_sdk.calendars import CalendarError
from tallymark_sdk.errors import TallymarkError
from tallymark_tenants.accounts import Permission

explanations = Blueprint("explain", __name__, template_folder="templates")


@explanations.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """A figure, its arithmetic and its rows: the question in the address, and its answer."""
    form = _form()
    told: dict[str, Any] = {}
    if "metric" in request.args and form.validate():
        try:
            told = _answer(form)
        except NoCell:
            abort(404)  # the same as for what is somebody else's
        except (TallymarkError, CalendarError) as error:
            form.refuse(say(error))
    return render_template("explain/index.html", form=form, asked=request.args.to_dict(), **told)


@explanations.get("/rows.csv")
@permits(Permission.READ)
def rows() -> ResponseReturnValue:
    """All rows of the measure as a table."""
    form = _form()
    if "metric" not in request.args or not form.validate():
        abort(400)
    try:
        pieces = csv_of(_asked(form))
    except NoCell:
        abort(404)
    except (TallymarkError, CalendarError) as error:
        title = _("These rows can't be exported")
        return render_template("error.html", code=400, title=title, advice=say(error)), 400
    response = Response(pieces, mimetype="text/csv")
    name = f"{form.metric.data}-{form.which.data}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _form() -> ExplainForm:
    session, profile = scope().tenant(), here().profile
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    last = last_day(Lake.of(app_settings()), session, today)
    return explain_form(registry_of(session), calendar_of(profile), last, today)


def _asked(form: ExplainForm) -> Asked:
    session, profile, lake = scope().tenant(), here().profile, Lake.of(app_settings())
    typed, by = str(form.member.data or "").strip(), str(form.by.data or "")
    member = typed
    if typed and by:
        data = tenant_data(lake, profile, lake.pinned(session).values())
        member = _member(typed, labels(data, [by]).get(by, {}))
    return basis_of(session, lake, profile, form.question(member if by else ""))


def _answer(form: ExplainForm) -> dict[str, Any]:
    told = explained(_asked(form))
    wording = Wording(told.registry, formatter().locale)
    return {
        "told": told,
        "shown": shown(told),
        "name": wording.name(told.metric.key),
        "whose": formatter().name(told.member_name) if told.member_name else "",
        "period": formatter().period(told.cell.period),
    }


def _member(typed: str, names: Mapping[str, str]) -> str:
    """The id that was typed, or that of the only member with that name."""
    if typed in names:
        return typed
    called = [key for key, name in names.items() if name.casefold() == typed.casefold()]
    return called[0] if len(called) == 1 else typed
