"""From which attainment a KPI is on target and from which it is merely at risk: always, for a grain, or for a period.

A KPI's row keeps them as JSON, each level a text so that it stays exact:

    {"on": "1", "risk": "0.9",
     "by_grain": {"week": {"on": "1", "risk": "0.8"}},
     "periods": [{"from": "2026-10-01", "to": "2027-01-01", "on": "0.95", "risk": "0.85"}]}

What is more particular holds: a stretch of time before a grain, a grain before what always holds, the shorter of two
stretches before the longer. `to` is the first day after, or null where there is no end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.scorecards.compose.inputs import Thresholds
from tallymark_sdk.calendars import GRAINS, Calendar, CalendarError, Period
from tallymark_sdk.errors import TallymarkError
from tallymark_tenants.kpi_sets import KpiSetRefused, kpis_of, set_thresholds, thresholds_of

ALWAYS: Final = "always"
_MOST = Decimal(10)
_PLACES = 4

Stored = Mapping[str, Any]


class ThresholdsRefused(TallymarkError):
    """The thresholds can't be set; `field` is what to mend: when, on or risk."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Line:
    """Thresholds as they are listed: `when` is "always", a grain, or the stretch as the calendar writes it."""

    when: str
    on: Decimal
    risk: Decimal


def thresholds_for(raw: Stored, period: Period) -> Thresholds:
    """The thresholds that hold in a period, from what a KPI's row keeps."""
    found = {**raw, **raw.get("by_grain", {}).get(period.grain, {})}
    holding = [each for each in raw.get("periods", ()) if _covers(each, period)]
    if holding:
        found |= min(holding, key=_length)
    default = Thresholds()
    return Thresholds(
        on=_decimal(found.get("on"), default.on), risk=_decimal(found.get("risk"), default.risk)
    )


def with_levels(raw: Stored, when: str, on: str, risk: str, calendar: Calendar) -> dict[str, Any]:
    """What a row would keep with these levels. Raises `ThresholdsRefused`.

    Args:
        when: "always", a grain, a period as the calendar writes it (2026-Q4), two dates with a slash between, or one
            with a slash behind it: from then on.
        on, risk: attainments: 95% or 0.95.
    """
    levels = {"on": _level(on, "on"), "risk": _level(risk, "risk")}
    if levels["on"] < levels["risk"]:
        raise ThresholdsRefused(
            "risk", "A KPI is at risk below its target: write a smaller share for “at risk”."
        )
    written = {name: _plain(value) for name, value in levels.items()}
    kept = without(raw, when, calendar)
    place = when.strip() or ALWAYS
    if place == ALWAYS:
        return {**kept, **written}
    if place in GRAINS:
        return {**kept, "by_grain": {**kept.get("by_grain", {}), place: written}}
    first, beyond = _stretch(place, calendar)
    span = {"from": first.isoformat(), "to": None if beyond is None else beyond.isoformat()}
    return {**kept, "periods": sorted([*kept.get("periods", ()), {**span, **written}], key=_order)}


def without(raw: Stored, when: str, calendar: Calendar) -> dict[str, Any]:
    """What a row would keep without the levels of `when`; raises `ThresholdsRefused` where it can't be read."""
    kept: dict[str, Any] = dict(raw)
    place = when.strip() or ALWAYS
    if place == ALWAYS:
        return {name: value for name, value in kept.items() if name not in ("on", "risk")}
    if place in GRAINS:
        kept["by_grain"] = {name: value for name, value in kept.get("by_grain", {}).items() if name != place}
    else:
        first, beyond = _stretch(place, calendar)
        span = (first.isoformat(), None if beyond is None else beyond.isoformat())
        kept["periods"] = [each for each in kept.get("periods", ()) if (each["from"], each.get("to")) != span]
    return {name: value for name, value in kept.items() if value not in ({}, [])}


def lines(raw: Stored, calendar: Calendar) -> list[Line]:
    """All that a row keeps, what always holds first; the defaults where nothing always holds."""
    standing = {"on": raw.get("on"), "risk": raw.get("risk")}
    by_grain = raw.get("by_grain", {})
    return [
        _line(ALWAYS, standing),
        *(_line(grain, by_grain[grain]) for grain in GRAINS if grain in by_grain),
        *(_line(_written(each, calendar), each) for each in raw.get("periods", ())),
    ]


