"""The rows that a scorecard's workbook lists are those that an explanation shows."""

import pytest

from tallymark.explain.basis import Basis
from tallymark.explain.service import explained
from tallymark.plugins.registry import registry
from tallymark.scorecards.exports.gathering import references
from tallymark_sdk.calendars import calendar

from .conftest import two_sources

KEYS = ("revenue.bookings", "conversion.close_ratio", "pipeline.open_pipeline", "revenue.profit_margin")


@pytest.fixture
def sales(sales_of):
    return sales_of(two_sources(7))


def basis_of(sales):
    return Basis(registry=sales.known, data=sales.data, comparison=sales.comparison)


def test_every_row_of_every_measure_is_listed_once(sales):
    period = calendar().parse("2024-05")
    found = references(basis_of(sales), KEYS, period, locale="en", cap=10_000)
    listed = 0
    for cell in sales.cells(KEYS, [period]):
        if cell.part != "value":
            continue
        for number, each in enumerate(found[cell.metric].measures, 1):
            told = explained(sales.asked(cell, measure=number, page_size=1000))
            assert [(ref.source, ref.id) for ref in each.refs] == [
                (row.source_id, row.id) for row in told.rows
            ]
            assert [ref.name for ref in each.refs] == [row.name for row in told.rows]
            assert each.rows == len(each.refs) == told.total
            listed += each.rows
    assert listed > 50


def test_beyond_the_cap_rows_are_counted(sales):
    found = references(basis_of(sales), KEYS[:1], calendar().parse("2024"), locale="vi", cap=3)
    (measure,) = found["revenue.bookings"].measures
    assert len(measure.refs) == 3
    assert measure.rows > 3


def test_every_metric_has_rows_or_a_reason(sales):
    keys = sorted(registry().metrics)
    found = references(basis_of(sales), keys, calendar().parse("2024-05"), locale="fa", cap=5)
    assert list(found) == keys
    assert all(each.measures or each.reason for each in found.values())
