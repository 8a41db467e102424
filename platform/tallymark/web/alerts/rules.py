"""Routes of the rules: made with a preview, changed, muted, snoozed, removed and brought back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from tallymark.alerts.asking import request_check
from tallymark.alerts.checking import load_grounds
from tallymark.alerts.grounds import Grounds
from tallymark.alerts.preview import preview
from tallymark.alerts.rules import Rule, RuleRefused, Typed, read_rule, typed_of
from tallymark.engine.labels import labels
from tallymark.lake import Lake
from tallymark.web.access import here, permits
from tallymark.web.alerts.forms import RuleForm, rule_form
from tallymark.web.alerts.shown import shown_alerts, shown_preview
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import app_settings, scope
from tallymark_tenants import alerts as kept
from tallymark_tenants.accounts import Permission
from tallymark_tenants.alerts import RuleValue
from tallymark_tenants.models import AlertRule, DeliveryChannel, Membership, User

rules = Blueprint("rules", __name__, url_prefix="/rules")

MOST_SNOOZE = 90
HISTORY = 50


@rules.get("/new")
@permits(Permission.ANALYSE)
def new() -> ResponseReturnValue:
    """The empty form; the address may name a KPI."""
    grounds = _grounds()
    typed = Typed(metric=request.args.get("metric", ""), kind=request.args.get("kind", "threshold"))
    return _page(grounds, _form(grounds, typed))


@rules.post("/new")
@permits(Permission.ANALYSE)
def create() -> ResponseReturnValue:
    """Keep a rule, or only show what it would have said."""
    grounds = _grounds()
    form = _form(grounds)
    value = _read(form, grounds)
    if value is None:
        return _page(grounds, form), 422
    if "preview" in request.form:
        return _page(grounds, form, tried=value)
    kept.create_rule(scope().tenant(), value)
    request_check(scope().tenant(), here().profile.id)
    flash(_("The rule is on. It is checked now, after each load, and once a day."), "good")
    return redirect(url_for("alerts.index"))


@rules.get("/<uuid:rule_id>")
@permits(Permission.ANALYSE)
def edit(rule_id: UUID) -> ResponseReturnValue:
    """The form of one rule, and what it said so far."""
    row, grounds = _find(rule_id), _grounds()
    return _page(grounds, _form(grounds, typed_of(row)), row=row)


@rules.post("/<uuid:rule_id>")
@permits(Permission.ANALYSE)
def change(rule_id: UUID) -> ResponseReturnValue:
    """Change a rule, or only show what it would have said."""
    row, grounds = _find(rule_id), _grounds()
    form = _form(grounds)
    value = _read(form, grounds)
    if value is None:
        return _page(grounds, form, row=row), 422
    if "preview" in request.form:
        return _page(grounds, form, row=row, tried=value)
    kept.change_rule(scope().tenant(), row, value)
    request_check(scope().tenant(), here().profile.id)
    flash(_("The rule is changed."), "good")
    return redirect(url_for("alerts.index"))


@rules.post("/<uuid:rule_id>/mute")
@permits(Permission.ANALYSE)
def mute(rule_id: UUID) -> ResponseReturnValue:
    """Mute a rule, or let it speak again."""
    row = _find(rule_id)
    kept.set_enabled(scope().tenant(), row, enabled=not row.enabled)
    flash(_("The rule is on again.") if row.enabled else _("The rule is muted."), "good")
    return redirect(url_for("alerts.index"))


@rules.post("/<uuid:rule_id>/snooze")
@permits(Permission.ANALYSE)
def snooze(rule_id: UUID) -> ResponseReturnValue:
    """Leave a rule alone for some days."""
    row, days = _find(rule_id), request.form.get("days", "")
    if not days.isdecimal() or not 1 <= int(days) <= MOST_SNOOZE:
        flash(_("Choose from 1 to 90 days."), "bad")
        return redirect(url_for("alerts.index"))
    today = datetime.now(ZoneInfo(here().profile.timezone)).date()
    kept.snooze(scope().tenant(), row, today + timedelta(days=int(days)))
    flash(_("The rule sleeps until then."), "good")
    return redirect(url_for("alerts.index"))


@rules.post("/<uuid:rule_id>/remove")
@permits(Permission.ANALYSE)
def remove(rule_id: UUID) -> ResponseReturnValue:
    """Remove a rule, and offer to bring it back."""
    row = _find(rule_id)
    kept.remove_rule(scope().tenant(), row)
    return render_template("alerts/removed.html", rule=row)


@rules.post("/<uuid:rule_id>/restore")
@permits(Permission.ANALYSE)
def restore(rule_id: UUID) -> ResponseReturnValue:
    """Bring a removed rule back."""
    row = kept.find_rule(scope().tenant(), rule_id, removed=True)
    if row is None:
        abort(404)
    kept.restore_rule(scope().tenant(), row)
    flash(_("The rule is back."), "good")
    return redirect(url_for("alerts.index"))


def _find(rule_id: UUID) -> AlertRule:
    row = kept.find_rule(scope().tenant(), rule_id)
    if row is None:
        abort(404)
    return row


def _grounds() -> Grounds:
    return load_grounds(scope().tenant(), Lake.of(app_settings()), here().profile)


def _form(grounds: Grounds, typed: Typed | None = None) -> RuleForm:
    session = scope().tenant()
    people = session.execute(
        select(User.id, User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(User.disabled_at.is_(None))
        .order_by(User.email)
    )
    channels = session.execute(
        select(DeliveryChannel.id, DeliveryChannel.name)
        .where(DeliveryChannel.removed_at.is_(None))
        .order_by(DeliveryChannel.name)
    )
    return rule_form(
        grounds.targets.registry,
        [(str(key), f"{name} · {email}" if name else email) for key, name, email in people],
        [(str(key), name) for key, name in channels],
        typed,
    )


def _read(form: RuleForm, grounds: Grounds) -> RuleValue | None:
    """The rule that was typed; None where the form now says what to mend."""
    if not form.validate_on_submit():
        return None
    typed = form.typed()
    members = (
        labels(grounds.targets.data, [typed.dimension]).get(typed.dimension, {}) if typed.dimension else {}
    )
    try:
        return read_rule(typed, grounds.targets, members)
    except RuleRefused as error:
        form.blame(error)
    return None


def _page(
    grounds: Grounds, form: RuleForm, *, row: AlertRule | None = None, tried: RuleValue | None = None
) -> str:
    known = grounds.targets.registry
    told = [] if row is None else kept.alerts_of(scope().tenant(), rule_id=row.id, most=HISTORY)
    return render_template(
        "alerts/rule.html",
        form=form,
        rule=row,
        preview=None if tried is None else shown_preview(preview(Rule.of(tried), grounds), known),
        history=shown_alerts(told, {} if row is None else {row.id: row}, frozenset(), known),
    )
