"""Every metric, part and breakdown over random companies: the rows that are listed give the figure."""

import random
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

import pytest

from tallymark.engine.assemble import NO_HISTORY
from tallymark.engine.cell import Cell
from tallymark.explain.cells import cell_of_rows
from tallymark.explain.service import export, taken_apart
from tallymark.plugins.registry import registry
from tallymark_sdk.arithmetic import settle
from tallymark_sdk.attribution import AS_IS, AS_WAS
from tallymark_sdk.model import DATASETS
from tallymark_sdk.ownership import OWNED
from tallymark_sdk.rows import DELETED

from .conftest import two_sources

COMPANIES = [
    (1, "gregorian", "month", AS_IS),
    (2, "jalali", "quarter", AS_IS),
    (5, "gregorian", "quarter", AS_WAS),
]


def sample(cells, dice):
    """Of each metric, part and breakdown a cell: the one with the most rows or any other."""
    by_place: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        by_place.setdefault((cell.metric, cell.part, cell.dimension), []).append(cell)
    for found in by_place.values():
        yield max(found, key=lambda cell: cell.rows) if dice.random() < 0.6 else dice.choice(found)


def questions(sales, seed, grain_of, attribution):
    cut = sales.comparison.calendar
    periods = cut.range(cut.period(grain_of, date(2024, 1, 1) + timedelta(days=150)), 2)
    offered = sorted({dimension for metric in registry() for dimension in metric.by})
    by = offered if attribution == AS_IS else sorted(OWNED)
    cells = sales.cells(sorted(registry().metrics), periods, by)
    return list(sample(cells, random.Random(seed)))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kind", "grain_of", "attribution"), COMPANIES)
def test_picked_rows_give_every_figure_and_count(sales_of, seed, kind, grain_of, attribution):
    sales = sales_of(two_sources(seed), kind=kind, attribution=attribution)
    checked: Counter[str] = Counter()
    for cell in questions(sales, seed, grain_of, attribution):
        found, picked = taken_apart(sales.asked(cell), lambda: cell)  # noqa: B023  called at once
        if cell.reason != NO_HISTORY:
            assert settle(found.tree.value) == cell.value, cell
            assert (found.tree.value is None) == (cell.reason is not None), cell
            assert cell.reason in (None, found.tree.reason), cell
            own = cell_of_rows(sales.asked(cell).place, found.tree, picked)
            assert (own.value, own.rows, own.left_out) == (cell.value, cell.rows, cell.left_out), cell
        checked["cells"] += 1
        checked["values"] += cell.value is not None
        checked["left out"] += bool(cell.left_out)
    assert checked["cells"] > 200
    assert checked["values"] > checked["cells"] / 2
    assert checked["left out"] > checked["cells"] / 3


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kind", "grain_of", "attribution"), COMPANIES)
def test_listed_rows_give_every_measures_figure(sales_of, seed, kind, grain_of, attribution):
    """The same through what people see: rows with their own ids, values and reasons."""
    sales = sales_of(two_sources(seed), kind=kind, attribution=attribution)
    known = {
        name: {(row.get("source_id", "test"), row["id"]) for row in given}
        for name, given in sales.rows.items()
    }
    gone = {
        name: {(row.get("source_id", "test"), row["id"]) for row in given if row.get("deleted_at")}
        for name, given in sales.rows.items()
    }
    referred = referred_to(sales.rows)
    dice = random.Random(seed)
    seen: Counter[str] = Counter()
    cells = questions(sales, seed, grain_of, attribution)
    for cell in dice.sample(cells, 150):
        for which in ("used", "left_out"):
            with export(sales.asked(cell, which=which)) as (told, every):
                listed = list(every)
            if not told.measures:
                continue
            stood = told.measures[0]
            keys = [(row.source_id, row.id) for row in listed]
            assert set(keys) <= known[stood.dataset] | referred[stood.dataset], cell
            if which == "left_out":
                assert Counter(row.reason for row in listed) == stood.left_out, cell
                deleted = {key for key, row in zip(keys, listed, strict=True) if row.reason == DELETED}
                if (
                    stood.measure.leaf.formula.dataset == stood.dataset
                ):  # a view's rows go with what they belong to
                    assert deleted <= gone[stood.dataset], cell
                seen["left out"] += len(listed)
                continue
            assert len(listed) == stood.rows == told.total, cell
            assert not set(keys) & gone[stood.dataset], cell
            assert reduced(stood.measure.leaf.kernel, listed) == stood.figure or stood.reason, cell
            seen["used"] += len(listed)
            seen["split"] += sum(row.split_from is not None for row in listed)
            seen["converted"] += sum(bool(row.converted) for row in listed)
    assert seen["used"] > 200
    assert seen["left out"] > 20
    assert seen["converted"] > 10


def reduced(kernel, listed):
    values = [Fraction(row.value) for row in listed]
    if kernel in ("sum", "count", "distinct"):
        return sum(values, Fraction(0))
    if not values:
        return None
    return median(values) if kernel == "median" else min(values) if kernel == "min" else max(values)


def referred_to(company):
    """Dataset → the sources and ids of its rows that others refer to, there or not."""
    found: dict[str, set[tuple[str, str]]] = {name: set() for name in company}
    for name, given in company.items():
        for column, target in DATASETS[name].references.items():
            found[target] |= {(row.get("source_id", "test"), row[column]) for row in given if row.get(column)}
    return found
