"""Routes of a KPI's thresholds: from which attainment it is on target, and from which merely at risk."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.calendars import calendar_of
from tallymark.kpis.thresholds import ALWAYS, ThresholdsRefused, change, is_kept, lines
from tallymark.plugins.own import registry_of
from tallymark.plugins.wording import Wording
from tallymark.web.access import here, permits
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark_sdk.calendars import GRAINS, CalendarError
from tallymark_tenants.accounts import Permission
from tallymark_tenants.kpi_sets import find_kpi
from tallymark_tenants.models import Kpi

thresholds = Blueprint("thresholds", __name__)

_PERIOD = "period"


class ThresholdsForm(Form):
    """When they hold, and the two levels."""

    when = SelectField(_("For"))
    period = StringField(_("Period"), validators=[Length(max=40)])
    on = StringField(_("On target from"), validators=[DataRequired(), Length(max=20)])
    risk = StringField(_("At risk from"), validators=[DataRequired(), Length(max=20)])

    @property
    def stretch(self) -> str:
        """What was chosen, as thresholds are named."""
        return str(self.period.data or "") if self.when.data == _PERIOD else str(self.when.data or ALWAYS)

    def blame(self, error: ThresholdsRefused) -> None:
        """Put the problem beside its field."""
        name = _PERIOD if error.field == "when" else error.field
        self[name].errors = [say(error)]


@thresholds.get("/kpi/<uuid:kpi_id>/thresholds")
@permits(Permission.READ)
def show(kpi_id: UUID) -> ResponseReturnValue:
    """The thresholds of a KPI, and a form for others."""
    return _page(_find(kpi_id), _form(filled=True))


@thresholds.post("/kpi/<uuid:kpi_id>/thresholds")
@permits(Permission.ANALYSE)
def save(kpi_id: UUID) -> ResponseReturnValue:
    """Set them; what is wrong is told beside its field."""
    kpi, form = _find(kpi_id), _form()
    if form.validate_on_submit():
        if form.when.data == _PERIOD and not form.stretch.strip():
            form.period.errors = [_("Write the period, such as 2026-Q4.")]
            return _page(kpi, form), 422
        levels = (str(form.on.data), str(form.risk.data))
        try:
            change(
                scope().tenant(), kpi.kpi_set_id, kpi.metric_key, form.stretch, levels,
                calendar_of(here().profile),
            )  # fmt: skip
        except ThresholdsRefused as error:
            form.blame(error)
        else:
            flash(_("The thresholds are kept. Scorecards of this set use them from now on."), "good")
            return redirect(url_for("kpis.thresholds.show", kpi_id=kpi.id))
    return _page(kpi, form), 422


@thresholds.post("/kpi/<uuid:kpi_id>/thresholds/remove")
@permits(Permission.ANALYSE)
def remove(kpi_id: UUID) -> ResponseReturnValue:
    """Remove those of one time, and offer to set them again."""
    kpi, when, cut = _find(kpi_id), request.form.get("when", ""), calendar_of(here().profile)
    before = {each.when: each for each in lines(kpi.thresholds, cut)}
    try:
        change(scope().tenant(), kpi.kpi_set_id, kpi.metric_key, when, None, cut)
    except ThresholdsRefused as error:
        flash(say(error), "bad")
        return redirect(url_for("kpis.thresholds.show", kpi_id=kpi.id))
    return _page(kpi, _form(filled=True), undo=before.get(when))


def _find(kpi_id: UUID) -> Kpi:
    kpi = find_kpi(scope().tenant(), kpi_id)
    if kpi is None:
        abort(404)
    return kpi


def _form(*, filled: bool = False) -> ThresholdsForm:
    form = ThresholdsForm(formdata=None) if filled else ThresholdsForm()
    if filled:
        form.on.data, form.risk.data = "100%", "90%"
    choices = [(ALWAYS, _("Always")), *((grain, _grain(grain)) for grain in GRAINS), (_PERIOD, _("A period"))]
    form.when.choices = options(choices)
    return form


def _page(kpi: Kpi, form: ThresholdsForm, *, undo: object = None) -> str:
    session, cut = scope().tenant(), calendar_of(here().profile)
    known = registry_of(session, kpi.kpi_set_id)
    wording = Wording(known, formatter().locale)
    installed = kpi.metric_key in known.metrics
    listed = [
        {
            "when": each.when,
            "said": _said(each.when),
            "on": formatter().percent(each.on),
            "risk": formatter().percent(each.risk),
            "kept": is_kept(kpi.thresholds, each.when, cut),
        }
        for each in lines(kpi.thresholds, cut)
    ]
    return render_template(
        "kpis/thresholds.html",
        kpi=kpi,
        name=wording.name(kpi.metric_key) if installed else kpi.metric_key,
        better=known[kpi.metric_key].better if installed else "neutral",
        lines=listed,
        form=form,
        undo=undo,
        undo_said=_said(undo.when) if undo is not None else "",  # type: ignore[attr-defined]
    )


def _grain(grain: str) -> str:
    return {
        "day": _("Days"),
        "week": _("Weeks"),
        "month": _("Months"),
        "quarter": _("Quarters"),
        "year": _("Years"),
    }[grain]


def _said(when: str) -> str:
    """A time as people read it."""
    if when == ALWAYS:
        return _("Always")
    if when in GRAINS:
        return _grain(when)
    cut = calendar_of(here().profile)
    try:
        return formatter().period(cut.parse(when))
    except CalendarError:
        first, _slash, beyond = when.partition("/")
        return (
            _("From %(first)s to before %(beyond)s", first=first, beyond=beyond)
            if beyond
            else _("From %(first)s on", first=first)
        )
