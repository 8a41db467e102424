"""A ratio taken apart: what its segments say, and the terms that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tallymark.bridge.forms import Quotient
from tallymark.bridge.ratios import RateMove, Sides, split_ratio
from tallymark.bridge.reading import Reader, Slice
from tallymark.bridge.terms import ONE_SEGMENT, Term
from tallymark_sdk.rows import described
from tallymark_sdk.said import Said

ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Both periods of a ratio by segment.

    Attributes:
        before, after: the two sides of each segment.
        adds_up: whether the segments' sides sum to the whole ones; distinct things may be in several segments.
    """

    before: Sides
    after: Sides
    adds_up: bool


def read_rates(form: Quotient, reader: Reader, asked: Slice, mix: str) -> Rates:
    """The ratio's sides between the reader's two periods; whole ones where its segments don't add up."""
    found = _read(form, reader, asked, mix)
    if not mix or not _has_distinct(form):
        return Rates(before=found[0], after=found[1], adds_up=True)
    whole = _read(form, reader, asked, "")
    adds_up = all(_sum(parts) == _sum(total) for parts, total in zip(found, whole, strict=True))
    before, after = found if adds_up else whole
    return Rates(before=before, after=after, adds_up=adds_up)


def rate_terms(rates: Rates, mix: str) -> tuple[list[Term], list[RateMove]]:
    """The terms between the earlier period's ratio now and the later one's, and what each segment adds."""
    moves = split_ratio(rates.before, rates.after)
    rate = sum((move.rate for move in moves), ZERO)
    if not rates.adds_up:
        note = Said("it counts distinct things, and some are in several segments, so segments don't add up")
        return [Term(key="rate_and_mix", value=rate, note=note)], []
    terms = [
        Term(key="rate", value=rate),
        Term(
            key="mix",
            value=sum((move.mix for move in moves), ZERO),
            note=Said() if mix else ONE_SEGMENT,
        ),
    ]
    if any(move.without_base for move in moves):
        note = Said("segments that have something to divide and nothing to divide by")
        value = sum((move.without_base for move in moves), ZERO)
        terms.append(Term(key="without_base", value=value, note=note))
    return terms, moves


def _read(form: Quotient, reader: Reader, asked: Slice, mix: str) -> tuple[Sides, Sides]:
    over, under = reader.sides(form.over, asked, mix), reader.sides(form.under, asked, mix)
    return _paired(over[0], under[0]), _paired(over[1], under[1])


def _paired(over: Mapping[str, Fraction], under: Mapping[str, Fraction]) -> Sides:
    return {segment: (over.get(segment, ZERO), under.get(segment, ZERO)) for segment in {*over, *under}}


def _sum(sides: Sides) -> tuple[Fraction, Fraction]:
    return (
        sum((over for over, _ in sides.values()), ZERO),
        sum((under for _, under in sides.values()), ZERO),
    )


def _has_distinct(form: Quotient) -> bool:
    return any(described(leaf).kernel == "distinct" for _, leaf in (*form.over, *form.under))
