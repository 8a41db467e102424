"""Routes of alerts: what was found, read and unread, and the page of one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tallymark.plugins.own import registry_of
from tallymark.web.access import permits, user
from tallymark.web.alerts.rules import rules
from tallymark.web.alerts.shown import shown_alerts, shown_rules
from tallymark.web.localisation import gettext as _
from tallymark.web.scope import scope
from tallymark_tenants.accounts import Permission
from tallymark_tenants.alerts import (
    alerts_of,
    find_alert,
    find_rule,
    list_rules,
    mark_read,
    mark_unread,
    read_by,
    unread,
)

alerts = Blueprint("alerts", __name__, template_folder="templates")
alerts.register_blueprint(rules)

MOST = 100


@alerts.get("/")
@permits(Permission.READ)
def index() -> ResponseReturnValue:
    """The newest alerts, and the rules."""
    session = scope().tenant()
    known = registry_of(session)
    found, kept = alerts_of(session, most=MOST), list_rules(session)
    read = read_by(session, user().id, [each.id for each in found])
    return render_template(
        "alerts/index.html",
        alerts=shown_alerts(found, {each.id: each for each in kept}, read, known),
        rules=shown_rules(kept, known),
        unread=unread(session, user().id),
        most=MOST,
    )


@alerts.get("/<uuid:alert_id>")
@permits(Permission.READ)
def show(alert_id: UUID) -> ResponseReturnValue:
    """One alert: its sentence, its figure and what that was held against, with the way to its rows."""
    session = scope().tenant()
    alert = find_alert(session, alert_id)
    if alert is None:
        abort(404)
    rule = find_rule(session, alert.rule_id, removed=True)
    read = read_by(session, user().id, [alert.id])
    (shown,) = shown_alerts([alert], {rule.id: rule} if rule else {}, read, registry_of(session))
    gone = rule is None or rule.removed_at is not None
    return render_template("alerts/show.html", alert=shown, gone=gone)


@alerts.post("/read")
@permits(Permission.READ)
def read_all() -> ResponseReturnValue:
    """Mark everything as read."""
    mark_read(scope().tenant(), user().id)
    flash(_("All alerts are marked as read."), "good")
    return redirect(url_for("alerts.index"))


@alerts.post("/<uuid:alert_id>/read")
@permits(Permission.READ)
def read(alert_id: UUID) -> ResponseReturnValue:
    """Mark an alert as read."""
    if find_alert(scope().tenant(), alert_id) is None:
        abort(404)
    mark_read(scope().tenant(), user().id, alert_id)
    return redirect(url_for("alerts.index"))


@alerts.post("/<uuid:alert_id>/unread")
@permits(Permission.READ)
def not_read(alert_id: UUID) -> ResponseReturnValue:
    """Take the mark back."""
    if find_alert(scope().tenant(), alert_id) is None:
        abort(404)
    mark_unread(scope().tenant(), user().id, alert_id)
    return redirect(url_for("alerts.show", alert_id=alert_id))
