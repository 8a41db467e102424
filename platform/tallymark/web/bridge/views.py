"""Routes of variance bridges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tallymark.bridge import Bridge, bridge
from tallymark.calendars import calendar_of
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark.plugins.wording import Wording
from tallymark.web.access import here, permits
from tallymark.web.bridge.forms import BridgeForm, bridge_form
from tallymark.web.bridge.shown import shown
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark.web.scorecards.periods import last_day
from tallymark_sdk.calendars import CalendarError
from tallymark_sdk.errors import TallymarkError
from tallymark_tenants.accounts import Permission

bridges = Blueprint("bridge", __name__, template_folder="templates")


@bridges.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """Why a KPI changed: the question in the address, and its answer."""
    session, profile = scope().tenant(), here().profile
    lake, known = Lake.of(app_settings()), registry_of(session)
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    form = bridge_form(known, calendar_of(profile), last_day(lake, session, today), today)
    told: dict[str, Any] = {}
    if "metric" in request.args and form.validate():
        try:
            told = _answer(form, lake)
        except (TallymarkError, CalendarError) as error:
            form.refuse(say(error))
    return render_template("bridge/index.html", form=form, **told)


def _answer(form: BridgeForm, lake: Lake) -> dict[str, Any]:
    session, profile = scope().tenant(), here().profile
    known = registry_of(session)
    typed, by = str(form.member.data or "").strip(), str(form.by.data or "")
    data = tenant_data(lake, profile, lake.pinned(session).values())
    members = labels(data, [by]).get(by, {}) if typed and by else {}
    found = bridge(session, lake, profile, form.question(_member(typed, members) if by else ""))
    wording = Wording(known, formatter().locale)
    names = labels(data, [found.mix]).get(found.mix, {}) if found.mix else {}
    return {
        "bridge": found,
        "shown": shown(found, known[found.metric].better, names),
        "name": wording.name(found.metric),
        "whose": formatter().name(members.get(found.member, found.member)),
        "mix": wording.word(found.metric, found.mix) if found.mix else "",
        "facts": _facts(found),
    }


def _member(typed: str, names: Mapping[str, str]) -> str:
    """The id that was typed, or that of the only member with that name."""
    if typed in names:
        return typed
    called = [key for key, name in names.items() if name.casefold() == typed.casefold()]
    return called[0] if len(called) == 1 else typed


def _facts(found: Bridge) -> str:
    fmt = formatter()
    span = _("%(earlier)s to %(later)s", earlier=fmt.period(found.earlier), later=fmt.period(found.later))
    if not found.earlier.is_whole:
        span += " · " + _("to the same working day")
    if found.known_at is not None:
        span += " · " + _("the earlier period as known on %(moment)s", moment=fmt.moment(found.known_at))
    return span
