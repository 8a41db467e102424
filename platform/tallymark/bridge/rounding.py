"""Writing exact terms with so many places that what is written still sums up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def rounded(value: Fraction, places: int) -> Decimal:
    """Half to even, as money is rounded everywhere."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def summing(values: Sequence[Fraction], total: Decimal, places: int) -> list[Decimal]:
    """The values with so many places, each at most one unit off, such that they sum to `total`.

    What is missing goes to those that were cut most (the method of the largest remainder). A value of 0 stays 0.

    Args:
        total: their sum, rounded; at most one unit from the exact one.
    """
    units = [value * 10**places for value in values]
    floors = [value.numerator // value.denominator for value in units]
    missing = int(total.scaleb(places)) - sum(floors)
    movable = [place for place, value in enumerate(values) if value]
    by_remainder = sorted(movable, key=lambda place: floors[place] - units[place])
    step = 1 if missing > 0 else -1
    order = by_remainder if missing > 0 else by_remainder[::-1]
    for turn in range(abs(missing)):
        floors[order[turn % len(order)]] += step
    return [Decimal(floor).scaleb(-places) for floor in floors]
