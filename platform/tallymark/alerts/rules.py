"""What a rule says, as each kind's own value, read from its row and from a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from tallymark.engine.targets import TenantTargets
from tallymark_sdk import Metric
from tallymark_sdk.calendars import GRAINS
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_tenants.alerts import RuleValue
from tallymark_tenants.models import AlertRule

KINDS: Final = ("threshold", "pace", "anomaly")
MEASURES: Final = ("value", "attainment", "status")
SIDES: Final = ("above", "below")
STATUSES: Final = ("risk", "off")
ODDS: Final = (20, 100)
"""Of so many periods in which nothing is the matter, one is outside the band all the same."""

MOST_REPEAT = 366
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LONGEST_NAME = 120
_LARGEST = Decimal(10) ** 18


class RuleRefused(TallymarkError):
    """A rule that can't be followed; `field` is what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A value or an attainment crosses `limit`, or a status is `status` or worse.

    `of` is value, attainment or status; `side` (above, below) and `limit` belong to the first two.
    """

    of: str
    side: str = ""
    limit: Decimal | None = None
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class PaceRule:
    """The running period is heading to miss its target by more than `miss` (0.1 is ten percent)."""

    miss: Decimal


@dataclass(frozen=True, kw_only=True)
class AnomalyRule:
    """A value lies outside the band in which all but one in `one_in` periods are."""

    one_in: int


Asked: TypeAlias = Threshold | PaceRule | AnomalyRule


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule to check. Without a dimension it's the company's figure; without a member each member's."""

    metric: str
    grain: str
    asked: Asked
    dimension: str = ""
    member: str = ""
    since: datetime | None = None

    @classmethod
    def of(cls, row: AlertRule | RuleValue) -> Rule:
        """The rule in a row, or in what is about to be one."""
        raw = row.parameters
        metric = row.metric if isinstance(row, RuleValue) else row.metric_key
        since = raw.get("since")
        return cls(
            metric=metric,
            grain=row.grain,
            asked=_asked(row.kind, raw),
            dimension=row.dimension,
            member=row.member,
            since=None if since is None else datetime.fromisoformat(since),
        )


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A rule as a person types it; see `RuleValue` for what isn't said here."""

    name: str = ""
    kind: str = "threshold"
    metric: str = ""
    grain: str = "month"
    dimension: str = ""
    member: str = ""
    of: str = "value"
    side: str = "below"
    limit: str = ""
    status: str = "off"
    miss: str = "10%"
    one_in: str = "20"
    quiet_from: str = ""
    quiet_until: str = ""
    repeat_after_days: str = ""
    recipients: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


def read_rule(typed: Typed, targets: TenantTargets, members: Mapping[str, str] | None = None) -> RuleValue:
    """The rule that was meant. Raises `RuleRefused`.

    Args:
        members: the dimension's members with their names; a name is taken for its id.
    """
    known = targets.registry.metrics
    if typed.metric not in known:
        raise RuleRefused(
            "metric", f'There is no metric "{typed.metric}".{did_you_mean(typed.metric, known)}'
        )
    metric = known[typed.metric]
    if typed.kind not in KINDS:
        raise RuleRefused("kind", "A rule is a threshold, a pace or an anomaly.")
    if typed.grain not in GRAINS:
        raise RuleRefused("grain", "Choose days, weeks, months, quarters or years.")
    if typed.dimension and typed.dimension not in metric.by:
        raise RuleRefused(
            "dimension", "This KPI isn't broken down so; choose another breakdown, or the company."
        )
    quiet_from, quiet_until = _quiet(typed)
    return RuleValue(
        name=typed.name.strip()[:_LONGEST_NAME],
        kind=typed.kind,
        metric=metric.key,
        grain=typed.grain,
        parameters=_parameters(typed, metric, targets),
        dimension=typed.dimension,
        member=_member(typed, members or {}),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        recipients=typed.recipients,
        channels=typed.channels,
        repeat_after_days=_repeat(typed.repeat_after_days),
    )


def typed_of(row: AlertRule) -> Typed:
    """A rule as it would be typed."""
    raw = row.parameters
    return Typed(
        name=row.name,
        kind=row.kind,
        metric=row.metric_key,
        grain=row.grain,
        dimension=row.dimension,
        member=row.member,
        of=raw.get("of", "value"),
        side=raw.get("side", "below"),
        limit=raw.get("limit", ""),
        status=raw.get("status", "off"),
        miss=f"{Decimal(raw.get('miss', '0.1')) * 100:f}%".replace(".0%", "%"),
        one_in=str(raw.get("one_in", ODDS[0])),
        quiet_from=row.quiet_from or "",
        quiet_until=row.quiet_until or "",
        repeat_after_days=str(row.repeat_after_days or ""),
        recipients=tuple(row.recipients),
        channels=tuple(row.channels),
    )


