"""A target as a person types it: every word checked, with a sentence that says what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from tallymark.engine.labels import labels
from tallymark.engine.targets import TenantTargets
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Calendar, CalendarError
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.targets import SCOPES, Spread, TargetError, day_weights
from tallymark_sdk.targets.rows import MOST_DAYS
from tallymark_tenants.targets import TargetValue

COMPANY = "company"
WHOSE = (COMPANY, *SCOPES)
_LARGEST = Decimal(10) ** 18
_MOST_PLACES = 6
_LARGEST_RATIO = 10
_DIVIDED = ("money", "count")


class TargetRefused(TallymarkError):
    """The target can't be set; `field` is what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What was typed.

    Attributes:
        period: as the tenant's calendar writes it: 2026, 2026-Q1, 2026-03, 1405 …; or as two dates, the first day and
            the first day after, with a slash between: 2026-01-10/2026-02-01.
        value: a plain number, or a percentage for a ratio: 2400, 2400.50, 30%.
        scope, member: "company", or such as "rep" and the rep's id or name.
        spread: a method of the SDK, or empty for the metric's own way.
        weights: numbers with commas or spaces between, for the spread "weights".
    """

    metric: str
    period: str
    value: str
    scope: str = COMPANY
    member: str = ""
    spread: str = ""
    weights: str = ""


def read_entry(entry: Entry, targets: TenantTargets) -> TargetValue:
    """The target that was meant. Raises `TargetRefused`."""
    known = targets.registry.metrics
    if entry.metric not in known:
        raise TargetRefused(
            "metric", f'There is no metric "{entry.metric}".{did_you_mean(entry.metric, known)}'
        )
    metric = known[entry.metric]
    start, end = _span(entry.period.strip(), targets.calendar)
    spread = _spread(entry, metric, targets)
    if spread is not None:
        try:
            day_weights(start, end, spread, calendar=targets.calendar)
        except TargetError as error:
            raise TargetRefused("weights", str(error)) from error
    dimension = "" if entry.scope == COMPANY else entry.scope
    return TargetValue(
        metric=metric.key,
        start=start,
        end=end,
        value=_value(entry.value, metric),
        dimension=dimension,
        member=_member(entry, metric, targets),
        spread=None if spread is None else spread.method,
        weights=() if spread is None else spread.weights,
    )


def members_of(scope: str, targets: TenantTargets) -> Mapping[str, str]:
    """The members of a scope that the data names, with their names; none for a scope that is its own name."""
    return labels(targets.data, [scope]).get(scope, {})


def entry_of(target: TargetValue, calendar: Calendar) -> Entry:
    """A target as it would be typed."""
    return Entry(
        metric=target.metric,
        period=written(target.start, target.end, calendar),
        value=plain(target.value),
        scope=target.dimension or COMPANY,
        member=target.member,
        spread=target.spread or "",
        weights=", ".join(plain(weight) for weight in target.weights),
    )


def written(start: date, end: date, calendar: Calendar) -> str:
    """A period as the calendar writes it, or its two dates where it cuts none like it."""
    for grain in ("month", "quarter", "year", "week", "day"):
        period = calendar.period(grain, start)
        if (period.start, period.end) == (start, end):
            return calendar.key(period)
    return f"{start}/{end}"


def plain(value: Decimal) -> str:
    """A number without an exponent or trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _span(text: str, calendar: Calendar) -> tuple[date, date]:
    try:
        if "/" in text:
            first, _, beyond = text.partition("/")
            start, end = date.fromisoformat(first.strip()), date.fromisoformat(beyond.strip())
            if (end - start).days > MOST_DAYS:
                raise TargetRefused("period", "A target's period is at most ten years long.")
            day_weights(start, end, Spread(), calendar=calendar)
            return start, end
        period = calendar.parse(text)
    except (CalendarError, TargetError) as error:
        raise TargetRefused("period", str(error)) from error
    except ValueError as error:
        raise TargetRefused("period", "Write two dates as 2026-01-10/2026-02-01.") from error
    return period.start, period.end


def _value(text: str, metric: Metric) -> Decimal:
    percent = text.strip().endswith("%")
    try:
        value = Decimal(text.strip().removesuffix("%").strip().replace("_", "x"))
    except InvalidOperation as error:
        raise TargetRefused(
            "value",
            "Write the value as a share, such as 0.3 or 30%."
            if metric.unit == "ratio"
            else "Write the value as a plain number, such as 2400 or 2400.50.",
        ) from error
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise TargetRefused("value", "The value is too large to be a target.")
    if percent:
        if metric.unit != "ratio":
            raise TargetRefused("value", f"{metric.key} isn't a ratio; write the value without %.")
        value = value / 100
    elif metric.unit == "ratio" and abs(value) > _LARGEST_RATIO:
        raise TargetRefused(
            "value", f"{metric.key} is a ratio: write {text.strip()}% or a fraction such as 0.3."
        )
    if -int(value.normalize().as_tuple().exponent) > _MOST_PLACES:
        raise TargetRefused("value", f"A target has at most {_MOST_PLACES} decimal places.")
    return value


def _spread(entry: Entry, metric: Metric, targets: TenantTargets) -> Spread | None:
    method = entry.spread.strip()
    words = entry.weights.replace(",", " ").split()
    if not method and not words:
        return None
    try:
        weights = tuple(Decimal(word) for word in words)
    except InvalidOperation as error:
        raise TargetRefused("weights", "Write weights as numbers with commas between: 1, 1, 2.") from error
    try:
        spread = Spread(method=method or "weights", weights=weights)
    except TargetError as error:
        raise TargetRefused("weights" if words else "spread", str(error)) from error
    nature = targets.nature(metric.key)
    sums = nature is not None and nature.sums_over_time
    if spread.method != "level" and not sums and metric.unit not in _DIVIDED:
        raise TargetRefused(
            "spread",
            f"{metric.key} doesn't add up over time, so its target holds in every part of the period; "
            "leave the spread out.",
        )
    return spread


def _member(entry: Entry, metric: Metric, targets: TenantTargets) -> str:
    scope, member = entry.scope, entry.member.strip()
    if scope not in WHOSE:
        raise TargetRefused(
            "scope",
            f'There is no scope "{scope}".{did_you_mean(scope, WHOSE)} Use one of {", ".join(WHOSE)}.',
        )
    if scope == COMPANY:
        if member:
            raise TargetRefused("member", "A target of the company has no member; leave it empty.")
        return ""
    if scope not in metric.by:
        offered = [each for each in SCOPES if each in metric.by]
        instead = f"it is by {', '.join(offered)}" if offered else "only the company can have its target"
        raise TargetRefused("scope", f"{metric.key} isn't broken down by {scope}; {instead}.")
    if not member:
        raise TargetRefused("member", f"Say which {scope.replace('_', ' ')} the target is for.")
    names = members_of(scope, targets)
    if not names or member in names:
        return member
    called = [each for each, name in names.items() if name.casefold() == member.casefold()]
    if len(called) == 1:
        return called[0]
    if called:
        raise TargetRefused(
            "member", f'Several are called "{member}"; write the id: {", ".join(sorted(called))}.'
        )
    raise TargetRefused(
        "member",
        f'There is no {scope.replace("_", " ")} "{member}" in the data.'
        f"{did_you_mean(member, (*names, *names.values()))}",
    )
