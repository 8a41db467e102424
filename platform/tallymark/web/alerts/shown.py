"""Alerts and rules as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for

from tallymark.alerts.delivering import said
from tallymark.alerts.preview import Preview
from tallymark.alerts.words import Sentence, Speaker
from tallymark.calendars import calendar_of
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.web.access import here
from tallymark.web.alerts.forms import grain_names
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark_tenants.models import Alert, AlertRule


@dataclass(frozen=True, kw_only=True)
class ShownAlert:
    """One alert: `mark` is the shape and colour of its state, `rows` the page with the rows behind its figure."""

    id: UUID
    words: str
    state: str
    mark: str
    when: str
    rule: str
    rule_id: UUID
    unread: bool
    rows: str
    figure: str
    expected: str
    band: str
    delivered: str


@dataclass(frozen=True, kw_only=True)
class ShownRule:
    """One rule: what it watches, and what its last check found."""

    id: UUID
    name: str
    metric: str
    kind: str
    grain: str
    enabled: bool
    snoozed_until: str
    found: str
    mark: str
    checked: str


def speaker(known: Registry) -> Speaker:
    """Says alerts to the reader of the request."""
    return Speaker(formatter(), Wording(known, formatter().locale), calendar_of(here().profile))


def shown_alerts(
    alerts: Iterable[Alert], rules: Mapping[UUID, AlertRule], read: frozenset[UUID], known: Registry
) -> list[ShownAlert]:
    """Alerts in words, with their figures and links."""
    tongue = speaker(known)
    return [_alert(each, rules, read, tongue, known) for each in alerts]


def shown_rules(rules: Iterable[AlertRule], known: Registry) -> list[ShownRule]:
    """Rules with what they found."""
    tongue = speaker(known)
    kinds = {"threshold": _("Threshold"), "pace": _("Pace"), "anomaly": _("Anomaly")}
    grains = grain_names()
    return [
        ShownRule(
            id=each.id,
            name=each.name or _metric(known, tongue, each.metric_key),
            metric=_metric(known, tongue, each.metric_key),
            kind=kinds[each.kind],
            grain=grains[each.grain],
            enabled=each.enabled,
            snoozed_until=_until(each),
            found=_found(each, tongue, known),
            mark="bad" if each.result.get("so") else "live" if each.result.get("unknown") else "good",
            checked="" if each.checked_at is None else formatter().moment(each.checked_at),
        )
        for each in rules
    ]


def shown_preview(told: Preview, known: Registry) -> dict[str, object]:
    """What a rule would have said, day by day."""
    tongue = speaker(known)
    states = _states()
    return {
        "raised": told.raised,
        "unknown": told.unknown,
        "days": told.days,
        "lines": [
            {
                "day": formatter().date(each.day),
                "state": states[each.new.state][0],
                "mark": states[each.new.state][1],
                "words": tongue.say(each.new.verdict.words),
            }
            for each in told.alerts
        ],
    }


def _alert(
    alert: Alert, rules: Mapping[UUID, AlertRule], read: frozenset[UUID], tongue: Speaker, known: Registry
) -> ShownAlert:
    write, rule = formatter(), rules.get(alert.rule_id)
    unit = known[alert.metric_key].unit if alert.metric_key in known.metrics else "index"
    word, mark = _states()[alert.state]
    asked: dict[str, Any] = {
        "metric": alert.metric_key,
        "period": tongue.calendar.key(tongue.calendar.period(alert.grain, alert.period_start)),
    }
    if alert.member:
        asked |= {"by": alert.dimension, "member": alert.member}
    amounts = {
        name: "" if value is None else write.value(value, unit, compact=False)
        for name, value in (("figure", alert.value), ("expected", alert.expected))
    }
    return ShownAlert(
        id=alert.id,
        words=said(alert, tongue),
        state=word,
        mark=mark,
        when=write.moment(alert.created_at),
        rule=(rule.name if rule is not None else "") or _metric(known, tongue, alert.metric_key),
        rule_id=alert.rule_id,
        unread=alert.id not in read,
        rows=url_for("explain.index", **asked) if alert.metric_key in known.metrics else "",
        figure=amounts["figure"],
        expected=amounts["expected"],
        band=_band(alert, unit),
        delivered="" if alert.delivered_at is None else write.moment(alert.delivered_at),
    )


def _band(alert: Alert, unit: str) -> str:
    write = formatter()
    low = None if alert.low is None else write.value(alert.low, unit, compact=False)
    high = None if alert.high is None else write.value(alert.high, unit, compact=False)
    if low is not None and high is not None:
        return _("%(low)s to %(high)s", low=low, high=high)
    if low is not None:
        return _("%(low)s or more", low=low)
    return _("%(high)s or less", high=high) if high is not None else ""


def _states() -> dict[str, tuple[str, str]]:
    return {
        "raised": (_("Alert"), "bad"),
        "repeated": (_("Still so"), "warn"),
        "recovered": (_("Over"), "good"),
    }


def _found(rule: AlertRule, tongue: Speaker, known: Registry) -> str:
    result = rule.result
    if rule.metric_key not in known.metrics:
        return _("The metric is not installed or not enabled.")
    if rule.checked_at is None:
        return _("Not checked yet.")
    if result.get("so"):
        return _("It is so now.")
    if result.get("unknown") and not result.get("not_so") and result.get("why"):
        return tongue.say(Sentence.read(result["why"]))
    return _("All as it should be.")


def _until(rule: AlertRule) -> str:
    day = rule.snoozed_until
    return formatter().date(day) if day is not None and day > _today() else ""


def _today() -> date:
    return datetime.now(ZoneInfo(here().profile.timezone)).date()


def _metric(known: Registry, tongue: Speaker, key: str) -> str:
    return tongue.wording.name(key) if key in known.metrics else key
