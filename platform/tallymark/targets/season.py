"""How much of a period is usually reached by now: learned from the company's own earlier periods.

Working days alone say that half of a month's bookings are due after half of its working days. Where deals are signed in
the last week that paints every month red until then. So the periods of the same grain that are over are cut at the same
fraction of their working days; what each had reached by then, as a share of what it came to, is one observation, and
their median is what is usual. A median, since one month with one large deal says little about the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from statistics import median
from typing import Final

from tallymark.engine.compute import compute
from tallymark.engine.targets import TenantTargets
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.workdays import Workdays

LOOK_BACK: Final[Mapping[str, int]] = {"week": 24, "month": 24, "quarter": 12, "year": 6}
"""How many periods are looked at. A day has no inside."""
FEWEST: Final = 3
"""With fewer periods than that nothing is learned: working days decide."""

_DAY = timedelta(days=1)

Daily = Mapping[date, Fraction]


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What part of a running period is due by now.

    Attributes:
        share: from 0 to 1.
        day, days: working days that are over, and all of the period.
        learned: of how many earlier periods the share is the median; 0 where it's the share of the working days.
    """

    share: Fraction
    day: int
    days: int
    learned: int = 0


def by_workdays(period: Period, as_of: date, workdays: Workdays) -> Usual | None:
    """The share of the working days that are over; None where the period has none."""
    days = workdays.count(period)
    if not days:
        return None
    day = workdays.elapsed(period, as_of)
    return Usual(share=Fraction(day, days), day=day, days=days)


def learned(
    plain: Usual, period: Period, as_of: date, earlier: Sequence[Period], daily: Daily, workdays: Workdays
) -> Usual:
    """What is usual, from earlier periods; `plain` where there are too few.

    Each is cut at the fraction of its working days that is over in `period`; between two of its days the share lies in
    proportion between theirs. Where `as_of` is a day off, the days off after the last counted day count too, at most
    as many as have passed here. Periods whose value isn't above 0 say nothing.

    Args:
        daily: the metric's value on each day of the earlier periods; a day that isn't there has none.
    """
    fraction, off = Fraction(plain.day, plain.days), _days_off(period, as_of, workdays)
    shares = [
        share for each in earlier if (share := _share(each, fraction, off, daily, workdays)) is not None
    ]
    if len(shares) < FEWEST:
        return plain
    return Usual(share=median(shares), day=plain.day, days=plain.days, learned=len(shares))


def usual_shares(
    targets: TenantTargets, keys: Sequence[str], period: Period, as_of: date
) -> Mapping[str, Usual]:
    """Metric → what is due of it by now, for those that add up over time; none before and after the period.

    Args:
        as_of: the last day that the data covers; it counts as over.
    """
    if not period.start <= as_of < period.end:
        return {}
    natures = {key: targets.nature(key) for key in keys}
    summed = [key for key, nature in natures.items() if nature is not None and nature.sums_over_time]
    plain = by_workdays(period, as_of, targets.workdays) if summed else None
    if plain is None:
        return {}
    earlier = _earlier(period, targets)
    known = daily_values(targets, summed, earlier) if earlier else {}
    return {
        key: learned(plain, period, as_of, earlier, known[key], targets.workdays) if key in known else plain
        for key in summed
    }


def usual_on(targets: TenantTargets, key: str, asked: Sequence[tuple[Period, date]]) -> list[Usual | None]:
    """What is due of a metric on several days of periods of one grain, its daily values computed once.

    None where the day isn't in its period, and for a metric that doesn't add up over time.
    """
    nature = targets.nature(key)
    before = [_earlier(period, targets) for period, _ in asked]
    found = [each for part in before for each in part]
    if nature is None or not nature.sums_over_time or not asked:
        return [None for _ in asked]
    cut, daily = targets.calendar, None
    if found:
        span = [min(found)]
        while span[-1] < max(found):
            span.append(cut.step(span[-1], 1))
        daily = daily_values(targets, [key], span).get(key)
    plain = [
        by_workdays(period, day, targets.workdays) if period.start <= day < period.end else None
        for period, day in asked
    ]
    return [
        each
        if each is None or daily is None
        else learned(each, period, day, earlier, daily, targets.workdays)
        for each, (period, day), earlier in zip(plain, asked, before, strict=True)
    ]


def daily_values(
    targets: TenantTargets, keys: Sequence[str], periods: Sequence[Period]
) -> Mapping[str, Daily]:
    """Metric → its total on each day of consecutive periods, for metrics whose days really add up to each of them.

    That is asked of the numbers and not of the formula: what counts by months, or holds a stock, can sum over periods
    and yet not over days.
    """
    cut = targets.calendar
    first, beyond = periods[0].start, periods[-1].end
    days = [cut.period("day", first + n * _DAY) for n in range((beyond - first).days)]
    daily: dict[str, dict[date, Fraction]] = {key: {} for key in keys}
    for key, of, value in _totals(targets, keys, days):
        daily[key][of.start] = value
    whole: dict[str, dict[Period, Fraction]] = {key: {} for key in keys}
    for key, of, value in _totals(targets, keys, periods):
        whole[key][of] = value
    return {
        key: daily[key]
        for key in keys
        if all(_sum(daily[key], each.start, each.end) == whole[key].get(each, 0) for each in periods)
    }


def _totals(
    targets: TenantTargets, keys: Sequence[str], periods: Sequence[Period]
) -> list[tuple[str, Period, Fraction]]:
    cells = compute(targets.registry, keys, periods, data=targets.data, calendar=targets.calendar)
    return [
        (cell.metric, cell.period, Fraction(cell.value))
        for cell in cells
        if cell.part == "value" and cell.value is not None
    ]


def _earlier(period: Period, targets: TenantTargets) -> tuple[Period, ...]:
    count = LOOK_BACK.get(period.grain, 0)
    return targets.calendar.range(targets.calendar.step(period, -count), count) if count else ()


def _days_off(period: Period, as_of: date, workdays: Workdays) -> int:
    """How many days off have passed since the last working day."""
    count = 0
    while as_of - count * _DAY in period and not workdays.is_workday(as_of - count * _DAY):
        count += 1
    return count


def _share(period: Period, fraction: Fraction, off: int, daily: Daily, workdays: Workdays) -> Fraction | None:
    whole = _sum(daily, period.start, period.end)
    if whole <= 0:
        return None
    place = fraction * workdays.count(period)
    below, above = (
        _sum(daily, period.start, _end(period, worked, off, workdays)) / whole
        for worked in (floor(place), ceil(place))
    )
    found = below + (above - below) * (place - floor(place))
    return min(max(found, Fraction(0)), Fraction(1))


def _end(period: Period, worked: int, off: int, workdays: Workdays) -> date:
    """The first day after so many working days of the period, and after at most so many days off behind them."""
    end = period.start
    if worked:
        last = workdays.nth(period, worked)
        end = period.end if last is None else last + _DAY
    while off and end < period.end and not workdays.is_workday(end):
        end += _DAY
        off -= 1
    return end


def _sum(daily: Daily, first: date, beyond: date) -> Fraction:
    days = (first + n * _DAY for n in range((beyond - first).days))
    return sum((daily[day] for day in days if day in daily), Fraction(0))
