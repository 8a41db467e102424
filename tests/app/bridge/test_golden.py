"""Bridges worked by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tallymark.bridge.errors import NoBridge

from .sales import Book

NORTH = {"by": "team", "member": "north"}


def terms(bridge):
    return {term.key: term.value for term in bridge.terms}


def fractions(**values):
    return {key: Fraction(value) for key, value in values.items()}


def then_book():
    """September as it was sealed: An sells for the north, Bo for the south."""
    book = Book()
    book.sell("s1", date(2026, 9, 3), "saw", 10, 100)
    book.sell("s2", date(2026, 9, 9), "axe", 5, 100, currency="USD", base=90)
    book.sell("s3", date(2026, 9, 12), "saw", 2, 20)
    book.sell("s4", date(2026, 9, 30), "saw", 3, 30)
    book.sell("s5", date(2026, 9, 15), "saw", 4, 50, rep="bo")
    return book


def now_book():
    """The same company later: s1 was changed, s3 deleted, s4 re-dated, and Bo has moved to the north in October."""
    book = Book()
    book.sell("s1", date(2026, 9, 3), "saw", 10, 110)
    book.sell("s2", date(2026, 9, 9), "axe", 5, 100, currency="USD", base=90)
    book.sell("s3", date(2026, 9, 12), "saw", 2, 20, deleted=True)
    book.sell("s4", date(2026, 10, 1), "saw", 3, 30)
    book.sell("s5", date(2026, 9, 15), "saw", 4, 50, rep="bo")
    book.sell("o1", date(2026, 10, 5), "saw", 12, 144)
    book.sell("o2", date(2026, 10, 6), "axe", 10, 210, currency="USD", base=168)
    book.sell("o3", date(2026, 10, 10), "saw", 6, 60, rep="bo")
    book.sell("o4", date(2026, 10, 20), "axe", 2, 44, currency="USD", base="35.2", rep="bo")
    return book


THEN = {"reps": [{"id": "an", "team_id": "north"}, {"id": "bo", "team_id": "south"}]}
NOW = {
    "reps": [{"id": "an", "team_id": "north"}, {"id": "bo", "team_id": "north"}],
    "rep_assignments": [
        {"id": "1", "rep_id": "bo", "team_id": "south", "valid_to": date(2026, 10, 15)},
        {"id": "2", "rep_id": "bo", "team_id": "north", "valid_from": date(2026, 10, 15)},
    ],
}


def test_all_six_terms(bridged):
    """The north: 240.00 when September was sealed, 437.20 in October.

    Restatement, by who owned then: September is worth 110 + 90 = 200 now, was worth 240 then.
    Organisation: Bo's 60 of 10 October count for the north now and counted for the south then; sealed September had none.
    September has 10 saws at 11 and 5 axes at 20 USD = 18 EUR: 15 units for 200. October has 15 saws for 174 EUR and
    12 axes for 254 USD, at September's 0.90 that is 228.60: 27 units.
    Volume: 12 units more at 200 / 15. Mix: 15 saws at 11 and 12 axes at 18 are 381, as in September they would be 360.
    Price: 174 + 228.60 - 381. Currency: 254 USD were worth 203.20, at September's rate 228.60.
    """
    bridge = bridged("revenue.revenue", now_book().rows(**NOW), then_book().rows(**THEN), **NORTH)
    assert (bridge.start, bridge.end) == (240, Fraction("437.2"))
    assert terms(bridge) == fractions(
        restatement=-40, organisation=60, volume=160, mix=21, price="21.6", currency="-25.4"
    )
    assert sum(terms(bridge).values()) == bridge.change == Fraction("197.2")
    assert {each.cause: (each.rows, each.value) for each in bridge.restated} == {
        "deleted": (1, -20),
        "redated": (1, -30),
        "changed": (1, 10),
    }
    assert {(move.segment, move.currency): move.price for move in bridge.moves} == {
        ("saw", "EUR"): 9,
        ("axe", "USD"): Fraction("12.6"),
    }


def test_the_total_has_no_moves_of_owners(bridged):
    bridge = bridged("revenue.revenue", now_book().rows(**NOW), then_book().rows(**THEN))
    assert (bridge.start, bridge.end) == (290, Fraction("437.2"))
    assert terms(bridge)["organisation"] == 0
    assert terms(bridge)["restatement"] == -40
    assert str(bridge.terms[1].note) == "a total doesn't depend on who owns its rows"


def test_by_who_owned_then_nothing_moves(bridged):
    bridge = bridged(
        "revenue.revenue", now_book().rows(**NOW), then_book().rows(**THEN), **NORTH, attribution="as_was"
    )
    assert (bridge.start, bridge.end) == (240, Fraction("377.2"))
    assert terms(bridge)["organisation"] == 0
    assert str(bridge.terms[1].note) == "rows count for who owned them then"


def test_without_an_earlier_snapshot_only_what_is_known_now_is_compared(bridged):
    bridge = bridged("revenue.revenue", now_book().rows(**NOW), **NORTH)
    assert (bridge.start, bridge.end) == (250, Fraction("437.2"))
    assert terms(bridge)["restatement"] == 0
    assert str(bridge.terms[0].note) == "no earlier snapshot kept"
    # Bo's 50 of September count for the north already.
    assert terms(bridge)["organisation"] == 10


def test_rows_that_change_hands_status_or_appear_are_told_apart(bridged):
    then, now = Book(), Book()
    then.sell("1", date(2026, 9, 1), "saw", 1, 1)
    now.sell("1", date(2026, 9, 1), "saw", 1, 1, rep="bo")
    then.sell("2", date(2026, 9, 1), "saw", 1, 2)
    now.sell("2", date(2026, 9, 1), "saw", 1, 2, status="cancelled")
    then.sell("3", date(2026, 9, 1), "saw", 1, 4, status="cancelled")
    now.sell("3", date(2026, 9, 1), "saw", 1, 4)
    now.sell("4", date(2026, 9, 1), "saw", 1, 8)
    bridge = bridged("revenue.revenue", now.rows(), then.rows(), by="rep", member="an")
    assert {each.cause: (each.rows, each.value) for each in bridge.restated} == {
        "reowned": (1, -1),
        "dropped": (1, -2),
        "counted": (1, 4),
        "added": (1, 8),
    }
    assert terms(bridge)["restatement"] == 9


def test_deals_have_their_number_as_volume_and_their_size_as_price(bridged):
    """Two deals of 100 on average become three of 120: one more at 100, three times 20 in size."""
    book = Book()
    book.close("1", date(2026, 9, 2), 80)
    book.close("2", date(2026, 9, 2), 120)
    book.close("lost", date(2026, 9, 2), 500, status="lost")
    for key in ("3", "4", "5"):
        book.close(key, date(2026, 10, 2), 120)
    bridge = bridged("revenue.bookings", book.rows())
    assert terms(bridge) == fractions(restatement=0, organisation=0, volume=100, mix=0, price=60, currency=0)
    assert bridge.counted == "opportunities"
    notes = {term.key: str(term.note) for term in bridge.terms}
    assert notes["volume"] == "the number of opportunities: they have no quantity"
    assert notes["currency"] == "all amounts are in EUR"


def test_a_deal_of_several_products_is_one_deal(bridged):
    book = Book()
    book.close("1", date(2026, 9, 2), 90)
    book.close("2", date(2026, 10, 2), 90)
    lines = [
        {"id": f"{deal}-{product}", "opportunity_id": deal, "product_id": product, "amount": Decimal(30)}
        for deal in ("1", "2")
        for product in ("saw", "axe", "oil")
    ]
    bridge = bridged("revenue.bookings", book.rows(opportunity_lines=lines), mix="product")
    assert {term.value for term in bridge.terms} == {0}
    one = bridged("revenue.bookings", book.rows(opportunity_lines=lines), by="product", member="axe", mix="")
    assert (one.start, one.end) == (30, 30)


def test_new_and_vanished_products_are_volume_and_mix(bridged):
    """10 axes at 5 are gone, 10 saws at 8 have come: no unit more, no price that changed, 30 of mix."""
    book = Book()
    book.sell("1", date(2026, 9, 2), "axe", 10, 50)
    book.sell("2", date(2026, 10, 2), "saw", 10, 80)
    bridge = bridged("revenue.revenue", book.rows())
    assert terms(bridge) == fractions(restatement=0, organisation=0, volume=0, mix=30, price=0, currency=0)


def test_rows_without_a_quantity_have_a_term_of_their_own(bridged):
    book = Book()
    book.sell("1", date(2026, 9, 2), "saw", 10, 100)
    book.sell("2", date(2026, 9, 2), "fee", None, 7)
    book.sell("3", date(2026, 10, 2), "saw", 10, 100)
    book.sell("4", date(2026, 10, 2), "fee", 0, 9)
    book.sell("5", date(2026, 10, 2), "axe", 2, 24)
    book.sell("6", date(2026, 10, 3), "axe", -2, -20)
    bridge = bridged("revenue.revenue", book.rows())
    assert terms(bridge) == fractions(
        restatement=0, organisation=0, volume=0, mix=0, price=0, without_quantity=6, currency=0
    )


def test_a_new_currency_is_taken_at_the_mean_rate_of_the_earlier_days(bridged):
    """100 USD worth 80: September's mean rate was (15 x 0.88 + 15 x 0.92) / 30 = 0.90."""
    book = Book()
    book.sell("1", date(2026, 9, 2), "saw", 10, 100)
    book.sell("2", date(2026, 10, 2), "saw", 10, 100)
    book.sell("3", date(2026, 10, 2), "saw", 10, 100, currency="usd ", base=80)
    rates = [
        {"id": "1", "currency": "USD", "on": date(2026, 8, 1), "rate": Decimal("0.88")},
        {"id": "2", "currency": "USD", "on": date(2026, 9, 16), "rate": Decimal("0.92")},
        {"id": "3", "currency": "USD", "on": date(2026, 10, 1), "rate": Decimal("0.80")},
    ]
    told = bridged("revenue.revenue", book.rows(fx_rates=rates))
    assert terms(told)["currency"] == -10
    assert "no amounts in USD: the mean of its days' exchange rates holds" in str(told.notes[0])
    untold = bridged("revenue.revenue", book.rows())
    assert terms(untold)["currency"] == 0
    assert "no exchange rate of USD is known" in str(untold.notes[0])


