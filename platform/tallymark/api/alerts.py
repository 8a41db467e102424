"""Alerts: what was found, newest first, and the rules."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from marshmallow import RAISE, Schema, fields, validate

from tallymark.alerts.delivering import said
from tallymark.alerts.words import Speaker
from tallymark.api.blueprint import api
from tallymark.calendars import calendar_of
from tallymark.plugins.own import registry_of
from tallymark.plugins.wording import Wording
from tallymark.web.access import here, permits, user
from tallymark.web.localisation import formatter
from tallymark.web.scope import scope
from tallymark_tenants import alerts as kept
from tallymark_tenants.accounts import Permission
from tallymark_tenants.models import Alert, AlertRule

MOST = 500


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class AskedAlerts(_Strict):
    """What is asked, in the address's query."""

    rule_id = fields.UUID(load_default=None, metadata={"description": "only of this rule"})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST))


class ToldAlert(_Strict):
    """An alert; decimals are text, `text` is in the reader's language."""

    id = fields.UUID(required=True)
    rule_id = fields.UUID(required=True)
    state = fields.String(required=True, metadata={"description": "raised, repeated or recovered"})
    metric = fields.String(required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    grain = fields.String(required=True)
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)
    value = fields.String(required=True, allow_none=True)
    expected = fields.String(required=True, allow_none=True)
    low = fields.String(required=True, allow_none=True)
    high = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    unread = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)


class ToldAlerts(_Strict):
    """The newest alerts."""

    alerts = fields.List(fields.Nested(ToldAlert), required=True)


class ToldRule(_Strict):
    """A rule."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    metric = fields.String(required=True)
    dimension = fields.String(required=True)
    member = fields.String(required=True)
    grain = fields.String(required=True)
    parameters = fields.Dict(required=True)
    enabled = fields.Boolean(required=True)
    snoozed_until = fields.Date(required=True, allow_none=True)
    quiet_from = fields.String(required=True, allow_none=True)
    quiet_until = fields.String(required=True, allow_none=True)
    repeat_after_days = fields.Integer(required=True, allow_none=True)
    checked_at = fields.AwareDateTime(required=True, allow_none=True)


class ToldRules(_Strict):
    """All rules."""

    alert_rules = fields.List(fields.Nested(ToldRule), required=True)


@api.get("/alerts")
@permits(Permission.READ)
def list_alerts() -> ResponseReturnValue:
    """The newest alerts, of one rule or of all."""
    asked: dict[str, Any] = AskedAlerts().load(request.args.to_dict())
    session = scope().tenant()
    found = kept.alerts_of(session, rule_id=asked["rule_id"], most=asked["limit"])
    read = kept.read_by(session, user().id, [each.id for each in found])
    wording = Wording(registry_of(session), formatter().locale)
    speaker = Speaker(formatter(), wording, calendar_of(here().profile))
    told = [_alert(each, speaker, unread=each.id not in read) for each in found]
    return jsonify(ToldAlerts().dump({"alerts": told}))


@api.get("/alert-rules")
@permits(Permission.READ)
def list_alert_rules() -> ResponseReturnValue:
    """Every rule of the company, by name."""
    told = [_rule(each) for each in kept.list_rules(scope().tenant())]
    return jsonify(ToldRules().dump({"alert_rules": told}))


_ALERT = (
    *("id", "rule_id", "state", "dimension", "member", "grain", "period_start", "period_end"),
    *("created_at", "delivered_at"),
)
_RULE = (
    *("id", "name", "kind", "dimension", "member", "grain", "parameters", "enabled", "snoozed_until"),
    *("quiet_from", "quiet_until", "repeat_after_days", "checked_at"),
)


def _alert(alert: Alert, speaker: Speaker, *, unread: bool) -> dict[str, Any]:
    amounts = {name: getattr(alert, name) for name in ("value", "expected", "low", "high")}
    return {
        **{name: getattr(alert, name) for name in _ALERT},
        **{name: None if value is None else f"{value:f}" for name, value in amounts.items()},
        "metric": alert.metric_key,
        "text": said(alert, speaker),
        "unread": unread,
    }


def _rule(rule: AlertRule) -> dict[str, Any]:
    return {**{name: getattr(rule, name) for name in _RULE}, "metric": rule.metric_key}
