"""A period: a half-open run of local dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

GRAINS: Final = ("day", "week", "month", "quarter", "year")


class CalendarError(ValueError):
    """A calendar, grain or period that does not exist, said in one sentence."""


@dataclass(frozen=True, order=True)
class Period:
    """The local dates from `start` up to, but without, `end`; sorts by its dates.

    `grain` is one of GRAINS, `calendar` the calendar it was cut by, `label` its plain English name. `compared` says
    what a period stands for that another one is compared with; equality and order leave it out.
    """

    start: date
    end: date
    grain: str
    calendar: str
    label: str
    compared: Compared | None = field(default=None, compare=False, repr=False)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def is_whole(self) -> bool:
        """Whether it's a period as the calendar has it, not cut to a date nor aligned to a holiday."""
        return self.compared is None or self == self.compared.whole

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Where a compared period comes from: the one `asked` for, and the calendar's `whole` one that it is part of.

    A period aligned to a holiday may hold other days than its `whole`, the calendar's like a year before. `steps`
    are how it was come to: "previous" and "year_before" in their order.
    """

    asked: Period
    whole: Period
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Where a period stands in its calendar, for labels in any language.

    `number` counts from 1: the month of a day or month, the quarter, the week; 0 for a year. `day` is the day
    of the month, 0 for other grains. `fiscal` says that `year` is a fiscal year which does not start with the
    calendar's first month.
    """

    year: int
    number: int = 0
    day: int = 0
    fiscal: bool = False
