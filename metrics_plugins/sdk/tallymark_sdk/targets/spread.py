"""Dividing one target over the days of its period, so that every division of the period adds up to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import TypeAlias

from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.errors import TallymarkError, did_you_mean

METHODS = ("evenly", "seasonality", "working-days", "weights", "level")

Season: TypeAlias = Callable[[Period], "Decimal | int | None"]
"""A month → the metric's value in the same month of last year; None where there is none."""

Works: TypeAlias = Callable[[date], bool]
"""Whether people work on that day."""


class TargetError(TallymarkError):
    """A target that can't be set or divided so; the sentence says what to do."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How a target is divided over its period.

    Attributes:
        method: "evenly" (each month the same), "seasonality" (as last year's months were), "working-days" (each worked
            day the same), "weights" (by `weights`), or "level": not divided at all, because the target holds
            in every part of the period, as a close ratio's does.
        weights: one weight for each month of the period, or for each quarter; 0 or more, not all 0.
    """

    method: str = "evenly"
    weights: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise TargetError(
                f'There is no spread "{self.method}".{did_you_mean(self.method, METHODS)} '
                f"Use one of {', '.join(METHODS)}."
            )
        if (self.method == "weights") != bool(self.weights):
            raise TargetError("Weights and the spread `weights` go together: give both, or neither.")
        if any(not weight.is_finite() or weight < 0 for weight in self.weights) or (
            self.weights and not any(self.weights)
        ):
            raise TargetError("Weights are numbers of 0 or more, and at least one is greater than 0.")


EVENLY = Spread()
LEVEL = Spread(method="level")


def decompose(
    value: Decimal, start: date, end: date, periods: Sequence[Period], spread: Spread = EVENLY, *,
    calendar: Calendar, places: int, season: Season | None = None, works: Works | None = None,
) -> tuple[Decimal, ...]:  # fmt: skip
    """What a target of `value` from `start` to before `end` gives each of `periods`.

    Periods that tile the target's own add up to `value` exactly; each is within one unit of `places` of its exact
    share. Days of a period outside the target's count nothing.

    Args:
        places: decimal places of the parts, such as 2 for cents.
        season, works: needed by the methods of that kind.

    Raises:
        TargetError: weights that don't fit the period.
    """
    if spread.method == "level":
        return tuple(value for _ in periods)
    weights = day_weights(start, end, spread, calendar=calendar, season=season, works=works)
    amounts = divide(value, weights, places)
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    by_day = dict(zip(days, amounts, strict=True))
    return tuple(
        to_decimal(sum((amount for day, amount in by_day.items() if day in period), Fraction()))
        for period in periods
    )


def day_weights(
    start: date, end: date, spread: Spread, *, calendar: Calendar, season: Season | None = None,
    works: Works | None = None,
) -> tuple[Fraction, ...]:  # fmt: skip
    """One weight for each day from `start` to before `end`; a month's weight is shared by its days.

    Where last year's values or the worked days give no weight at all, the days are weighted evenly.
    """
    months = months_between(start, end, calendar)
    if spread.method == "weights":
        return _by_weights(start, end, months, spread.weights)
    weights: list[Fraction] = []
    if spread.method == "seasonality" and season is not None:
        for month in months:
            before = season(month)
            share = Fraction(before) / month.days if before is not None and before > 0 else Fraction()
            weights += [share] * _days_inside(month, start, end)
    elif spread.method == "working-days" and works is not None:
        weights = [Fraction(works(start + timedelta(days=n))) for n in range((end - start).days)]
    if any(weights):
        return tuple(weights)
    return tuple(Fraction(1, month.days) for month in months for _ in range(_days_inside(month, start, end)))


def divide(value: Decimal, weights: Sequence[Fraction], places: int) -> tuple[Fraction, ...]:
    """`value` over days of these weights: differences of the rounded running total, so that any run of days adds up.

    Rounding is half to even; digits of `value` beyond `places` fall to the last day that has weight.
    """
    scale = lcm(*(weight.denominator for weight in weights), 1)
    running = list(accumulate(int(weight * scale) for weight in weights))
    if not running or not running[-1]:
        raise TargetError("A target can't be divided over days that have no weight.")
    whole, unit = Fraction(value), 10**places
    over, under = whole.numerator * unit, whole.denominator * running[-1]
    # Whole numbers of the smallest unit, since a company's reps have many days.
    reached = [_nearest(over * part, under) for part in running]
    amounts = [Fraction(after - before, unit) for before, after in pairwise([0, *reached])]
    last = next(place for place, part in enumerate(running) if part == running[-1])
    amounts[last] += whole - Fraction(reached[-1], unit)
    return tuple(amounts)


def _nearest(over: int, under: int) -> int:
    """Over ÷ under, rounded half to even."""
    whole, rest = divmod(over, under)
    return whole + (2 * rest > under or (2 * rest == under and whole % 2 == 1))


def months_between(start: date, end: date, calendar: Calendar) -> tuple[Period, ...]:
    """The months of the calendar that have days from `start` to before `end`."""
    if start >= end:
        raise TargetError(f"A target's period ends after it starts; {start} to {end} doesn't.")
    months = [calendar.period("month", start)]
    while months[-1].end < end:
        months.append(calendar.step(months[-1], 1))
    return tuple(months)


def month_count(start: date, end: date, calendar: Calendar) -> int:
    """How many months have days in the period: how many weights it takes."""
    return len(months_between(start, end, calendar))


def to_decimal(value: Fraction) -> Decimal:
    """A fraction whose denominator divides a power of ten, exactly."""
    places = 0
    while 10**places % value.denominator:
        places += 1
    digits = value.numerator * (10**places // value.denominator)
    return Decimal((int(digits < 0), tuple(int(digit) for digit in str(abs(digits))), -places))


def _by_weights(
    start: date, end: date, months: Sequence[Period], weights: Sequence[Decimal]
) -> tuple[Fraction, ...]:
    if len(weights) not in {len(months), len(months) / 3}:
        quarters = f", or {len(months) // 3}, one for each quarter" if len(months) % 3 == 0 else ""
        raise TargetError(
            f"{start} to {end} takes {len(months)} weights, one for each month{quarters}; "
            f"{len(weights)} are given."
        )
    together = len(months) // len(weights)
    found: list[Fraction] = []
    for number, month in enumerate(months):
        days = _days_inside(month, start, end)
        found += [Fraction(weights[number // together]) / together / days] * days
    return tuple(found)


def _days_inside(month: Period, start: date, end: date) -> int:
    return (min(month.end, end) - max(month.start, start)).days
