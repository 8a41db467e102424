"""Periods of a calendar whose years have twelve months."""

from dataclasses import dataclass
from datetime import date

from tallymark_sdk.calendars import notation
from tallymark_sdk.calendars.period import GRAINS, CalendarError, Parts, Period
from tallymark_sdk.calendars.protocols import Months

# How many months a period of the grain has, and how many of them make a year.
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# Which grains the periods of a grain fit into whole.
_INSIDE = {
    "day": GRAINS,
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
}
_WEEKS_INSIDE = ("week", "month", "quarter", "year")


@dataclass(frozen=True)
class MonthCalendar:
    """A calendar of twelve months, with fiscal years that start with any of them.

    A fiscal year is named by the calendar year it ends in (April 2016 to March 2017: FY2017), and by its
    calendar year where it starts with the first month. Quarters are those of the fiscal year; weeks and their
    numbers belong to the calendar year. Periods of a grain are numbered through, and period `n + 1` starts
    where period `n` ends, so they can leave neither gap nor overlap.

    Args:
        dates: whose months name single days where those of `months` are runs of weeks, which nobody dates a
            letter by. Weeks then fit whole into months, and a day's like a year before is that of the same week.
    """

    months: Months
    fiscal_start: int = 1
    dates: Months | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_start <= 12:
            raise CalendarError(f"A fiscal year starts in a month from 1 to 12, not in {self.fiscal_start}.")

    @property
    def name(self) -> str:
        """The name of the calendar, the same for every fiscal start."""
        return self.months.name

    def period(self, grain: str, day: date) -> Period:
        """The period of that grain which holds `day`."""
        return self._numbered(grain, self._number(grain, day))

    def step(self, period: Period, n: int) -> Period:
        """The period `n` further on, or back where `n` is negative."""
        return self._numbered(period.grain, self._own(period) + n)

    def year_before(self, period: Period) -> Period:
        """The same period a year before: the same month, quarter, week number or day of the month.

        Where that year has no such week or day, the one before: week 52 for week 53, 28 for 29 February. In a
        year of whole weeks, the same day of the same week.
        """
        number = self._own(period)
        if period.grain in _MONTHS:
            return self._numbered(period.grain, number - 12 // _MONTHS[period.grain])
        parts = self.parts(period)
        if period.grain == "week":
            last = self._week_one(parts.year) - 1
            return self._numbered("week", min(self._week_one(parts.year - 1) + parts.number - 1, last))
        if self.dates is not None:
            week = self.period("week", period.start)
            return self.period("day", _later(self.year_before(week).start, (period.start - week.start).days))
        month = self._number("month", period.start) - 12
        day = _later(self._month_start(month), parts.day - 1)
        return self.period("day", min(day, _later(self._month_start(month + 1), -1)))

    def range(self, first: Period, n: int) -> tuple[Period, ...]:
        """`n` periods that follow each other, starting with `first`."""
        if n < 0:
            raise CalendarError(f"A range has 0 or more periods, not {n}.")
        number = self._own(first)
        return tuple(self._numbered(first.grain, number + i) for i in range(n))

    def parse(self, text: str, grain: str | None = None) -> Period:
        """The period that `text` names, in this calendar's own years and months.

        With a wider `grain`, the period of that grain in which the named one lies whole (2017-03 by quarter:
        2017-Q1). Raises CalendarError where there is no such period.
        """
        named, parts = notation.read(text)
        period = self._find(named, parts)
        if notation.write(named, self.parts(period)) != notation.write(named, parts):
            raise CalendarError(f"The {self.name} calendar has no {named} {text.strip()!r}.")
        if grain is None or grain == named:
            return period
        _check(grain)
        inside = _WEEKS_INSIDE if named == "week" and self.dates is not None else _INSIDE.get(named, ())
        if grain not in inside:
            raise CalendarError(f"{text.strip()!r} names a {named}, where a {grain} is asked for.")
        return self.period(grain, period.start)

    def key(self, period: Period) -> str:
        """The text that `parse` reads back."""
        return notation.write(period.grain, self.parts(period))

    def parts(self, period: Period) -> Parts:
        """Where the period stands, for a label in another language."""
        return self._parts(period.grain, self._own(period))

    @property
    def _day_months(self) -> Months:
        """Whose months name single days."""
        return self.dates or self.months

    @property
    def _shift(self) -> int:
        """How many months fiscal years start after calendar years."""
        return self.fiscal_start - 1

    def _number(self, grain: str, day: date) -> int:
        """Which period of the grain holds the day, numbered through."""
        _check(grain)
        if grain == "day":
            return day.toordinal()
        if grain == "week":
            return (day.toordinal() - 1 - self.months.first_weekday) // 7
        shift = 0 if grain == "month" else self._shift
        return (self._month_of(day) - shift) // _MONTHS[grain]

    def _start(self, grain: str, number: int) -> date:
        if grain == "day":
            return _from_ordinal(number)
        if grain == "week":
            return _from_ordinal(number * 7 + 1 + self.months.first_weekday)
        return self._month_start(self._first_month(grain, number))

    def _first_month(self, grain: str, number: int) -> int:
        return number * _MONTHS[grain] + (0 if grain == "month" else self._shift)

    def _numbered(self, grain: str, number: int) -> Period:
        months = self._day_months if grain == "day" else self.months
        text = notation.label(grain, self._parts(grain, number), months.month_names)
        return Period(self._start(grain, number), self._start(grain, number + 1), grain, self.name, text)

    def _own(self, period: Period) -> int:
        """The period's number, once it is sure that this calendar cut it."""
        number = self._number(period.grain, period.start)
        if self._numbered(period.grain, number) != period:
            raise CalendarError(
                f"{period.label} ({period.start} to {period.end}) is not a {period.grain} of this calendar."
            )
        return number

    def _parts(self, grain: str, number: int) -> Parts:
        start = self._start(grain, number)
        if grain == "week":
            decisive = _later(start, 7 - self.months.days_in_week_one)
            year = self._month_of(decisive) // 12
            return Parts(year=year, number=number - self._week_one(year) + 1, fiscal=self.months.fiscal)
        if grain == "day":
            month = self._month_of(start, self._day_months)
            day = (start - self._month_start(month, self._day_months)).days + 1
            return Parts(year=month // 12, number=month % 12 + 1, day=day)
        month = self._month_of(start)
        if grain == "month":
            return Parts(year=month // 12, number=month % 12 + 1, fiscal=self.months.fiscal)
        year, month_of_year = divmod(month - self._shift, 12)
        return Parts(
            year=year + (self.fiscal_start > 1),
            number=month_of_year // 3 + 1 if grain == "quarter" else 0,
            fiscal=self.fiscal_start > 1 or self.months.fiscal,
        )

    def _find(self, grain: str, parts: Parts) -> Period:
        """The period at these parts; where the calendar has no such one, another one near."""
        fiscal_year = parts.year - (self.fiscal_start > 1)
        month = parts.year * 12 + parts.number - 1
        match grain:
            case "year":
                return self._numbered(grain, fiscal_year)
            case "quarter":
                return self._numbered(grain, fiscal_year * 4 + parts.number - 1)
            case "month":
                return self._numbered(grain, month)
            case "week":
                return self._numbered(grain, self._week_one(parts.year) + parts.number - 1)
            case _:
                return self.period("day", _later(self._month_start(month, self._day_months), parts.day - 1))

    def _week_one(self, year: int) -> int:
        decisive = _later(self._month_start(year * 12), self.months.days_in_week_one - 1)
        return self._number("week", decisive)

    def _month_start(self, month: int, months: Months | None = None) -> date:
        try:
            return (months or self.months).start(month)
        except (ValueError, OverflowError):
            raise CalendarError(f"The {self.name} calendar does not reach the year {month // 12}.") from None

    def _month_of(self, day: date, months: Months | None = None) -> int:
        try:
            return (months or self.months).month(day)
        except (ValueError, OverflowError):
            raise CalendarError(f"The {self.name} calendar does not reach {day}.") from None


def _check(grain: str) -> None:
    if grain not in GRAINS:
        raise CalendarError(f"There is no grain {grain!r}; use one of {', '.join(GRAINS)}.")


def _later(day: date, days: int) -> date:
    return _from_ordinal(day.toordinal() + days)


def _from_ordinal(number: int) -> date:
    try:
        return date.fromordinal(number)
    except (ValueError, OverflowError):
        raise CalendarError("The period lies outside the years 1 to 9999.") from None