def _asked(kind: str, raw: Mapping[str, Any]) -> Asked:
    if kind == "pace":
        return PaceRule(miss=Decimal(raw["miss"]))
    if kind == "anomaly":
        return AnomalyRule(one_in=int(raw["one_in"]))
    limit = raw.get("limit")
    return Threshold(
        of=raw["of"],
        side=raw.get("side", ""),
        limit=None if limit is None else Decimal(limit),
        status=raw.get("status", ""),
    )


def _parameters(typed: Typed, metric: Metric, targets: TenantTargets) -> dict[str, Any]:
    if typed.kind == "pace":
        nature = targets.nature(metric.key)
        if nature is None or not nature.sums_over_time or typed.grain == "day":
            raise RuleRefused(
                "kind",
                "Pace is for KPIs that add up over a week or longer; for this one choose a threshold.",
            )
        if metric.better == "neutral":
            raise RuleRefused("kind", "This KPI has no good side, so it has no pace; choose another kind.")
        return {"miss": _plain(_share(typed.miss, "miss"))}
    if typed.kind == "anomaly":
        if typed.one_in not in {str(odds) for odds in ODDS}:
            raise RuleRefused("one_in", "Choose 1 in 20 or 1 in 100.")
        return {"one_in": int(typed.one_in)}
    if typed.of not in MEASURES:
        raise RuleRefused("of", "Choose the value, the attainment or the status.")
    if typed.of != "value" and metric.better == "neutral":
        raise RuleRefused("of", "This KPI has no good side, so it has no attainment; choose its value.")
    if typed.of == "status":
        if typed.status not in STATUSES:
            raise RuleRefused("status", "Choose at risk or off target.")
        return {"of": "status", "status": typed.status}
    if typed.side not in SIDES:
        raise RuleRefused("side", "Choose above or below.")
    if typed.of == "attainment":
        return {"of": "attainment", "side": typed.side, "limit": _plain(_share(typed.limit, "limit"))}
    return {"of": "value", "side": typed.side, "limit": _plain(_number(typed.limit, metric))}


def _number(text: str, metric: Metric) -> Decimal:
    typed = text.strip()
    percent = typed.endswith("%") and metric.unit == "ratio"
    try:
        value = Decimal((typed.removesuffix("%") if percent else typed).strip().replace("_", "x"))
    except InvalidOperation as error:
        raise RuleRefused(
            "limit", "Write the limit as a plain number, such as 2400; for a ratio, such as 0.3 or 30%."
        ) from error
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise RuleRefused("limit", "The limit is too large.")
    return value / 100 if percent else value


def _share(text: str, field: str) -> Decimal:
    typed = text.strip()
    try:
        value = Decimal(typed.removesuffix("%").strip().replace("_", "x"))
    except InvalidOperation as error:
        raise RuleRefused(field, "Write a share, such as 0.9 or 90%.") from error
    value = value / 100 if typed.endswith("%") else value
    if not value.is_finite() or not 0 <= value <= 10:
        raise RuleRefused(field, "Write a share from 0% to 1000%.")
    return value


def _quiet(typed: Typed) -> tuple[str | None, str | None]:
    first, last = typed.quiet_from.strip(), typed.quiet_until.strip()
    if not first and not last:
        return None, None
    for field, text in (("quiet_from", first), ("quiet_until", last)):
        if not _CLOCK.fullmatch(text):
            raise RuleRefused(field, "Write both times, such as 22:00 and 07:00, or neither.")
    if first == last:
        raise RuleRefused(
            "quiet_until", "Quiet hours that end when they begin never end; write another time."
        )
    return first, last


def _repeat(text: str) -> int | None:
    typed = text.strip()
    if not typed:
        return None
    if not typed.isdecimal() or not 1 <= int(typed) <= MOST_REPEAT:
        raise RuleRefused("repeat_after_days", "Write a number of days from 1 to 366, or nothing.")
    return int(typed)


def _member(typed: Typed, members: Mapping[str, str]) -> str:
    wanted = typed.member.strip()
    if not typed.dimension or not wanted:
        if wanted:
            raise RuleRefused("member", "The company has no member; choose a breakdown, or leave it empty.")
        return ""
    if not members or wanted in members:
        return wanted
    called = [key for key, name in members.items() if name.casefold() == wanted.casefold()]
    if len(called) != 1:
        raise RuleRefused(
            "member",
            f'There is no "{wanted}" in the data.{did_you_mean(wanted, (*members, *members.values()))}',
        )
    return called[0]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