def test_profit_is_the_bridge_of_what_was_sold_less_that_of_what_it_cost(bridged):
    """10 at 10 costing 6 become 12 at 11 costing 7: 2 more at a profit of 4, and 12 at a profit that is the same."""
    book = Book()
    book.sell("1", date(2026, 9, 2), "saw", 10, 100, cost=60)
    book.sell("2", date(2026, 10, 2), "saw", 12, 132, cost=84)
    bridge = bridged("revenue.gross_profit", book.rows())
    assert terms(bridge) == fractions(restatement=0, organisation=0, volume=8, mix=0, price=0, currency=0)


def test_money_that_a_view_makes_has_its_exchange_rates_in_the_price(bridged):
    def subscription(key, amount, base, currency):
        return {"id": key, "account_id": key, "status": "active", "plan": "pro", "currency": currency,
                "started_on": date(2026, 1, 1), "mrr": Decimal(amount), "mrr_base": Decimal(base),
                "amount": Decimal(amount), "amount_base": Decimal(base), "interval": "month"}  # fmt: skip

    foreign = {"subscriptions": [subscription("1", 100, 90, "USD"), subscription("2", 50, 50, "EUR")]}
    bridge = bridged("subscription.mrr", foreign)
    keys = [term.key for term in bridge.terms]
    assert keys == ["restatement", "organisation", "volume", "mix", "price_and_currency"]
    home = {"subscriptions": [subscription("1", 100, 100, "EUR"), subscription("2", 50, 50, None)]}
    assert [term.key for term in bridged("subscription.mrr", home).terms][-2:] == ["price", "currency"]


