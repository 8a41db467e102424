"""Holidays that move through the calendar, and when they begin."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from tallymark.calendars.countries import FIRST_YEAR, LAST_YEAR, public_holidays
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.jalali import JalaliMonths

# The first of the days that the country's holidays call so is new year's day.
_NEW_YEARS: Final = {"tet": ("VN", "Lunar New Year"), "lunar_new_year": ("TW", "Chinese New Year")}


@lru_cache
def alignment(name: str) -> Alignment | None:
    """The alignment of that name: "tet", "lunar_new_year" (春節) or "nowruz"; None for "".

    Tết and 春節 are the same day in most years, but each is reckoned by its own country's midnight.
    """
    return Alignment(name=name, days=_DAYS[name](name)) if name else None


def _lunar(name: str) -> tuple[date, ...]:
    country, called = _NEW_YEARS[name]
    first: dict[int, date] = {}
    for holiday in public_holidays(country):
        if called in holiday.name.split("; "):
            first.setdefault(holiday.on.year, holiday.on)
    return tuple(first.values())


def _nowruz(_name: str) -> tuple[date, ...]:
    months = JalaliMonths()
    # The Jalali year that begins in the spring of a Gregorian one is 621 behind it.
    return tuple(months.start((year - 621) * 12) for year in range(FIRST_YEAR, LAST_YEAR + 1))


_DAYS: Final[Mapping[str, Callable[[str], tuple[date, ...]]]] = {
    "tet": _lunar,
    "lunar_new_year": _lunar,
    "nowruz": _nowruz,
}
