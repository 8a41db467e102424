"""Calendars: half-open periods of local dates that tile the line."""

from typing import Final

from tallymark_sdk.calendars.gregorian import GregorianMonths
from tallymark_sdk.calendars.jalali import JalaliMonths
from tallymark_sdk.calendars.months import MonthCalendar
from tallymark_sdk.calendars.period import GRAINS, CalendarError, Parts, Period
from tallymark_sdk.calendars.protocols import Calendar, Months
from tallymark_sdk.calendars.weeks import ISO_WEEKS, WEEKDAYS, WeekMonths

__all__ = [
    "CALENDARS",
    "GRAINS",
    "WEEKDAYS",
    "YEAR_END",
    "Calendar",
    "CalendarError",
    "MonthCalendar",
    "Months",
    "Parts",
    "Period",
    "WeekMonths",
    "calendar",
    "year_end_of",
]

_MONTHS: Final[dict[str, Months]] = {months.name: months for months in (GregorianMonths(), JalaliMonths())}
_WEEKS: Final = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}

CALENDARS: Final = (*_MONTHS, *_WEEKS, ISO_WEEKS.name)
"""The names that `calendar` knows."""

YEAR_END: Final = "nearest saturday"
"""The day that a 4-4-5, 4-5-4 or 5-4-4 year ends on where nothing else is said."""


def calendar(name: str = "gregorian", fiscal_start: int = 1, year_end: str = YEAR_END) -> Calendar:
    """The calendar of that name, with fiscal years that start in its month `fiscal_start` (1 to 12).

    A 4-4-5, 4-5-4 or 5-4-4 year starts about the first day of that Gregorian month: the day after its `year_end`,
    such as "nearest saturday" (to the end of the month before) or "last friday" (in that month). The retail year
    of the (US) National Retail Federation is `calendar("4-5-4", 2)`.

    Raises CalendarError for a name that is not in CALENDARS, or a month or weekday that does not exist.
    """
    if name in _WEEKS:
        return MonthCalendar(_weeks(name, fiscal_start, year_end), dates=GregorianMonths())
    if name == ISO_WEEKS.name:
        return MonthCalendar(ISO_WEEKS, fiscal_start, GregorianMonths())
    if name not in _MONTHS:
        raise CalendarError(f"There is no calendar {name!r}; use one of {', '.join(CALENDARS)}.")
    return MonthCalendar(_MONTHS[name], fiscal_start)


def year_end_of(text: str) -> tuple[str, int]:
    """The rule ("nearest" or "last") and the weekday (Monday is 0) of a `year_end`; raises CalendarError."""
    rule, _, weekday = text.strip().lower().partition(" ")
    if rule not in ("nearest", "last") or weekday not in WEEKDAYS:
        raise CalendarError(
            f"{text!r} isn't a day a year can end on; write nearest or last with a weekday: nearest saturday."
        )
    return rule, WEEKDAYS.index(weekday)


def _weeks(name: str, fiscal_start: int, year_end: str) -> WeekMonths:
    if not 1 <= fiscal_start <= 12:
        raise CalendarError(f"A fiscal year starts in a month from 1 to 12, not in {fiscal_start}.")
    rule, weekday = year_end_of(year_end)
    return WeekMonths(
        name=name,
        weeks=_WEEKS[name],
        last_month=(fiscal_start - 2) % 12 + 1,
        last_weekday=weekday,
        ends="last" if rule == "last" else "nearest",
    )