def is_kept(raw: Stored, when: str, calendar: Calendar) -> bool:
    """Whether a row keeps levels of its own for `when`. Raises `ThresholdsRefused`."""
    return without(raw, when, calendar) != dict(raw)


def change(
    session: Session,
    kpi_set_id: UUID,
    key: str,
    when: str,
    levels: tuple[str, str] | None,
    calendar: Calendar,
) -> None:
    """Set a KPI's levels (on, at risk) for `when`, or with None remove them.

    Raises:
        ThresholdsRefused: with the field to mend.
        KpiSetRefused: the set doesn't have the KPI.
    """
    raw = thresholds_of(session, kpi_set_id, key)
    if levels is not None:
        set_thresholds(session, kpi_set_id, key, with_levels(raw, when, *levels, calendar))
        return
    if not is_kept(raw, when, calendar):
        raise ThresholdsRefused("when", "There are no thresholds for this; look at the list.")
    set_thresholds(session, kpi_set_id, key, without(raw, when, calendar))


def listed(session: Session, kpi_set_id: UUID, calendar: Calendar, key: str | None = None) -> list[str]:
    """A line for each threshold of the set's KPIs, or of one of them."""
    rows = kpis_of(session, kpi_set_id)
    if key is not None and key not in {row.metric_key for row in rows}:
        raise KpiSetRefused(f"The KPI set doesn't have {key}.")
    return [
        f"{row.metric_key} {each.when}: on target from {_plain(each.on * 100)}%, at risk from {_plain(each.risk * 100)}%"
        for row in rows
        if key in (None, row.metric_key)
        for each in lines(row.thresholds, calendar)
    ]


def _level(text: str, field: str) -> Decimal:
    typed = text.strip()
    try:
        value = Decimal(typed.removesuffix("%").strip().replace("_", "x"))
    except InvalidOperation as error:
        raise ThresholdsRefused(field, "Write a share of the target, such as 0.95 or 95%.") from error
    value = value / 100 if typed.endswith("%") else value
    if not value.is_finite() or not 0 < value <= _MOST:
        raise ThresholdsRefused(field, "Write a share of the target above 0, such as 0.95 or 95%.")
    if -int(value.normalize().as_tuple().exponent) > _PLACES:
        raise ThresholdsRefused(field, "A share has at most two decimal places in percent, such as 92.5%.")
    return value


def _stretch(text: str, calendar: Calendar) -> tuple[date, date | None]:
    try:
        if "/" not in text:
            period = calendar.parse(text)
            return period.start, period.end
        first, _, beyond = text.partition("/")
        start = date.fromisoformat(first.strip())
        end = date.fromisoformat(beyond.strip()) if beyond.strip() else None
    except CalendarError as error:
        raise ThresholdsRefused("when", str(error)) from error
    except ValueError as error:
        raise ThresholdsRefused("when", "Write two dates as 2026-01-10/2026-02-01.") from error
    if end is not None and end <= start:
        raise ThresholdsRefused("when", "The second date is the first day after; it must be later.")
    return start, end


def _covers(stretch: Mapping[str, Any], period: Period) -> bool:
    end = stretch.get("to")
    return date.fromisoformat(stretch["from"]) <= period.start and (
        end is None or period.end <= date.fromisoformat(end)
    )


def _length(stretch: Any) -> tuple[int, int]:
    first = date.fromisoformat(stretch["from"]).toordinal()
    end = stretch.get("to")
    days = date.max.toordinal() if end is None else date.fromisoformat(end).toordinal() - first
    return days, -first


def _order(stretch: Mapping[str, Any]) -> tuple[str, str]:
    return stretch["from"], stretch.get("to") or ""


def _written(stretch: Mapping[str, Any], calendar: Calendar) -> str:
    first, end = date.fromisoformat(stretch["from"]), stretch.get("to")
    if end is None:
        return f"{first}/"
    beyond = date.fromisoformat(end)
    for grain in reversed(GRAINS):
        period = calendar.period(grain, first)
        if (period.start, period.end) == (first, beyond):
            return calendar.key(period)
    return f"{first}/{beyond}"


def _line(when: str, levels: Mapping[str, Any]) -> Line:
    default = Thresholds()
    return Line(
        when=when,
        on=_decimal(levels.get("on"), default.on),
        risk=_decimal(levels.get("risk"), default.risk),
    )


def _decimal(value: object, default: Decimal) -> Decimal:
    return default if value is None else Decimal(str(value))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
