"""Comparing with the year before by the distance from a holiday that moves."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta

from tallymark_sdk.calendars.period import Period


@dataclass(frozen=True, kw_only=True)
class Alignment:
    """A holiday that falls on another day each year, and the days around it that it makes unlike others.

    The season of a holiday is the days from `before` days before it to `after` days after it. Where a period and the
    same one a year before hold the same days of their seasons (none, or all of them, as most quarters do), there's
    nothing to align. Where they don't, the period is compared with as many days that lie as far from the earlier
    holiday as its own days lie from this one: if Tết is 17 days after the month begins, it is so in both.

    Args:
        name: what the holiday is called in the tenant's settings, such as "tet".
        days: the holiday's first day in each year, in order.
    """

    name: str
    days: tuple[date, ...]
    before: int = 14
    after: int = 7

    def shift(self, period: Period, counterpart: Period) -> int:
        """How many days before the period its like begins; 0 where `counterpart` will do as it is.

        `counterpart` is the same period a year before by the calendar.
        """
        if period.grain == "year":
            return 0
        now, then = self._season(period), self._season(counterpart)
        if now is None and then is None:
            return 0
        # Where only one of the two touches a season, the other's holiday is the one a year on or before.
        place = now if now is not None else (then or 0) + 1
        if not 0 < place < len(self.days) or self._held(period, place) == self._held(counterpart, place - 1):
            return 0
        return (self.days[place] - self.days[place - 1]).days

    def _season(self, period: Period) -> int | None:
        """The place of the holiday whose season the period touches."""
        place = bisect_left(self.days, period.start - timedelta(days=self.after))
        touches = place < len(self.days) and self._held(period, place)
        return place if touches else None

    def _held(self, period: Period, place: int) -> range:
        """Which days of the season the period holds, by their distance from the holiday; none are one empty range."""
        holiday = self.days[place]
        first = max((period.start - holiday).days, -self.before)
        beyond = min((period.end - holiday).days, self.after + 1)
        return range(first, beyond) if first < beyond else range(0)
