"""With which period another is compared: the one before, the same one a year before, each to the same day."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.inside import months_of
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
    _found: dict[tuple[object, ...], Period] = field(
        default_factory=dict[tuple[object, ...], Period], init=False, repr=False, compare=False
    )

    def is_running(self, period: Period) -> bool:
        """Whether the period has begun by `as_of` but isn't over with it."""
        return self.as_of is not None and period.start <= self.as_of < period.end - _DAY

    def previous(self, period: Period) -> Period:
        """The period before, to as many working days where this one is running."""
        return self._once("previous", period, self._previous)

    def year_before(self, period: Period) -> Period:
        """The same period a year before, to as many working days where this one is running."""
        return self._once("year_before", period, self._year_before)

    def beside(self, period: Period, other: Period) -> Period:
        """Any other period of the calendar, to as many working days where this one is running."""
        return self._to_date(period, other, ())

    def back(self, period: Period, n: int) -> Period:
        """The period `n` before, whole; of a compared one, what that of the period asked for is compared with."""
        if n == 0:
            return period
        if period.compared is None:
            return self.calendar.step(period, -n)
        back = self.calendar.step(period.compared.asked, -n)
        for step in period.compared.steps:
            back = self.previous(back) if step == "previous" else self.year_before(back)
        return back

    def months(self, period: Period) -> tuple[Period, ...]:
        """The months of the period as `months_of` has them, without those that haven't begun where it is running.

        Of a compared period, the months of its whole as far as it reaches.
        """
        if period.grain == "month":
            return (period,)
        if period.compared is None:
            months = months_of(period, self.calendar)
            if self.as_of is None or not self.is_running(period):
                return months
            return tuple(month for month in months if month.start <= self.as_of)
        whole = period.compared.whole
        months = months_of(whole, self.calendar)
        if period.grain in ("day", "week"):
            return months
        moved = period.start - whole.start
        return tuple(
            replace(month, start=month.start + moved, end=min(month.end + moved, period.end))
            for month in months
            if month.start + moved < period.end
        )

    def days(self, period: Period) -> int:
        """How many days the period has; of a running one, how many have passed."""
        if self.as_of is not None and self.is_running(period):
            return (self.as_of - period.start).days + 1
        return period.days

    def _once(self, step: str, period: Period, find: Callable[[Period], Period]) -> Period:
        """The same question is asked for every member of a breakdown, and counting days takes its time."""
        asked = (step, period, *_origin(period))
        if asked not in self._found:
            self._found[asked] = find(period)
        return self._found[asked]

    def _previous(self, period: Period) -> Period:
        asked, whole, steps = _origin(period)
        return self._to_date(asked, self.calendar.step(whole, -1), (*steps, "previous"))

    def _year_before(self, period: Period) -> Period:
        asked, whole, steps = _origin(period)
        before = self.calendar.year_before(whole)
        days = self.alignment.shift(whole, before) if self.alignment else 0
        if not days:
            return self._to_date(asked, before, (*steps, "year_before"))
        start, end = whole.start - days * _DAY, whole.end - days * _DAY
        if self.as_of is not None and self.is_running(asked):
            end = min(end, start + (self.as_of + _DAY - asked.start))
        came = Compared(asked=asked, whole=before, steps=(*steps, "year_before"))
        return replace(before, start=start, end=end, compared=came)

    def _to_date(self, asked: Period, whole: Period, steps: tuple[str, ...]) -> Period:
        compared = Compared(asked=asked, whole=whole, steps=steps)
        if self.as_of is None or not self.is_running(asked):
            return replace(whole, compared=compared)
        worked, days_off = self._passed(asked, self.as_of)
        end = whole.start
        if worked:
            last = self.workdays.nth(whole, worked)
            end = whole.end if last is None else last + _DAY
        while days_off and end < whole.end and not self.workdays.is_workday(end):
            end += _DAY
            days_off -= 1
        return replace(whole, end=end, compared=compared)

    def _passed(self, asked: Period, as_of: date) -> tuple[int, int]:
        """Working days of the period that have passed, and the days off since the last of them."""
        days_off = 0
        while as_of - days_off * _DAY in asked and not self.workdays.is_workday(as_of - days_off * _DAY):
            days_off += 1
        return self.workdays.elapsed(asked, as_of), days_off


def _origin(period: Period) -> tuple[Period, Period, tuple[str, ...]]:
    """The period that was asked for first, the calendar's own one that this one stands for, and the steps between."""
    came = period.compared
    return (came.asked, came.whole, came.steps) if came else (period, period, ())