def deals(won, lost, *, rep, month):
    book = Book()
    for number in range(won + lost):
        status = "won" if number < won else "lost"
        book.close(f"{rep} {month} {number}", date(2026, month, 2), 1, status=status, rep=rep)
    return book.deals


def test_a_ratio_is_split_into_rates_and_mix(bridged):
    """September: An 8 of 10, Bo 2 of 10: 50 %. October: An 3 of 5, Bo 3 of 15: 30 %.

    Within An 5/20 of the deals close 20 points less often: -5 points. Bo's rate is the same. An lies 30 points above the
    whole and has a quarter less of the deals, Bo 30 below and a quarter more: -7.5 points each.
    """
    rows = [
        *deals(8, 2, rep="an", month=9),
        *deals(2, 8, rep="bo", month=9),
        *deals(3, 2, rep="an", month=10),
        *deals(3, 12, rep="bo", month=10),
    ]
    bridge = bridged("conversion.close_ratio", {"opportunities": rows})
    assert bridge.mix == "rep"
    assert (bridge.start, bridge.end) == (Fraction(1, 2), Fraction(3, 10))
    assert terms(bridge) == fractions(restatement=0, organisation=0, rate="-0.05", mix="-0.15")
    assert {move.segment: move.mix for move in bridge.rate_moves} == {
        "an": Fraction("-0.075"),
        "bo": Fraction("-0.075"),
    }


