"""How a value stands on the way to its target while the period runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from tallymark.engine.targets import TenantTargets
from tallymark.targets.season import Usual, by_workdays
from tallymark_sdk.calendars import Period
from tallymark_sdk.targets import needed_per_day, pace

_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, kw_only=True)
class Running:
    """How a running period stands.

    Attributes:
        pace: the value by what was due by now; None where nothing was.
        needed: what each working day that is left must bring.
        due: what was due by now: the target by the share of the period that is usually reached.
        usual: that share, and where it comes from.
    """

    pace: Decimal | None = None
    needed: Decimal | None = None
    due: Decimal | None = None
    usual: Usual | None = None

    @property
    def share(self) -> Decimal | None:
        """The share that is due by now, to fifty digits."""
        return None if self.usual is None else decimal_of(self.usual.share)


def running(
    targets: TenantTargets, key: str, value: Decimal, goal: Decimal, period: Period, as_of: date,
    usual: Usual | None = None,
) -> Running | None:  # fmt: skip
    """Pace and need of a metric's value in the period; None before and after it.

    None too for metrics that don't add up over time: half a month's sales are half of something, half a month's
    close ratio isn't. What is needed is said only where higher is better.

    Args:
        as_of: the last day that the data covers; it counts as over.
        usual: what is due by now (`usual_shares`); the share of working days that are over where it isn't given.
    """
    nature = targets.nature(key)
    if nature is None or not nature.sums_over_time or not period.start <= as_of < period.end:
        return None
    due = usual or by_workdays(period, as_of, targets.workdays)
    if due is None:
        return None
    more = targets.registry[key].better == "higher"
    return Running(
        pace=pace(value, goal, due.share),
        needed=needed_per_day(value, goal, due.days - due.day) if more else None,
        due=decimal_of(Fraction(goal) * due.share),
        usual=due,
    )


def decimal_of(value: Fraction) -> Decimal:
    """A fraction to fifty digits."""
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
