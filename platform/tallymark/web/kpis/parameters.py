"""Routes of a KPI's parameters: the values it gives its metric."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from tallymark.kpis.parameters import change
from tallymark.plugins.own import registry_of
from tallymark.plugins.wording import Wording
from tallymark.web.access import permits
from tallymark.web.forms import Form, options
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark_sdk import Metric, Parameter
from tallymark_sdk.parameters import InvalidParameter
from tallymark_tenants.accounts import Permission
from tallymark_tenants.kpi_sets import find_kpi
from tallymark_tenants.models import Kpi

parameters = Blueprint("parameters", __name__)


@parameters.get("/kpi/<uuid:kpi_id>")
@permits(Permission.ANALYSE)
def edit(kpi_id: UUID) -> ResponseReturnValue:
    """The form with the values as they are."""
    kpi, metric, wording = _find(kpi_id)
    return _page(kpi, metric, wording, _form(metric, wording))


@parameters.post("/kpi/<uuid:kpi_id>")
@permits(Permission.ANALYSE)
def save(kpi_id: UUID) -> ResponseReturnValue:
    """Keep the values; each one that isn't allowed is told beside its field."""
    kpi, metric, wording = _find(kpi_id)
    form = _form(metric, wording)
    if form.validate_on_submit() and _are_allowed(form, metric):
        change(
            scope().tenant(),
            kpi.kpi_set_id,
            metric.key,
            {each.name: form[each.name].data for each in metric.parameters},
        )
        flash(_("The values are kept. Scorecards of this set use them from now on."), "good")
        return redirect(url_for("kpis.index"))
    return _page(kpi, metric, wording, form), 422


def _find(kpi_id: UUID) -> tuple[Kpi, Metric, Wording]:
    session = scope().tenant()
    kpi = find_kpi(session, kpi_id)
    if kpi is None:
        abort(404)
    known = registry_of(session, kpi.kpi_set_id)
    if kpi.metric_key not in known.metrics or not known[kpi.metric_key].parameters:
        abort(404)
    return kpi, known[kpi.metric_key], Wording(known, formatter().locale)


def _form(metric: Metric, wording: Wording) -> Form:
    """A form with one field for each parameter."""
    fields = {each.name: _field(metric, each, wording) for each in metric.parameters}
    made: Form = type("ParameterForm", (Form,), fields)()
    return made


def _field(metric: Metric, parameter: Parameter, wording: Wording) -> StringField | SelectField:
    value = metric.values.get(parameter.name, parameter.default)
    said = wording.parameter(metric.key, parameter)
    label = said[:1].upper() + said[1:]
    if parameter.kind == "choice":
        choices = options((choice, wording.word(metric.key, choice)) for choice in parameter.choices)
        return SelectField(label, choices=choices, default=value)
    return StringField(label, default="" if value is None else str(value))


def _are_allowed(form: Form, metric: Metric) -> bool:
    allowed = True
    for each in metric.parameters:
        try:
            each.read(form[each.name].data)
        except InvalidParameter as error:
            form[each.name].errors = [say(error)]
            allowed = False
    return allowed


def _page(kpi: Kpi, metric: Metric, wording: Wording, form: Form) -> str:
    hints = {each.name: wording.translate(metric.key)(each.description) for each in metric.parameters}
    return render_template(
        "kpis/parameters.html",
        kpi=kpi,
        name=wording.name(metric.key),
        description=wording.description(metric.key),
        formula=wording.formula(metric.key),
        names=[each.name for each in metric.parameters],
        hints=hints,
        form=form,
    )