def test_a_ratio_restated_and_reorganised(bridged):
    """The north: An won 1 of 2 when sealed, 1 of 3 now; Bo, of the north since 15 October, won 1 of 1 on the 2nd.

    October by who owned then: An 2 of 3. Now: 3 of 4. So 1/2 - 1/6 + (3/4 - 2/3) + (2/3 - 1/3) is 3/4.
    """
    september = deals(1, 1, rep="an", month=9)
    later = [*deals(2, 1, rep="an", month=10), *deals(1, 0, rep="bo", month=10)]
    added = [
        {"id": "late", "closed_on": date(2026, 9, 30), "status": "lost", "rep_id": "an", "amount": Decimal(1)}
    ]
    bridge = bridged(
        "conversion.close_ratio",
        {"opportunities": [*september, *added, *later], **NOW},
        {"opportunities": september, **THEN},
        **NORTH,
        mix="",
    )
    assert (bridge.start, bridge.end) == (Fraction(1, 2), Fraction(3, 4))
    assert terms(bridge) == fractions(
        restatement=Fraction(-1, 6), organisation=Fraction(1, 12), rate=Fraction(1, 3), mix=0
    )


def test_distinct_things_in_several_segments_are_not_mixed(bridged):
    """An order with two products is one order: by product the orders don't add up."""
    book = Book()
    book.sell("1", date(2026, 9, 2), "saw", 1, 10)
    book.sell("2", date(2026, 10, 2), "saw", 1, 10)
    book.lines.append({**book.lines[-1], "id": "second", "product_id": "axe"})
    by_product = bridged("revenue.average_order_value", book.rows(), mix="product")
    assert [term.key for term in by_product.terms] == ["restatement", "organisation", "rate_and_mix"]
    assert terms(by_product)["rate_and_mix"] == 10
    by_rep = bridged("revenue.average_order_value", book.rows(), mix="rep")
    assert terms(by_rep) == fractions(restatement=0, organisation=0, rate=10, mix=0)


def test_a_running_period_is_compared_to_the_same_working_day(bridged):
    """On Friday 2 October two working days have passed: September counts as far as Wednesday the 2nd."""
    book = Book()
    book.sell("1", date(2026, 9, 2), "saw", 1, 10)
    book.sell("2", date(2026, 9, 20), "saw", 1, 1000)
    book.sell("3", date(2026, 10, 2), "saw", 1, 11)
    bridge = bridged("revenue.revenue", book.rows(), as_of=date(2026, 10, 2))
    assert (bridge.start, bridge.end) == (10, 11)
    assert terms(bridge)["price"] == 1


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("revenue.units_sold", "is a count, so all of its change is volume"),
        ("revenue.sales_growth", "it compares with other periods itself"),
        ("revenue.target_attainment", "it stands on a target"),
        ("deals.sales_velocity", "it multiplies or divides more than once"),
    ],
)
def test_what_can_not_be_split_says_why(bridged, key, why):
    with pytest.raises(NoBridge, match=why):
        bridged(key, then_book().rows())


def test_no_value_is_no_bridge(bridged):
    with pytest.raises(NoBridge, match="There is no value in September 2026: not connected: order lines"):
        bridged("revenue.revenue", {"opportunities": deals(1, 0, rep="an", month=9)})
    with pytest.raises(NoBridge, match="There is no value of an in September 2026: nothing to divide by"):
        bridged(
            "conversion.close_ratio",
            {"opportunities": deals(1, 0, rep="an", month=10)},
            by="rep",
            member="an",
        )
