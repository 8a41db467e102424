"""What every part of the sample company shares: its days, its currencies, its dice, its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tallymark.demo.rows import Rows

SEED = "Alder & Finch Trading Co."
YEARS = 3
WARM_UP = 150  # days before the first year in which deals are already being opened

#: Sales of a month against an average month: strong ends of quarters, weak Januaries and Augusts.
SEASON = (0.86, 0.93, 1.10, 0.97, 1.00, 1.12, 0.89, 0.83, 1.08, 1.03, 1.06, 1.13)
GROWTH = 0.15  # a year

#: Roughly how many units one US dollar buys, so that a chair costs what a chair costs in any currency.
UNITS: Mapping[str, float] = {
    "USD": 1.0,
    "EUR": 0.92,
    "GBP": 0.79,
    "CHF": 0.89,
    "CAD": 1.36,
    "AUD": 1.52,
    "SGD": 1.34,
    "CNY": 7.2,
    "TWD": 32.0,
    "THB": 34.0,
    "INR": 84.0,
    "JPY": 150.0,
    "KRW": 1370.0,
    "IDR": 15800.0,
    "VND": 25400.0,
    "IRR": 600000.0,
}
LARGEST = Decimal(10) ** 14
WHOLE_UNITS = 20.0  # currencies with more units to the dollar are not counted in cents here


@dataclass(frozen=True, kw_only=True)
class World:
    """The stage of the sample: `today` is the first day without data, in the company's zone."""

    today: date
    currency: str
    zone: ZoneInfo
    rows: Rows = field(default_factory=Rows)
    _noons: dict[date, datetime] = field(default_factory=dict, repr=False)

    @property
    def start(self) -> date:
        """The first day: the first of a month, three full years and the running month before today."""
        return date(self.today.year - YEARS, self.today.month, 1)

    @property
    def yesterday(self) -> date:
        """The last day with data."""
        return self.today - timedelta(days=1)

    @cached_property
    def midnight(self) -> datetime:
        """When today begins, in UTC: nothing has happened after it."""
        return datetime.combine(self.today, time(), self.zone).astimezone(UTC)

    @property
    def foreign(self) -> str:
        """The currency of the European customers that do not pay in the company's."""
        return "EUR" if self.currency != "EUR" else "USD"

    def dice(self, name: str) -> Random:
        """Random numbers of their own for each part, so that a change in one leaves the others alone."""
        return Random(f"{SEED} {name}")

    def days(self, first: date | None = None) -> list[date]:
        """All days from `first` (the start unless given) to yesterday."""
        begin = first or self.start
        return [begin + timedelta(days=n) for n in range((self.today - begin).days)]

    def months(self, ahead: int = 0) -> list[date]:
        """The firsts of all months from the start to the running one and `ahead` more."""
        first = self.start.year * 12 + self.start.month - 1
        last = self.today.year * 12 + self.today.month - 1 + ahead
        return [date(n // 12, n % 12 + 1, 1) for n in range(first, last + 1)]

    def demand(self, day: date) -> float:
        """How busy a day is: season, growth since the start, and hardly anything at weekends."""
        years = (day - self.start).days / 365.25
        weekday = 0.06 if day.weekday() >= 5 else 1.0
        return SEASON[day.month - 1] * (1 + GROWTH) ** years * weekday

    def moment(self, dice: Random, day: date, opens: float = 8.5, closes: float = 17.8) -> datetime:
        """A time in the working hours of `day`, in UTC."""
        noon = self._noons.get(day)
        if noon is None:
            noon = self._noons[day] = datetime.combine(day, time(12), self.zone).astimezone(UTC)
        return noon + timedelta(seconds=int(3600 * (opens - 12 + (closes - opens) * dice.random())))

    def money(self, dollars: float, currency: str | None = None) -> Decimal:
        """An amount worth `dollars` in the company's currency, or in another."""
        units = UNITS.get(currency or self.currency, 1.0)
        places = 2 if units < WHOLE_UNITS else -2 if units > 1000 else 0
        return Decimal(round(dollars * units * 10**places)).scaleb(-places)

    def largest(self, dollars: float) -> Decimal | None:
        """The same of what may be more than is stored: fourteen digits before the point; None beyond them."""
        amount = self.money(dollars)
        return amount if amount < LARGEST else None

    def add(self, dataset: str, **values: Any) -> None:
        """Add a row; every dataset's rows name the same columns each time."""
        self.rows.add(dataset, values)


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def month_after(day: date, months: int = 1) -> date:
    """The first of the month so many months after that of `day`."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
