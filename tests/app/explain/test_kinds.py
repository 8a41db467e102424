"""What each kind of measure shows of its rows, on a few rows by hand."""

import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module

import pytest

from tallymark.engine.cell import Cell
from tallymark.explain.service import explained
from tallymark.explain.words import lines_of
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark_sdk.calendars import calendar

JUNE = calendar().parse("2026-06")
PACK = """
import pyarrow as pa
from tallymark_sdk import Flow, Metric, Ratio, _, computed

READS = ("orders.ordered_on",)


@computed(reads=READS)
def two(tables, periods):
    return pa.table({"period": pa.array(range(periods.num_rows)), "value": pa.array([2] * periods.num_rows)})


def metric(key, formula, inputs=READS):
    return Metric(key=f"acme.{key}", name="n", description="d", unit="count", better="higher", inputs=inputs,
                  formula=formula)


METRICS = [metric("two", two), metric("each", Ratio(two, Flow("orders", on="ordered_on", value=_.count())))]
"""


def ask(sales, key, dimension="", member="", part="value", **more):
    cell = Cell(metric=key, part=part, period=JUNE, dimension=dimension, member=member, value=None)
    return explained(sales.asked(cell, **more))


def day(number, month=6):
    return date(2026, month, number)


def won(key, amount, **more):
    return {"id": key, "status": "won", "amount_base": Decimal(amount), "closed_on": day(9), **more}


def test_a_deal_split_over_the_products_of_its_lines_shows_its_share(sales_of):
    deals = [won("a", 90), won("b", 10, product_id="p1")]
    lines = [
        {"id": str(n), "opportunity_id": "a", "product_id": product, "amount": Decimal(amount)}
        for n, (product, amount) in enumerate([("p1", 1), ("p2", 2)])
    ]
    sales = sales_of({"opportunities": deals, "opportunity_lines": lines})
    told = ask(sales, "revenue.bookings", "product", "p1")
    assert {(row.id, row.value, row.split_from) for row in told.rows} == {("a", 30, 90), ("b", 10, 10)}
    assert told.cell.value == 40
    assert {row.split_from for row in ask(sales, "revenue.bookings").rows} == {None}


def test_a_stock_shows_from_when_until_when_its_rows_are_valid(sales_of):
    deals = [
        {"id": "a", "status": "open", "amount_base": Decimal(5), "created_on": day(2, 5)},
        {
            "id": "b",
            "status": "won",
            "amount_base": Decimal(7),
            "created_on": day(3, 5),
            "closed_on": day(2, 7),
        },
        {"id": "c", "status": "won", "amount_base": Decimal(9), "created_on": day(3, 5), "closed_on": day(2)},
    ]
    told = ask(sales_of({"opportunities": deals}), "pipeline.open_pipeline")
    assert [(row.id, row.first, row.beyond) for row in told.rows] == [
        ("a", day(2, 5), None),
        ("b", day(3, 5), day(2, 7)),
    ]
    assert told.cell.value == sum(row.value for row in told.rows) == 12


def test_a_distinct_count_counts_each_id_at_one_of_its_rows(sales_of):
    orders = [{"id": key, "ordered_on": day(5), "status": "paid"} for key in ("o1", "o2")]
    lines = [
        {
            "id": str(n),
            "order_id": order,
            "product_id": "p",
            "amount_base": Decimal(1),
            "quantity": Decimal(1),
        }
        for n, order in enumerate(("o1", "o1", "o2"))
    ]
    products = [{"id": "p", "product_group": "saws"}]
    sales = sales_of({"orders": orders, "order_lines": lines, "products": products})
    told = ask(sales, "revenue.orders", "product_group", "saws")
    assert told.cell.value == sum(row.value for row in told.rows) == 2
    assert sorted((row.columns["order_id"], row.value) for row in told.rows) == [
        ("o1", 0),
        ("o1", 1),
        ("o2", 1),
    ]


def test_measures_of_other_periods_name_them(sales_of):
    orders = [{"id": str(n), "ordered_on": day(5, month), "status": "paid"} for n, month in enumerate((5, 6))]
    lines = [
        {"id": str(n), "order_id": str(n), "amount_base": Decimal(amount), "quantity": Decimal(1)}
        for n, amount in enumerate((80, 100))
    ]
    sales = sales_of({"orders": orders, "order_lines": lines})
    told = ask(sales, "revenue.sales_growth", measure=2)
    assert told.cell.value == Decimal("0.25")
    by_period = {each.measure.period.label: each.value for each in told.measures}
    assert by_period == {"June 2026": 100, "May 2026": 80}
    assert [row.day for row in told.rows] == [
        day(5, {"June 2026": 6, "May 2026": 5}[told.shown.measure.period.label])
    ]
    said = [line.said for line in lines_of(told.tree, "revenue.sales_growth", Wording(registry()))]
    assert "100 − 80" in said
    assert "20 ÷ 80" in said


@pytest.fixture
def python(tmp_path, monkeypatch):
    """A pack with metrics that are functions in Python."""
    (tmp_path / "in_python_for_rows.py").write_text(PACK)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Registry(metrics={metric.key: metric for metric in import_module("in_python_for_rows").METRICS})
    sys.modules.pop("in_python_for_rows")


def test_a_function_in_python_says_what_it_was_given(sales_of, python):
    gone = {"id": "3", "ordered_on": day(5), "deleted_at": datetime(2026, 6, 9, tzinfo=UTC)}
    sales = sales_of({"orders": [{"id": "1", "ordered_on": day(5)}, {"id": "2", "ordered_on": day(6)}, gone]})
    sales.known = python
    told = ask(sales, "acme.two")
    assert told.cell.value == 2
    assert (told.measures, told.rows, told.listed) == ((), (), 0)
    assert [(each.dataset, each.columns, each.rows) for each in told.given] == [
        ("orders", ("ordered_on",), 2)
    ]
    beside = ask(sales, "acme.each")
    assert (beside.cell.value, len(beside.rows), len(beside.given)) == (1, 2, 1)
