"""Which periods a scorecard can be made for: those that the data reaches."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tallymark.lake import Lake
from tallymark.lake.overlay import group_maxima
from tallymark_sdk.calendars import Calendar, Period

OFFERED = 36
GRAINS = ("month", "quarter", "year", "week")

# The dates that say how far a company's history reaches: deals closed and orders taken.
_HISTORY = {"opportunities": "closed_on", "orders": "ordered_on"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A period to choose: `value` is its first day as ISO text."""

    value: str
    period: Period


def last_day(lake: Lake, session: Session, today: date) -> date:
    """The newest day with a closed deal or an order, not after today; today where there is none."""
    days = [
        day
        for dataset, column in _HISTORY.items()
        for day in group_maxima(lake.files(session, dataset), column)
        if day <= today
    ]
    return max(days, default=today)


def choices(calendar: Calendar, grain: str, last: date) -> list[Choice]:
    """The periods up to the one with `last`, newest first."""
    newest = calendar.period(grain, last)
    periods = [calendar.step(newest, -back) for back in range(OFFERED)]
    return [Choice(value=period.start.isoformat(), period=period) for period in periods]


def suggested(offered: list[Choice], last: date, today: date) -> str:
    """The newest period with data that is over, or nearly so: one that has just begun says little."""
    newest = offered[0].period
    nearly_over = (newest.end - last).days <= max(1, (newest.end - newest.start).days // 10)
    return offered[0 if newest.end <= today or nearly_over else 1].value
