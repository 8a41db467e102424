"""How a value stands on the way to its target while the period runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tallymark.engine.targets import TenantTargets
from tallymark_sdk.calendars import Period
from tallymark_sdk.targets import elapsed, needed_per_day, pace


@dataclass(frozen=True, kw_only=True)
class Running:
    """`pace` is the value by what was due by now; `needed` is what each working day that is left must bring."""

    pace: Decimal | None = None
    needed: Decimal | None = None


def running(
    targets: TenantTargets, key: str, value: Decimal, goal: Decimal, period: Period, as_of: date
) -> Running | None:
    """Pace and need of a metric's value in the period; None before and after it.

    None too for metrics that don't add up over time: half a month's sales are half of something, half a month's
    close ratio isn't. What is needed is said only where higher is better.

    Args:
        as_of: the last day that the data covers; it counts as over.
    """
    nature = targets.nature(key)
    if nature is None or not nature.sums_over_time or not period.start <= as_of < period.end:
        return None
    share = elapsed(period, as_of, targets.workdays.is_workday)
    if share is None:
        return None
    left = targets.workdays.remaining(period, as_of)
    more = targets.registry[key].better == "higher"
    return Running(pace=pace(value, goal, share), needed=needed_per_day(value, goal, left) if more else None)
