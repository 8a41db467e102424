"""Years of whole weeks: 4-4-5 and its sisters, and the ISO week year."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

YearEnd: TypeAlias = Literal["nearest", "last"]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Names of the weekdays in the order of `date.weekday`."""

_WEEKS_OF_A_QUARTER = 13


@dataclass(frozen=True, kw_only=True)
class WeekMonths:
    """Years of 52 or 53 weeks, with months of four or five; a 53rd week is the last month's fifth or sixth.

    A year that ends at the end of January is named by the year it starts in, as the retail calendar of the (US)
    National Retail Federation is; any other by the year whose month it ends with.

    Args:
        weeks: how many weeks the three months of a quarter have, thirteen in all.
        last_month: the Gregorian month that a year ends with, January being 1.
        last_weekday: the weekday that a year ends on, Monday being 0.
        ends: on the one "nearest" to the month's last day, or on the "last" one in the month.
    """

    name: str
    weeks: tuple[int, int, int]
    last_month: int = 12
    last_weekday: int = 5
    ends: YearEnd = "nearest"
    days_in_week_one: int = 7

    @property
    def first_weekday(self) -> int:
        """The day after the one that a year ends on."""
        return (self.last_weekday + 1) % 7

    @property
    def fiscal(self) -> bool:
        """A year that doesn't end with December is no calendar year."""
        return self.last_month != 12

    @property
    def month_names(self) -> tuple[str, ...]:
        """P1 to P12: these months hold other days than those of the same place in the year."""
        return tuple(f"P{number}" for number in range(1, 13))

    def start(self, month: int) -> date:
        """First day of the month; raises ValueError or OverflowError outside the years 1 to 9999."""
        year, number = divmod(month, 12)
        quarter, place = divmod(number, 3)
        weeks = _WEEKS_OF_A_QUARTER * quarter + sum(self.weeks[:place])
        return self._first_day(year) + timedelta(weeks=weeks)

    def month(self, day: date) -> int:
        """The month that holds the day; raises ValueError outside the years 1 to 9999."""
        year = day.year + 1
        while self._starts_after(year, day):
            year -= 1
        week = (day - self._first_day(year)).days // 7
        quarter = min(week // _WEEKS_OF_A_QUARTER, 3)
        within = week - _WEEKS_OF_A_QUARTER * quarter
        place = sum(within >= sum(self.weeks[:months]) for months in (1, 2))
        return year * 12 + quarter * 3 + place

    def _starts_after(self, year: int, day: date) -> bool:
        # The year after the last one that a date can hold starts after every day.
        return year > date.max.year or self._first_day(year) > day

    def _first_day(self, year: int) -> date:
        ends_in = year if self.last_month == 1 else year - 1
        month_end = date(ends_in, self.last_month, monthrange(ends_in, self.last_month)[1])
        if self.ends == "nearest":
            month_end += timedelta(days=3)
        return month_end - timedelta(days=(month_end.weekday() - self.last_weekday) % 7 - 1)


ISO_WEEKS: Final = WeekMonths(name="iso-week", weeks=(4, 4, 5), last_weekday=6)
"""ISO 8601's years of weeks: they end on the Sunday nearest to 31 December. Its months follow 4-4-5."""
