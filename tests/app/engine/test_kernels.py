"""The kernels on numbers worked by hand."""

from __future__ import annotations

from fractions import Fraction
from statistics import median

import numpy as np
import pytest

from tallymark.engine.facts.firsts import NEVER, NO_ROW_BEFORE, _marks
from tallymark.engine.kernels import ordered
from tallymark.engine.kernels.limbs import limbs, whole
from tallymark.engine.kernels.placing import Slot, layers, valid
from tallymark_sdk import Stock, _


def test_sums_that_no_double_holds_are_exact_to_the_unit() -> None:
    values = np.array([2**62 - 1, 2**62 - 3, -(2**61) + 1, 7], np.int64)
    parts = limbs(values, None, 2**62 - 1)
    total = whole({shift: np.array([int(limb.sum())]) for shift, limb in parts})
    assert int(total[0]) == sum(values.tolist())


def test_numbers_wider_than_64_bits_are_put_together_again() -> None:
    given = [-(2**90) - 5, 2**100 + 1, -1, 0]
    low = np.array([(each & (2**64 - 1)) - (2**64 if each >> 63 & 1 else 0) for each in given], np.int64)
    high = np.array([each >> 64 for each in given], np.int64)
    parts = limbs(low, high, 2**101)
    total = whole({shift: np.array([int(limb.sum())]) for shift, limb in parts})
    assert int(total[0]) == sum(given)


@pytest.mark.parametrize("scale", [1, 2**40, 2**61])  # counted, sorted as one number, sorted by two
@pytest.mark.parametrize("rows", [7, 30_000])
def test_medians_are_exact_to_the_half(scale: int, rows: int) -> None:
    dice = np.random.default_rng(rows)
    codes, values = dice.integers(0, 3, rows), dice.integers(0, 4, rows) * np.int64(scale // 4 + 1)
    found = ordered.reduce("median", codes, values, 4)
    for cell in range(4):
        own = [value for code, value in zip(codes.tolist(), values.tolist(), strict=True) if code == cell]
        assert bool(found.has[cell]) == bool(own)
        if own:
            assert int(found.values[cell]) == 2 * median(map(Fraction, own))  # not halved as a float


def test_an_event_is_marked_with_the_days_since_its_ids_last_one() -> None:
    ones, days = np.array([4, 5, 4, -1, 4, 5]), np.array([10, 10, 12, 13, 12, 90_000], np.int32)
    assert _marks("flow", ones, None, days).tolist() == [NO_ROW_BEFORE, NO_ROW_BEFORE, 2, 0, 0, 65_535]
    members = np.array([0, 0, 1, 0, 1, 0])
    apart = _marks("flow", ones, members, days).tolist()
    assert apart == [NO_ROW_BEFORE, NO_ROW_BEFORE, NO_ROW_BEFORE, 0, 0, 65_535]


def test_of_rows_placed_in_a_period_one_of_each_id_counts() -> None:
    ones, periods = np.array([1, 1, 2, 1]), np.array([0, 0, 0, 1], np.int32)
    assert (_marks("placed", ones, None, periods) > 0).tolist() == [True, False, True, True]


def test_a_span_counts_from_where_no_earlier_one_of_its_id_covers_it() -> None:
    ones = np.array([1, 1, 1, 2, -1])
    starts, ends = np.array([0, 5, 30, 2, 3], np.int32), np.array([10, 20, 40, 3, 9], np.int32)
    assert _marks("stock", ones, None, starts, ends).tolist() == [0, 10, 30, 2, NEVER]


@pytest.mark.parametrize(
    ("at", "runs"),
    [
        # Three months of ten days; a row from day 5 to day 20, one of day 12 alone, one that ends before it starts.
        ("end", [(0, 2), (1, 1), (1, 1)]),
        ("start", [(1, 3), (2, 2), (2, 2)]),
        ("during", [(0, 3), (1, 2), (1, 2)]),
        ("both", [(1, 2), (2, 1), (2, 1)]),
    ],
)
def test_a_stock_counts_in_a_run_of_periods(at, runs) -> None:
    stock = Stock("reps", start="hired_on", end="left_on", at=at, value=_.count())
    months = [Slot(n, (10 * n, 10 * n + 10)) for n in range(3)]
    begin, end = valid(stock, months, np.array([5, 12, 15]), np.array([20, 12, 11]))
    assert list(zip(begin.tolist(), end.tolist(), strict=True)) == runs


def test_periods_that_share_days_are_looked_up_one_after_another() -> None:
    slots = [Slot(0, (0, 31)), Slot(1, (0, 20)), Slot(2, (31, 60))]
    assert [[slot.place for slot in layer] for layer in layers(slots)] == [[1, 2], [0]]
