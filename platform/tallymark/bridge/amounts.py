"""The split of a sum of money between two periods: volume, mix, price and currency, exactly.

Plain arithmetic on fractions, without data or formulas. The definitions and where they come from: docs/bridge.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The rows of one segment and currency in one period, added up.

    Attributes:
        quantity: their quantity; None for rows without one, which stand in a piece of their own.
        own: their amounts in the currency itself.
        base: the same amounts in the company's currency, each row at the rate of its own day.
        gross_own, gross_base: the same sums without regard to signs, which tell the mean rate.
    """

    segment: str
    currency: str
    quantity: Fraction | None
    own: Fraction
    base: Fraction
    gross_own: Fraction
    gross_base: Fraction


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one segment in one currency adds to each term."""

    segment: str
    currency: str
    volume: Fraction = ZERO
    mix: Fraction = ZERO
    price: Fraction = ZERO
    exchange: Fraction = ZERO
    without_quantity: Fraction = ZERO

    @property
    def total(self) -> Fraction:
        """The segment's whole change."""
        return self.volume + self.mix + self.price + self.exchange + self.without_quantity

    def times(self, factor: Fraction) -> Move:
        """The same with every amount multiplied."""
        return Move(
            segment=self.segment,
            currency=self.currency,
            volume=self.volume * factor,
            mix=self.mix * factor,
            price=self.price * factor,
            exchange=self.exchange * factor,
            without_quantity=self.without_quantity * factor,
        )


@dataclass(frozen=True, kw_only=True)
class _Side:
    """One period of a segment at constant rates."""

    quantity: Fraction = ZERO
    amount: Fraction = ZERO
    loose: Fraction = ZERO  # of rows whose quantity isn't known, or adds up to nothing
    base: Fraction = ZERO


def split(earlier: Iterable[Piece], later: Iterable[Piece], rates: Mapping[str, Fraction]) -> list[Move]:
    """Every segment's moves between two periods. They sum to the change of the base amounts exactly.

    Args:
        rates: the constant rate of each currency; every currency of the pieces must be there.
    """
    before, after = _sides(earlier, rates), _sides(later, rates)
    keys = sorted({*before, *after})
    sold_before = sum((before.get(key, _Side()).quantity for key in keys), ZERO)
    sold_after = sum((after.get(key, _Side()).quantity for key in keys), ZERO)
    return [
        _move(key, before.get(key, _Side()), after.get(key, _Side()), sold_before, sold_after) for key in keys
    ]


def mean_rates(pieces: Iterable[Piece]) -> dict[str, Fraction]:
    """Each currency's mean rate over the pieces, weighted by their amounts, returns counting like sales."""
    own: dict[str, Fraction] = defaultdict(Fraction)
    base: dict[str, Fraction] = defaultdict(Fraction)
    for piece in pieces:
        own[piece.currency] += piece.gross_own
        base[piece.currency] += piece.gross_base
    return {currency: base[currency] / amount for currency, amount in own.items() if amount}


def _move(
    key: tuple[str, str], before: _Side, after: _Side, sold_before: Fraction, sold_after: Fraction
) -> Move:
    # A product without an earlier price is compared with its own one: all of it is volume and mix.
    if before.quantity:
        unit = before.amount / before.quantity
    else:
        unit = after.amount / after.quantity if after.quantity else ZERO
    at_old_prices = after.quantity * unit
    if sold_before:
        as_before = before.amount * (sold_after / sold_before)
        volume, mix = as_before - before.amount, at_old_prices - as_before
    elif sold_after:  # nothing to be a mix of: what came is volume
        volume, mix = at_old_prices, -before.amount
    else:
        volume, mix = ZERO, at_old_prices - before.amount
    loose = after.loose - before.loose
    constant = after.amount - before.amount + loose
    return Move(
        segment=key[0],
        currency=key[1],
        volume=volume,
        mix=mix,
        price=after.amount - at_old_prices,
        exchange=(after.base - before.base) - constant,
        without_quantity=loose,
    )


def _sides(pieces: Iterable[Piece], rates: Mapping[str, Fraction]) -> dict[tuple[str, str], _Side]:
    sums: dict[tuple[str, str], dict[str, Fraction]] = {}
    for piece in pieces:
        side = sums.setdefault((piece.segment, piece.currency), defaultdict(Fraction))
        amount = piece.own * rates[piece.currency]
        side["base"] += piece.base
        if piece.quantity is None:
            side["loose"] += amount
        else:
            side["quantity"] += piece.quantity
            side["amount"] += amount
    made = {}
    for key, side in sums.items():
        if not side["quantity"]:  # sales and returns cancel out: there is no unit left to have a price
            side["loose"] += side.pop("amount", ZERO)
        made[key] = _Side(**side)
    return made
