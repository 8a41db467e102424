"""The table of units, and where sums over members and periods are right."""

from __future__ import annotations

from typing import get_args

import pytest

from tallymark_sdk import Metric
from tallymark_sdk.metric import Unit
from tallymark_sdk.own import WrongFormula, read_formula
from tallymark_sdk.own.units import fits, likely

Metrics = dict[str, Metric]
LENIENT = {"rate", "score", "index"}

TABLE = {
    # text → the units that may be declared beside rate, score and index, the likely one first
    "sales.revenue + sales.profit": ["money"],
    "sales.revenue - 100": ["money"],
    "sales.revenue / sales.orders": ["money"],
    "sales.revenue / sales.profit": ["ratio"],
    "sales.revenue * sales.close_ratio": ["money"],
    "sales.close_ratio * sales.revenue": ["money"],
    "sales.orders * sales.order_value": ["money"],
    "sales.revenue / sales.close_ratio": ["money"],
    "1 - sales.close_ratio": ["ratio"],
    "sales.close_ratio * sales.close_ratio": ["ratio"],
    "100 * sales.close_ratio": ["ratio"],
    "sales.orders / sales.orders": ["ratio"],
    "sales.orders * sales.close_ratio": ["count"],
    "sales.orders / sales.close_ratio": ["count"],
    "sales.orders * 2": ["count"],
    "sales.cycle + 1": ["days"],
    "sales.cycle.median - sales.cycle": ["days"],
    "sales.cycle.deals": ["count"],
    "sales.cycle / sales.cycle.median": ["ratio"],
    "sales.revenue * sales.cycle / sales.profit": ["days"],
    "sales.revenue / sales.cycle": ["money"],
    "sales.orders / sales.cycle": [],
    "1 / sales.close_ratio": ["count", "ratio"],
    "sales.close_ratio / sales.orders": ["count", "ratio"],
    "sales.calls_per_rep * sales.orders": ["count", "ratio"],
    "sales.calls_per_rep + sales.close_ratio": ["count", "ratio"],
    "sales.calls_per_rep * sales.revenue": ["money"],
    "max(sales.revenue, 0)": ["money"],
    "abs(sales.revenue - previous(sales.revenue))": ["money"],
    "coalesce(target(sales.revenue), sales.revenue)": ["money"],
    "if(sales.orders > 10, sales.revenue / sales.orders, 0)": ["money"],
    "if(sales.revenue > 10, 1, 0)": ["count", "ratio"],
    "share(sales.revenue)": ["ratio"],
    "rolling(sales.revenue, 12)": ["money"],
}


@pytest.mark.parametrize("text", TABLE)
def test_the_unit_of_a_formula(metrics: Metrics, text: str) -> None:
    found = read_formula(text, metrics).quantity
    assert {unit for unit in get_args(Unit) if fits(found, unit)} - LENIENT == set(TABLE[text])
    assert fits(found, likely(found))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sales.revenue + sales.orders", "Money and a count can't be added or subtracted."),
        ("sales.revenue - sales.close_ratio", "Money and a ratio can't be added or subtracted."),
        ("sales.cycle + sales.revenue", "Days and money can't be added or subtracted."),
        ("sales.orders - sales.close_ratio", "A count and a ratio can't be added or subtracted."),
        ("sales.revenue + sales.calls_per_rep", "Money and a plain figure can't be added or subtracted."),
        ("sales.revenue * sales.profit", "Multiplying money by money has no meaning."),
        ("sales.cycle * sales.cycle", "Multiplying days by days has no meaning."),
        ("1 / sales.revenue / sales.profit", "Dividing a mixed unit by money has no meaning."),
        ("if(sales.orders > sales.revenue, 1, 0)", "A count and money can't stand beside each other here"),
        (
            "if(sales.orders > 1, sales.revenue, sales.orders)",
            "Money and a count can't stand beside each other",
        ),
        ("max(sales.revenue, sales.orders)", "Money and a count can't stand beside each other"),
        ("coalesce(sales.cycle, sales.close_ratio)", "Days and a ratio can't stand beside each other"),
    ],
)
def test_units_that_do_not_go_together(metrics: Metrics, text: str, sentence: str) -> None:
    with pytest.raises(WrongFormula, match=sentence):
        read_formula(text, metrics)


@pytest.mark.parametrize(
    ("text", "additive"),
    [
        ("sales.revenue - sales.profit", True),
        ("sales.revenue * 2 / 4 + -sales.profit", True),
        ("previous(sales.revenue) + rolling(sales.profit, 2)", True),
        ("sales.revenue + 100", False),
        ("sales.revenue / sales.orders", False),
        ("sales.revenue * sales.close_ratio", False),
        ("max(sales.revenue, sales.profit)", False),
        ("sales.order_value + sales.revenue", False),
        ("target(sales.revenue)", False),
        ("share(sales.revenue)", False),
    ],
)
def test_only_a_plain_sum_of_additive_metrics_is_additive(
    metrics: Metrics, text: str, *, additive: bool
) -> None:
    assert read_formula(text, metrics).additive is additive


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rolling(sales.open, 3)", "rolling"),  # a level would be counted once for each period
        ("rolling(sales.close_ratio, 3)", "rolling"),
        ("rolling(sales.revenue / sales.orders, 3)", "rolling"),
        ("rolling(sales.cycle, 3)", "rolling"),
        ("share(sales.order_value)", "share"),
        ("share(sales.revenue / sales.orders)", "share"),
    ],
)
def test_sums_that_would_mean_nothing(metrics: Metrics, text: str, sentence: str) -> None:
    with pytest.raises(WrongFormula, match=sentence):
        read_formula(text, metrics)


def test_a_part_that_counts_events_can_be_rolled(metrics: Metrics) -> None:
    assert read_formula("rolling(sales.cycle.deals, 3)", metrics).keys == ("sales.cycle",)


def test_breakdowns_are_those_that_all_metrics_offer(metrics: Metrics) -> None:
    assert read_formula("sales.profit - sales.revenue", metrics).by == ("region", "rep")
    assert read_formula("sales.profit / sales.orders", metrics).by == ("rep",)
    assert read_formula("sales.profit / target(sales.orders)", metrics).by == ("rep",)
