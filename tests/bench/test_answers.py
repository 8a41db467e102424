"""Comparing answers finds what differs."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from bench.answers import Place, compare
from bench.question import of_keys

ASKED = of_keys(("revenue.bookings", "conversion.close_ratio"), ("rep",))
SUM: Place = ("revenue.bookings", "value", "rep", "r1", 0)
QUOTIENT: Place = ("conversion.close_ratio", "value", "rep", "r1", 0)


@pytest.mark.parametrize(
    ("place", "ours", "theirs"),
    [
        (SUM, D("1.0000"), D("1.0001")),
        (SUM, D(1), None),
        (QUOTIENT, D("0.5"), 0.5000001),
        (QUOTIENT, D(0), None),
    ],
)
def test_a_difference_is_found(place: Place, ours: D, theirs: D | float | None) -> None:
    assert len(compare({place: ours}, {place: theirs}, ASKED).different) == 1


@pytest.mark.parametrize(
    ("place", "ours", "theirs"),
    [(SUM, D(0), None), (SUM, D("2.50"), D("2.5")), (QUOTIENT, D(1) / D(3), 1 / 3), (QUOTIENT, None, None)],
)
def test_the_same_is_the_same(place: Place, ours: D | None, theirs: D | float | None) -> None:
    assert str(compare({place: ours}, {place: theirs}, ASKED)) == "1 cells, all equal"


def test_a_member_that_only_one_side_lists_is_a_difference_where_it_has_a_value() -> None:
    other = ("revenue.bookings", "value", "rep", "r2", 0)
    assert compare({SUM: D(1)}, {SUM: D(1), other: D(0)}, ASKED).different == ()
    assert len(compare({SUM: D(1)}, {SUM: D(1), other: D(3)}, ASKED).different) == 1


def test_breakdowns_that_a_metric_does_not_declare_are_not_compared() -> None:
    undeclared = ("revenue.bookings", "value", "stage", "s1", 0)
    assert compare({SUM: D(1)}, {SUM: D(1), undeclared: D(3)}, ASKED).different == ()
