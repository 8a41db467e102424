"""How a value stands on the way to its target, defined exactly.

`as_of` is the last day that counts as over, as in `Workdays`: the days up to and with it have elapsed, the later ones
are left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from tallymark_sdk.calendars import Period

_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


def attainment(value: Decimal, target: Decimal) -> Decimal | None:
    """Value ÷ target as a fraction; None where the target is 0."""
    return _EXACT.divide(value, target) if target else None


def elapsed(period: Period, as_of: date, weight: Callable[[date], Decimal | int]) -> Fraction | None:
    """The share of the period that is over: the weight of its days up to and with `as_of`, by the weight of all.

    Args:
        weight: a day → what it counts: 1 for a working day and 0 for another one, or a season's weight.

    None where no day of the period counts.
    """
    weights = {day: Fraction(weight(day)) for day in _days(period)}
    whole = sum(weights.values(), Fraction())
    return sum((w for day, w in weights.items() if day <= as_of), Fraction()) / whole if whole else None


def pace(value: Decimal, target: Decimal, share: Fraction) -> Decimal | None:
    """Value ÷ (target × share elapsed): 1 is on the way to exactly the target, 1.1 is ten percent ahead.

    None where the target is 0 or nothing has elapsed.
    """
    due = Fraction(target) * share
    if not due:
        return None
    found = Fraction(value) / due
    return _EXACT.divide(Decimal(found.numerator), Decimal(found.denominator))


def needed_per_day(value: Decimal, target: Decimal, days_left: int) -> Decimal | None:
    """(target - value) ÷ working days left; None where the target is reached or no day is left."""
    missing = _EXACT.subtract(target, value)
    return _EXACT.divide(missing, Decimal(days_left)) if missing > 0 and days_left > 0 else None


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=n) for n in range(period.days)]
