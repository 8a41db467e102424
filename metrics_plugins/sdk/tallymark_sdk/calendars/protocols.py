"""What a calendar can do, and the little that a new one must bring."""

from datetime import date
from typing import Protocol

from tallymark_sdk.calendars.period import Parts, Period


class Calendar(Protocol):
    """Cuts the line of local dates into periods without gap or overlap; every error is a CalendarError."""

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        ...

    def period(self, grain: str, day: date) -> Period:
        """The period of that grain which holds `day`."""
        ...

    def step(self, period: Period, n: int) -> Period:
        """The period `n` further on, or back where `n` is negative."""
        ...

    def year_before(self, period: Period) -> Period:
        """The same period a year before."""
        ...

    def range(self, first: Period, n: int) -> tuple[Period, ...]:
        """`n` periods that follow each other, starting with `first`."""
        ...

    def parse(self, text: str, grain: str | None = None) -> Period:
        """The period that `text` names, such as 2017, 2017-Q1, 2017-03, 2017-W05 or 2017-03-05."""
        ...

    def key(self, period: Period) -> str:
        """The text that `parse` reads back."""
        ...

    def parts(self, period: Period) -> Parts:
        """Where the period stands, for a label in another language."""
        ...


class Months(Protocol):
    """Years of twelve months: all that MonthCalendar must know about a calendar.

    Months are counted through: `year * 12 + month - 1`. A 4-4-5 calendar fits too: its months are runs of
    four or five weeks.
    """

    @property
    def name(self) -> str:
        """The calendar's name."""
        ...

    @property
    def fiscal(self) -> bool:
        """Whether its years are fiscal years, which are written FY2023."""
        ...

    @property
    def month_names(self) -> tuple[str, ...]:
        """Twelve plain English names."""
        ...

    @property
    def first_weekday(self) -> int:
        """The day a week starts on, Monday being 0."""
        ...

    @property
    def days_in_week_one(self) -> int:
        """How many days of a new year a week needs at least to be its first."""
        ...

    def start(self, month: int) -> date:
        """First day of the month counted so."""
        ...

    def month(self, day: date) -> int:
        """The month, counted so, that holds the day."""
        ...
