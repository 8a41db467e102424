"""What a period's value is expected to be, and within which band values usually are.

Expected is the same season of the years before, carried on by the trend since: the seasonal naive forecast with drift
(Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, chapter 5.2), made robust as follows.
For each of up to three years back, the drift is the median of (value ÷ value of that many years before) over the last
periods; the forecast is the median over the years of (value that many years before × its drift). How far values usually
lie from such forecasts is the median of the factors between the two, the greater by the smaller: the median absolute
deviation of their logarithms, which times 1.4826 estimates a standard deviation that single outliers can't move (Rousseeuw
and Croux, "Alternatives to the Median Absolute Deviation", 1993). The band is the forecast divided and multiplied by that
factor to the power of 1.4826 z, with z = 1.960 for one in 20 outside and 2.576 for one in 100. Factors, since sales vary by
parts of themselves: twice as much is as unusual as half, and nothing below 0 is expected of what never was.

Where values aren't all above 0, differences stand for quotients, and the band is the forecast more or less 1.4826 z of their
median absolute deviation. The arithmetic is in fractions; only the power is rounded, to fifty digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from statistics import median
from typing import Final

SEASONS: Final = 3
"""How many years back are looked at."""
NEEDED: Final[Mapping[str, int]] = {"day": 28, "week": 26, "month": 12, "quarter": 6, "year": 5}
"""Periods that must have one a season before, for the trend and for how far values usually lie apart."""

_Z: Final = {20: Fraction("1.960"), 100: Fraction("2.576")}
_EXACT: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)
_TO_DEVIATION: Final = Fraction("1.4826")
_NARROWEST: Final = Fraction(1, 100)
"""Where values hardly ever differ from the forecast, one percent of it is still usual."""


@dataclass(frozen=True, kw_only=True)
class Past:
    """A period's value, and those of the same season one, two … years before; None where it has none."""

    value: Fraction | None
    before: tuple[Fraction | None, ...]

    def at(self, years: int) -> Fraction | None:
        """The value of that many years before."""
        return self.before[years - 1] if years <= len(self.before) else None


@dataclass(frozen=True, kw_only=True)
class Band:
    """What is expected, and the band that all but one in so many values are in."""

    expected: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True, kw_only=True)
class TooShort:
    """Not enough history: `have` of `need` periods."""

    have: int
    need: int


def band_of(now: Past, past: Sequence[Past], need: int, one_in: int) -> Band | TooShort:
    """The band of a period's value, from the periods before it (the newest last)."""
    known = [each for each in past if each.value is not None and each.at(1) is not None][-need:]
    if len(known) < need:
        return TooShort(have=len(known), need=need)
    if now.at(1) is None:
        return TooShort(have=need - 1, need=need)
    asked = (now, *known)
    values = [
        v for each in asked for v in (each.value if each is not now else None, *each.before) if v is not None
    ]
    multiplied = all(value > 0 for value in values)
    drifts = [_drift(known, years, multiplied=multiplied) for years in range(1, SEASONS + 1)]
    expected = _forecast(now, drifts, multiplied=multiplied)
    if expected is None:
        return TooShort(have=need - 1, need=need)
    pairs = [
        (each.value, forecast)
        for each in known
        if each.value is not None and (forecast := _forecast(each, drifts, multiplied=multiplied)) is not None
    ]
    if multiplied:
        factor = _factor(pairs, _Z[one_in])
        return Band(expected=expected, low=expected / factor, high=expected * factor)
    reach = _reach(pairs, expected, _Z[one_in])
    return Band(expected=expected, low=expected - reach, high=expected + reach)


def _factor(pairs: Sequence[tuple[Fraction, Fraction]], z: Fraction) -> Fraction:
    """By how much a value may be more or less than its forecast."""
    off = [value / forecast for value, forecast in pairs]
    middle = median(off)
    usual = median(max(each / middle, middle / each) for each in off)
    power = _EXACT.power(_decimal(usual), _decimal(z * _TO_DEVIATION))
    return max(Fraction(power), 1 + z * _NARROWEST)


def _reach(pairs: Sequence[tuple[Fraction, Fraction]], expected: Fraction, z: Fraction) -> Fraction:
    """How far a value may lie from its forecast."""
    off = [value - forecast for value, forecast in pairs]
    middle = median(off)
    usual = median(abs(each - middle) for each in off) * _TO_DEVIATION
    return z * max(usual, _NARROWEST * abs(expected))


def _decimal(value: Fraction) -> Decimal:
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _drift(known: Sequence[Past], years: int, *, multiplied: bool) -> Fraction | None:
    """The median step from so many years before to now; None where half of the periods have none so far back."""
    steps = [
        _apart(each.value, before, multiplied=multiplied)
        for each in known
        if each.value is not None and (before := each.at(years)) is not None
    ]
    return median(steps) if 2 * len(steps) >= len(known) else None


def _forecast(each: Past, drifts: Sequence[Fraction | None], *, multiplied: bool) -> Fraction | None:
    made = [
        before * drift if multiplied else before + drift
        for years, drift in enumerate(drifts, 1)
        if drift is not None and (before := each.at(years)) is not None
    ]
    return median(made) if made else None


def _apart(value: Fraction, other: Fraction, *, multiplied: bool) -> Fraction:
    return value / other if multiplied else value - other
