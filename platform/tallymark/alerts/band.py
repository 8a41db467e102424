"""What a period's value is expected to be, and within which band values usually are.

Expected is the same season of the years before, carried on by the trend since: the seasonal naive forecast with drift
(Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, chapter 5.2), made robust as follows.
For each of up to three years back, the drift is the median of (value ÷ value of that many years before) over the last
periods; the forecast is the median over the years of (value that many years before × its drift). How far values usually
lie from such forecasts is the median absolute deviation of the same quotients, times 1.4826, which estimates a standard
deviation that single outliers can't move (Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", 1993).
The band is the forecast times 1 ± z of those deviations, z = 1.960 for one in 20 outside, 2.576 for one in 100.

Where values aren't all above 0, differences stand for quotients. All arithmetic is in fractions, so it is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Final

SEASONS: Final = 3
"""How many years back are looked at."""
NEEDED: Final[Mapping[str, int]] = {"day": 28, "week": 26, "month": 12, "quarter": 6, "year": 5}
"""Periods that must have one a season before, for the trend and for how far values usually lie apart."""

_Z: Final = {20: Fraction("1.960"), 100: Fraction("2.576")}
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
    off = [
        _apart(each.value, forecast, multiplied=multiplied)
        for each in known
        if each.value is not None and (forecast := _forecast(each, drifts, multiplied=multiplied)) is not None
    ]
    middle = median(off)
    deviation = median(abs(each - middle) for each in off) * _TO_DEVIATION
    scale = expected if multiplied else Fraction(1)
    reach = _Z[one_in] * max(deviation, _NARROWEST * (1 if multiplied else abs(expected)))
    low = expected - reach * scale
    # Where nothing ever was below 0, nothing below it is usual.
    return Band(
        expected=expected, low=max(low, Fraction(0)) if multiplied else low, high=expected + reach * scale
    )


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
