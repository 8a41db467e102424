"""With which period another is compared: the one before, the same one a year before, each to the same day."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.period import Compared, Period
from tallymark_sdk.calendars.protocols import Calendar
from tallymark_sdk.calendars.workdays import Workdays

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Steps from a period to those it is compared with.

    A period that is over is compared with whole ones. One that is still running is compared with as many working
    days of the other: nine working days of October with the first nine of September. If the day `as_of` is itself
    one that isn't worked, the days off that follow the other's last counted day are taken too, at most as many as
    have passed here. Before the first working day there may be nothing to compare with: the period is empty then.

    Args:
        as_of: the last day that the data reaches, in the tenant's zone; None where every period counts as over.
        alignment: the moving holiday that periods of the year before are shifted by. There, days are compared by
            their distance from the holiday, so a running period is cut to as many days instead of working days.
    """

    calendar: Calendar
    as_of: date | None = None
    workdays: Workdays = field(default_factory=Workdays)
    alignment: Alignment | None = None

    def is_running(self, period: Period) -> bool:
        """Whether the period has begun by `as_of` but isn't over with it."""
        return self.as_of is not None and period.start <= self.as_of < period.end - _DAY

    def previous(self, period: Period) -> Period:
        """The period before, to as many working days where this one is running."""
        asked, whole = _origin(period)
        return self._to_date(asked, self.calendar.step(whole, -1))

    def year_before(self, period: Period) -> Period:
        """The same period a year before, to as many working days where this one is running."""
        asked, whole = _origin(period)
        before = self.calendar.year_before(whole)
        days = self.alignment.shift(whole, before) if self.alignment else 0
        return self._aligned(asked, whole, before, days) if days else self._to_date(asked, before)

    def _to_date(self, asked: Period, whole: Period) -> Period:
        if self.as_of is None or not self.is_running(asked):
            return _compared(whole, whole.start, whole.end, asked, whole)
        worked, days_off = self._passed(asked, self.as_of)
        end = whole.start
        if worked:
            last = self.workdays.nth(whole, worked)
            end = whole.end if last is None else last + _DAY
        while days_off and end < whole.end and not self.workdays.is_workday(end):
            end += _DAY
            days_off -= 1
        return _compared(whole, whole.start, end, asked, whole)

    def _passed(self, asked: Period, as_of: date) -> tuple[int, int]:
        """Working days of the period that have passed, and the days off since the last of them."""
        days_off = 0
        while as_of - days_off * _DAY in asked and not self.workdays.is_workday(as_of - days_off * _DAY):
            days_off += 1
        return self.workdays.elapsed(asked, as_of), days_off

    def _aligned(self, asked: Period, whole: Period, before: Period, days: int) -> Period:
        start, end = whole.start - timedelta(days=days), whole.end - timedelta(days=days)
        if self.as_of is not None and self.is_running(asked):
            end = min(end, start + (self.as_of + _DAY - asked.start))
        return _compared(before, start, end, asked, before)


def _origin(period: Period) -> tuple[Period, Period]:
    """The period that was asked for first, and the calendar's own one that this one stands for."""
    return (period.compared.asked, period.compared.whole) if period.compared else (period, period)


def _compared(like: Period, start: date, end: date, asked: Period, whole: Period) -> Period:
    return replace(like, start=start, end=end, compared=Compared(asked=asked, whole=whole))
