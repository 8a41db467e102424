"""Calendars: half-open periods of local dates that tile the line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tallymark_sdk.calendars.gregorian import GregorianMonths
from tallymark_sdk.calendars.jalali import JalaliMonths
from tallymark_sdk.calendars.months import MonthCalendar
from tallymark_sdk.calendars.period import GRAINS, CalendarError, Parts, Period
from tallymark_sdk.calendars.protocols import Calendar, Months

__all__ = [
    "CALENDARS",
    "GRAINS",
    "Calendar",
    "CalendarError",
    "MonthCalendar",
    "Months",
    "Parts",
    "Period",
    "calendar",
]

CALENDARS: Final[Mapping[str, Months]] = MappingProxyType(
    {months.name: months for months in (GregorianMonths(), JalaliMonths())}
)


def calendar(name: str = "gregorian", fiscal_start: int = 1) -> Calendar:
    """The calendar of that name, with fiscal years that start in its month `fiscal_start` (1 to 12).

    Raises CalendarError for a name that is not in CALENDARS or a month that does not exist.
    """
    if name not in CALENDARS:
        raise CalendarError(f"There is no calendar {name!r}; use one of {', '.join(CALENDARS)}.")
    return MonthCalendar(CALENDARS[name], fiscal_start)
