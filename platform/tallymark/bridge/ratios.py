"""The split of a ratio between two periods: the rates within segments against the mix between them, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)

Sides = Mapping[str, tuple[Fraction, Fraction]]
"""Segment → its part of the numerator and of the denominator."""


@dataclass(frozen=True, kw_only=True)
class RateMove:
    """What one segment adds to each term, as parts of the ratio.

    Attributes:
        rate: its own ratio changed.
        mix: its share of the whole denominator changed, and it lies above or below the whole.
        without_base: its numerator, where it has no denominator.
    """

    segment: str
    rate: Fraction = ZERO
    mix: Fraction = ZERO
    without_base: Fraction = ZERO


def split_ratio(earlier: Sides, later: Sides) -> list[RateMove]:
    """Every segment's moves between two periods. They sum to the change of the ratio of sums exactly.

    Raises:
        ZeroDivisionError: a period's denominators sum to nothing.
    """
    nothing = (ZERO, ZERO)
    whole_before = sum((under for _, under in earlier.values()), ZERO)
    whole_after = sum((under for _, under in later.values()), ZERO)
    mean = sum((over for over, under in earlier.values() if under), ZERO) / whole_before
    moves = []
    for segment in sorted({*earlier, *later}):
        over_before, under_before = earlier.get(segment, nothing)
        over_after, under_after = later.get(segment, nothing)
        weight_before, weight_after = under_before / whole_before, under_after / whole_after
        rate_after = over_after / under_after if under_after else ZERO
        # A segment without an earlier rate is compared with its own one: all of it is mix.
        rate_before = over_before / under_before if under_before else rate_after
        loose_after = ZERO if under_after else over_after / whole_after
        loose_before = ZERO if under_before else over_before / whole_before
        moves.append(
            RateMove(
                segment=segment,
                rate=weight_after * (rate_after - rate_before) if under_after else ZERO,
                mix=(weight_after - weight_before) * (rate_before - mean),
                without_base=loose_after - loose_before,
            )
        )
    return moves
