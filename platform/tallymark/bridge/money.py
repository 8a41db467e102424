"""A sum of money taken apart: every leaf's moves, its constant rates, and the terms that they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tallymark.bridge.amounts import Move, Piece, mean_rates, split
from tallymark.bridge.forms import Weighted
from tallymark.bridge.reading import Reader, Slice
from tallymark.bridge.standing import has_currency, has_quantity, own_money
from tallymark.bridge.terms import ONE_SEGMENT, Term
from tallymark_sdk.calendars import Period
from tallymark_sdk.rows import grain
from tallymark_sdk.said import Said, mark

ZERO, ONE = Fraction(0), Fraction(1)

_MEAN_OF_DAYS = mark(
    "the earlier period has no amounts in %(currency)s: the mean of its days' exchange rates holds"
)
_NO_RATE = mark(
    "no exchange rate of %(currency)s is known for the earlier period, so what it moved stands under the other terms"
)


@dataclass
class MoneyMoves:
    """What a sum of money's rows say.

    Attributes:
        moves: by segment and currency.
        blended: what the price of leaves adds whose rows don't tell their amounts in their own currency.
        before, after: what the pieces sum to in the earlier and the later period.
        currencies: every currency that rows are in.
        is_plain: whether some leaf's price is told without the exchange rates in it.
    """

    moves: dict[tuple[str, str], Move] = field(default_factory=dict)
    blended: Fraction = ZERO
    before: Fraction = ZERO
    after: Fraction = ZERO
    currencies: set[str] = field(default_factory=set)
    is_plain: bool = False
    has_blended: bool = False
    notes: list[Said] = field(default_factory=list)

    def add(self, moves: Iterable[Move]) -> None:
        """Further moves of the same segments."""
        for move in moves:
            key = (move.segment, move.currency)
            self.moves[key] = _together(self.moves[key], move) if key in self.moves else move


def money_moves(leaves: Weighted, reader: Reader, asked: Slice, mix: str, earlier: Period) -> MoneyMoves:
    """Read and split every leaf between the reader's two periods, the earlier one first."""
    found = MoneyMoves()
    for factor, leaf in leaves:
        before, after = reader.pieces(leaf, asked, mix)
        found.before += factor * sum((piece.base for piece in before), ZERO)
        found.after += factor * sum((piece.base for piece in after), ZERO)
        currencies = {piece.currency for piece in (*before, *after)}
        found.currencies |= currencies
        home_only = has_currency(leaf) and currencies <= {reader.currency}
        if own_money(leaf) or home_only:
            found.is_plain = True
            rates = _rates(before, after, reader, earlier, found.notes)
        else:
            found.has_blended = True
            rates = dict.fromkeys(currencies, ONE)
        moves = [move.times(factor) for move in split(before, after, rates)]
        if not (own_money(leaf) or home_only):
            found.blended += sum((move.price for move in moves), ZERO)
        found.add(moves)
    return found


def money_terms(found: MoneyMoves, leaves: Weighted, mix: str, home: str) -> list[Term]:
    """The terms between the earlier period's value now and the later one's."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for move in found.moves.values():
        for name in ("volume", "mix", "price", "exchange", "without_quantity"):
            sums[name] += getattr(move, name)
    terms = [
        Term(key="volume", value=sums["volume"], note=_counted_note(leaves)),
        Term(key="mix", value=sums["mix"], note=_mix_note(found, mix)),
    ]
    if found.is_plain or not found.has_blended:
        terms.append(Term(key="price", value=sums["price"] - found.blended))
    if found.has_blended:
        note = Said("the rows don't tell these amounts in their own currency, so exchange rates are in it")
        terms.append(Term(key="price_and_currency", value=found.blended, note=note))
    if sums["without_quantity"] or any(move.without_quantity for move in found.moves.values()):
        note = Said("rows without a quantity, or whose quantities cancel out, have no unit price")
        terms.append(Term(key="without_quantity", value=sums["without_quantity"], note=note))
    if found.is_plain or not found.has_blended:
        only = found.currencies <= {home}
        note = Said("all amounts are in %(currency)s", {"currency": home}) if only else Said()
        terms.append(Term(key="currency", value=sums["exchange"], note=note))
    return terms


def counted(leaves: Weighted) -> str:
    """What a unit of volume is: "quantity", or the dataset whose rows count as one each."""
    kinds = {"quantity" if has_quantity(leaf) else grain(leaf.dataset) for _, leaf in leaves}
    return kinds.pop() if len(kinds) == 1 else ""


def _counted_note(leaves: Weighted) -> Said:
    rows = sorted({grain(leaf.dataset).replace("_", " ") for _, leaf in leaves if not has_quantity(leaf)})
    if not rows:
        return Said()
    return Said("the number of %(rows)s: they have no quantity", {"rows": " + ".join(rows)})


def _mix_note(found: MoneyMoves, mix: str) -> Said:
    return Said() if mix or len(found.currencies) > 1 else ONE_SEGMENT


def _rates(
    before: Iterable[Piece], after: Iterable[Piece], reader: Reader, earlier: Period, notes: list[Said]
) -> Mapping[str, Fraction]:
    """Each currency's constant rate: that of the earlier period, the best that is known of it."""
    rates = mean_rates(before) | {reader.currency: ONE}
    new = mean_rates(piece for piece in after if piece.currency not in rates)
    known = reader.mean_rates(earlier) if new else {}
    for currency, rate in sorted(new.items()):
        rates[currency] = known.get(currency, rate)
        note = Said(_MEAN_OF_DAYS if currency in known else _NO_RATE, {"currency": currency})
        if note not in notes:
            notes.append(note)
    # Amounts of 0 have no rate, and need none.
    return {piece.currency: ZERO for piece in (*before, *after)} | rates


def _together(left: Move, right: Move) -> Move:
    return Move(
        segment=left.segment,
        currency=left.currency,
        volume=left.volume + right.volume,
        mix=left.mix + right.mix,
        price=left.price + right.price,
        exchange=left.exchange + right.exchange,
        without_quantity=left.without_quantity + right.without_quantity,
    )
