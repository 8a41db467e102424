"""Routes of KPI sets."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from tallymark.bridge.forms import bridgeable
from tallymark.plugins.own import registry_for_sets, registry_of
from tallymark.plugins.wording import Wording
from tallymark.scorecards.starter import STARTER_SET, STARTERS
from tallymark.web.access import permits
from tallymark.web.forms import Form, options
from tallymark.web.kpis.catalogue import card, connected_datasets, families
from tallymark.web.kpis.parameters import parameters
from tallymark.web.kpis.thresholds import thresholds
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.kpi_sets import KpiSetRefused, create_set, kpis_of, list_sets

kpis = Blueprint("kpis", __name__, template_folder="templates")
kpis.register_blueprint(parameters)
kpis.register_blueprint(thresholds)


class KpiSetForm(Form):
    """A name and at least one metric."""

    name = StringField(_("Name"), validators=[DataRequired(), Length(max=80)])
    metrics = SelectMultipleField(_("KPIs"), validators=[DataRequired(_("Choose at least one KPI."))])


@kpis.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """The sets, and a form for a new one."""
    return _page(_form(), list(STARTERS))


@kpis.post("/")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Make a set from the chosen metrics."""
    form = _form()
    if form.validate_on_submit():
        try:
            create_set(scope().tenant(), str(form.name.data).strip(), form.metrics.data or [])
        except KpiSetRefused as error:
            form.name.errors = [say(error)]
        else:
            flash(_("The KPI set is ready. Now make a scorecard of it."), "good")
            return redirect(url_for("scorecards.index"))
    return _page(form, request.form.getlist("metrics")), 422


def _form() -> KpiSetForm:
    form = KpiSetForm()
    known = registry_for_sets(scope().tenant())
    wording = Wording(known, formatter().locale)
    form.metrics.choices = options((metric.key, wording.name(metric.key)) for metric in known)
    if request.method == "GET":
        form.name.data = STARTER_SET
    return form


def _page(form: KpiSetForm, chosen: list[str]) -> str:
    session = scope().tenant()
    offered = registry_for_sets(session)
    have = frozenset(connected_datasets(session))
    sets = []
    for row in list_sets(session):
        # A set's own parameter values, which may differ from those of the default set.
        of_set = registry_of(session, row.id)
        cards = [
            (kpi.id, card(of_set, of_set[kpi.metric_key], have))
            for kpi in kpis_of(session, row.id)
            if kpi.metric_key in of_set.metrics
        ]
        sets.append({"name": row.name, "is_default": row.is_default, "kpis": cards})
    return render_template(
        "kpis/index.html",
        sets=sets,
        families=families(offered, have),
        form=form,
        chosen=chosen,
        bridged=bridgeable(offered),
    )
