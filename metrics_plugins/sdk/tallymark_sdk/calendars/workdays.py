"""Which days are worked, and counting them in a period."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from tallymark_sdk.calendars.period import Period

SATURDAY_AND_SUNDAY = frozenset({5, 6})


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day off with its name, or a day that is worked although its weekday isn't (`is_workday`)."""

    on: date
    name: str = ""
    is_workday: bool = False


@dataclass(frozen=True, kw_only=True)
class Workdays:
    """The days that people work on: all but the weekend, and whatever `special` says of single days.

    Where public holidays come from is not the SDK's business: it gets them as days.

    Args:
        weekend: weekdays that aren't worked, Monday being 0.
        special: single days that are told apart from their weekday.
    """

    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    special: Mapping[date, Holiday] = field(default_factory=dict[date, Holiday])

    @classmethod
    def of(cls, weekend: Iterable[int], *layers: Iterable[Holiday]) -> Self:
        """From a weekend and layers of special days, of which a later one overrules those before it."""
        special = {holiday.on: holiday for layer in layers for holiday in layer}
        return cls(weekend=frozenset(weekend), special=special)

    def is_workday(self, day: date) -> bool:
        """Whether people work on the day."""
        if day in self.special:
            return self.special[day].is_workday
        return day.weekday() not in self.weekend

    def between(self, first: date, beyond: date) -> int:
        """How many days from `first` up to, but without, `beyond` are worked."""
        return sum(self.is_workday(day) for day in _days(first, beyond))

    def count(self, period: Period) -> int:
        """How many days of the period are worked."""
        return self.between(period.start, period.end)

    def elapsed(self, period: Period, as_of: date) -> int:
        """How many worked days of the period have passed by the end of the day `as_of`."""
        return self.between(period.start, min(period.end, max(period.start, as_of + timedelta(days=1))))

    def remaining(self, period: Period, as_of: date) -> int:
        """How many worked days of the period are still to come after the day `as_of`."""
        return self.count(period) - self.elapsed(period, as_of)

    def nth(self, period: Period, n: int) -> date | None:
        """The period's `n`th worked day, counted from 1; None where it has fewer."""
        if n < 1:
            raise ValueError(f"Working days are counted from 1, not from {n}.")
        worked = (day for day in _days(period.start, period.end) if self.is_workday(day))
        return next((day for place, day in enumerate(worked, 1) if place == n), None)


def _days(first: date, beyond: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((beyond - first).days))
