"""Routes of own KPIs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tallymark.lake import Lake
from tallymark.own_kpis import Checked, Preview, check, preview
from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import registry
from tallymark.plugins.wording import Wording
from tallymark.web.access import here, permits
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark.web.own_kpis.forms import OwnKpiForm, better_names, new_form, unit_names
from tallymark.web.own_kpis.shown import metric_choices, shown
from tallymark.web.scope import app_settings, scope
from tallymark.web.scorecards.periods import last_day
from tallymark_sdk.own import OwnKpi
from tallymark_sdk.own.reading import FUNCTIONS
from tallymark_tenants import own_kpis as kept
from tallymark_tenants.accounts import Permission
from tallymark_tenants.kpi_sets import list_sets

own_kpis = Blueprint("own_kpis", __name__, template_folder="templates")


@own_kpis.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """The company's own KPIs."""
    session = scope().tenant()
    known = registry_of(session)
    wording = Wording(known, formatter().locale)
    sets = {row.id: row.name for row in list_sets(session)}
    listed = [
        {
            "id": each.id,
            "kpi": each.kpi,
            "words": wording.formula(each.kpi.key) if each.kpi.key in known.metrics else "",
            "set": sets.get(each.kpi_set_id, "") if each.kpi_set_id else "",
            "problem": next((b.reason for b in known.broken if b.reason.startswith(f"{each.kpi.key}: ")), ""),
        }
        for each in kept.list_own(session)
    ]
    return render_template("own_kpis/index.html", own=listed, units=unit_names(), better=better_names())


@own_kpis.get("/new")
@permits(Permission.ANALYSE)
def new() -> ResponseReturnValue:
    """The empty form."""
    return _page(_form(None), None)


@own_kpis.post("/new")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Check the form, or make a KPI of it."""
    form = _form(None)
    if "check" in request.form:
        return _checked(form, None)
    checked = None
    if form.validate_on_submit():
        kpi = form.kpi(old=None, draft=False)
        checked = _check(form, kpi)
        if checked.is_good:
            try:
                kept.create(scope().tenant(), checked.kpi, registry().metrics, kpi_set_id=form.kpi_set_id)
            except kept.OwnKpiRefused as error:
                form.refuse(say(error))
            else:
                flash(_("The KPI is ready. KPI sets can take it like any other."), "good")
                return redirect(url_for("own_kpis.index"))
    return _page(form, None, checked), 422


@own_kpis.get("/<uuid:own_kpi_id>")
@permits(Permission.ANALYSE)
def edit(own_kpi_id: UUID) -> ResponseReturnValue:
    """The form of one KPI."""
    stored = _find(own_kpi_id)
    form = _form(stored)
    return _page(form, stored, _check(form, stored.kpi, blame=False))


@own_kpis.post("/<uuid:own_kpi_id>")
@permits(Permission.ANALYSE)
def change(own_kpi_id: UUID) -> ResponseReturnValue:
    """Check the form, or change the KPI by it."""
    stored = _find(own_kpi_id)
    form = _form(stored)
    if "check" in request.form:
        return _checked(form, stored)
    checked = None
    if form.validate_on_submit():
        checked = _check(form, form.kpi(old=stored.kpi, draft=False))
        if checked.is_good:
            try:
                kept.change(scope().tenant(), own_kpi_id, checked.kpi, registry().metrics)
            except kept.OwnKpiRefused as error:
                form.refuse(say(error))
            else:
                flash(_("The KPI is changed."), "good")
                return redirect(url_for("own_kpis.index"))
    return _page(form, stored, checked), 422


@own_kpis.post("/<uuid:own_kpi_id>/remove")
@permits(Permission.ANALYSE)
def remove(own_kpi_id: UUID) -> ResponseReturnValue:
    """Remove a KPI that nothing uses."""
    try:
        kept.remove(scope().tenant(), own_kpi_id)
    except kept.OwnKpiUnknown:
        abort(404)
    except kept.OwnKpiRefused as error:
        flash(say(error), "bad")
    else:
        flash(_("The KPI is removed."), "good")
    return redirect(url_for("own_kpis.index"))


def _find(own_kpi_id: UUID) -> kept.StoredKpi:
    try:
        return kept.find(scope().tenant(), own_kpi_id)
    except kept.OwnKpiUnknown:
        abort(404)


def _form(stored: kept.StoredKpi | None) -> OwnKpiForm:
    session = scope().tenant()
    breakdowns = sorted({name for metric in registry_of(session) for name in metric.by})
    return new_form(
        breakdowns=breakdowns, sets=list_sets(session), old=None if stored is None else stored.kpi
    )


def _check(form: OwnKpiForm, kpi: OwnKpi, *, blame: bool = True) -> Checked:
    checked = check(scope().tenant(), kpi, formatter().locale, unit=form.declared_unit)
    if blame and checked.problem is not None and checked.problem.field != "expression":
        form.blame(checked.problem)
    return checked


def _checked(form: OwnKpiForm, stored: kept.StoredKpi | None) -> ResponseReturnValue:
    """The page, or for its script only the part that tells what was found. Nothing is kept."""
    old = None if stored is None else stored.kpi
    checked = _check(form, form.kpi(old=old, draft=True))
    if request.headers.get("X-Part") == "checked":
        return render_template(
            "own_kpis/checked.html", found=shown(checked, form.expression.data or "", _tried(checked))
        )
    return _page(form, stored, checked)


def _tried(checked: Checked | None) -> Preview | None:
    if checked is None or not checked.is_good:
        return None
    profile, session, lake = here().profile, scope().tenant(), Lake.of(app_settings())
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    newest = last_day(lake, session, today)
    return preview(
        session, lake, profile, checked.registry, checked.kpi.key,
        newest=newest, today=today, locale=formatter().locale,
    )  # fmt: skip


def _page(form: OwnKpiForm, stored: kept.StoredKpi | None, checked: Checked | None = None) -> str:
    session = scope().tenant()
    text = form.expression.data or ""
    return render_template(
        "own_kpis/edit.html",
        form=form,
        stored=stored,
        found=None if checked is None else shown(checked, text, _tried(checked)),
        history=[] if stored is None else kept.history_of(session, stored.id),
        metrics=metric_choices(registry_of(session), None if stored is None else stored.kpi.key),
        functions=FUNCTIONS.values(),
    )
