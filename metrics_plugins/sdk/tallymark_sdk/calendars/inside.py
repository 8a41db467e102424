"""The months inside a period."""

from __future__ import annotations

from datetime import timedelta

from tallymark_sdk.calendars.period import Period
from tallymark_sdk.calendars.protocols import Calendar


def months_of(period: Period, calendar: Calendar) -> tuple[Period, ...]:
    """The months of a quarter or year in order, and the month itself; of a day or week, the month it ends in."""
    last = period.end - timedelta(days=1)
    if period.grain in ("day", "week"):
        return (calendar.period("month", last),)
    months = [calendar.period("month", period.start)]
    while months[-1].end < period.end:
        months.append(calendar.step(months[-1], 1))
    return tuple(months)
