"""What holds of every split, over random companies: signs, zeros, missing quantities, new and vanished products."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallymark.bridge.amounts import Piece, mean_rates, split
from tallymark.bridge.ratios import split_ratio
from tallymark.bridge.rounding import rounded, summing
from tallymark_sdk.said import Said

from .sales import Book

PRODUCTS = st.sampled_from(["saw", "axe", "oil", "fee", None])
CURRENCIES = st.sampled_from(["EUR", "USD", "VND", None])
AMOUNTS = st.decimals(-10_000, 10_000, places=2) | st.just(Decimal(0))
UNITS = st.none() | st.integers(-20, 20)
RATES = {"EUR": Decimal(1), None: Decimal(1), "USD": Decimal("0.9"), "VND": Decimal("0.00004")}


def fractions(low=-10_000, high=10_000):
    return st.fractions(low, high, max_denominator=100)


@st.composite
def pieces(draw):
    """Sums of segments as they come from rows: gross ones are at least as great as their nets."""
    found = {}
    for _ in range(draw(st.integers(0, 7))):
        key = (draw(st.sampled_from("abcd")), draw(st.sampled_from(["EUR", "USD"])), draw(st.booleans()))
        own, rate = draw(fractions()), Fraction(1) if key[1] == "EUR" else draw(fractions(1, 3))
        found[key] = Piece(
            segment=key[0],
            currency=key[1],
            quantity=draw(fractions(-50, 50)) if key[2] else None,
            own=own,
            base=own * rate,
            gross_own=abs(own),
            gross_base=abs(own) * rate,
        )
    return list(found.values())


def total(found, name):
    return sum((getattr(each, name) for each in found), Fraction(0))


@given(pieces(), pieces(), fractions(0, 3))
@settings(max_examples=300)
def test_the_moves_of_money_sum_to_its_change_at_any_rate(before, after, rate):
    moves = split(before, after, {"EUR": Fraction(1), "USD": rate})
    assert total(moves, "total") == total(after, "base") - total(before, "base")
    by_segment: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for sign, side in ((-1, before), (1, after)):
        for piece in side:
            by_segment[piece.segment, piece.currency] += sign * piece.base
    assert {(move.segment, move.currency): move.total for move in moves} == by_segment


@given(pieces())
def test_nothing_moves_where_nothing_changed(same):
    moves = split(same, same, {"EUR": Fraction(1)} | mean_rates(same) | {"USD": Fraction(2)})
    assert not any(
        move.volume or move.mix or move.price or move.exchange or move.without_quantity for move in moves
    )


@given(pieces(), st.integers(2, 9))
def test_selling_more_of_the_same_is_volume(before, times):
    after = [
        Piece(
            segment=each.segment,
            currency=each.currency,
            quantity=None if each.quantity is None else each.quantity * times,
            own=each.own * times,
            base=each.base * times,
            gross_own=each.gross_own * times,
            gross_base=each.gross_base * times,
        )
        for each in before
    ]
    moves = split(before, after, {"USD": Fraction(1)} | mean_rates(before) | {"EUR": Fraction(1)})
    assert total(moves, "price") == 0
    if sum((each.quantity or 0 for each in before), Fraction(0)):
        assert total(moves, "mix") == 0


@given(pieces(), fractions(1, 3))
def test_other_rates_alone_are_currency(before, rate):
    """The same amounts in their own currencies, each period at one rate of its own."""

    def at(pieces, worth):
        return [
            Piece(
                segment=each.segment,
                currency=each.currency,
                quantity=each.quantity,
                own=each.own,
                base=each.own * (worth if each.currency == "USD" else 1),
                gross_own=each.gross_own,
                gross_base=each.gross_own * (worth if each.currency == "USD" else 1),
            )
            for each in pieces
        ]

    earlier, later = at(before, Fraction(2)), at(before, rate)
    moves = split(earlier, later, {"USD": Fraction(2)} | mean_rates(earlier) | {"EUR": Fraction(1)})
    assert total(moves, "exchange") == total(later, "base") - total(earlier, "base")
    assert not any(move.volume or move.mix or move.price or move.without_quantity for move in moves)


SIDES = st.dictionaries(st.sampled_from("abcd"), st.tuples(fractions(), fractions(-50, 50)))


def ratio(sides):
    over = sum((each for each, _ in sides.values()), Fraction(0))
    under = sum((each for _, each in sides.values()), Fraction(0))
    return over / under if under else None


@given(SIDES, SIDES)
@settings(max_examples=300)
def test_the_moves_of_a_ratio_sum_to_its_change(before, after):
    if ratio(before) is None or ratio(after) is None:
        return
    moves = split_ratio(before, after)
    parts = total(moves, "rate") + total(moves, "mix") + total(moves, "without_base")
    assert parts == ratio(after) - ratio(before)


@given(SIDES, st.integers(2, 9))
def test_more_of_everything_leaves_a_ratio_as_it_is(before, times):
    if ratio(before) is None:
        return
    after = {segment: (over * times, under * times) for segment, (over, under) in before.items()}
    assert not any(move.rate or move.mix or move.without_base for move in split_ratio(before, after))


@given(st.lists(st.fractions(-100, 100), max_size=8), st.fractions(-100, 100), st.integers(0, 4))
@settings(max_examples=300)
def test_written_terms_sum_to_the_written_change(values, start, places):
    end = start + sum(values, Fraction(0))
    change = rounded(end, places) - rounded(start, places)
    written = summing(values, change, places)
    assert sum(written, Decimal(0)) == change
    unit = Fraction(1, 10**places)
    for value, shown in zip(values, written, strict=True):
        assert abs(Fraction(shown) - value) <= 2 * unit
        assert value or not shown


@st.composite
def books(draw):
    """A company's orders in September and October, each with a line."""
    book = Book()
    for number in range(draw(st.integers(1, 12))):
        currency, own = draw(CURRENCIES), draw(AMOUNTS)
        rate = RATES[currency]
        if rate != 1:
            rate *= draw(st.sampled_from([Decimal("0.95"), Decimal(1), Decimal("1.07")]))
        book.sell(
            str(number),
            draw(
                st.sampled_from([date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31)])
            ),
            draw(PRODUCTS),
            draw(UNITS),
            own,
            currency=currency,
            base=(own * rate).quantize(Decimal("0.0001"), ROUND_HALF_EVEN),
            rep=draw(st.sampled_from(["an", "bo", None])),
            status=draw(st.sampled_from(["paid", "paid", "cancelled"])),
            deleted=draw(st.integers(0, 9)) == 0,
        )
    return book.rows()


TEAMS = {
    "reps": [{"id": "an", "team_id": "north"}, {"id": "bo", "team_id": "north"}],
    "rep_assignments": [{"id": "1", "rep_id": "bo", "team_id": "south", "valid_to": date(2026, 10, 15)}],
}


@given(books(), books(), st.sampled_from(["", "north"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_companies_are_bridged_to_the_last_place(bridged, now, then, team):
    """From rows to terms: whatever the second version says of the same order numbers."""
    asked = {"by": "team", "member": team} if team else {}
    bridge = bridged("revenue.revenue", {**now, **TEAMS}, {**then, **TEAMS}, **asked)
    terms = {term.key: term.value for term in bridge.terms}
    assert sum(terms.values()) == bridge.change
    written = bridge.written(2)
    assert written.start + sum(written.terms) == written.end
    assert sum(each.value for each in bridge.restated) == terms["restatement"]
    if not team:
        assert terms["organisation"] == 0
    if all(line["currency"] in {"EUR", None} for line in now["order_lines"]):
        assert terms["currency"] == 0
    again = bridged("revenue.revenue", {**now, **TEAMS}, {**now, **TEAMS}, **asked)
    assert again.terms[0].value == 0
    assert again.terms[0].note == Said()
    assert again.restated == ()
