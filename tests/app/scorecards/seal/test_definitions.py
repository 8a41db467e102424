"""Definitions as data: whatever is read back is the same definition, and computes the same numbers."""

import json
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis import _

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.seal import SealError
from tallymark.scorecards.seal.definitions import Definitions, written
from tallymark.scorecards.seal.expressions import Reader, Writer
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.model import dataset
from tallymark_sdk.rows import empty_model

from ...engine.test_oracle import random_company  # noqa: TID252  the folders of tests are no packages


@pytest.fixture(scope="module")
def sealed():
    """Every installed metric, written and read as JSON."""
    known = registry()
    return Definitions(json.loads(json.dumps(written(known, known.metrics))))


@pytest.fixture(scope="module")
def again(sealed):
    """The registry in which every metric was read back."""
    made, refused = sealed.registry(registry(), sealed.metrics)
    assert refused == {}
    return made


def test_every_metric_is_read_back_as_it_was(sealed, again):
    assert written(again, again.metrics) == sealed.data
    assert sealed.differing(again) == frozenset()
    assert sealed.differing(registry()) == frozenset()


@pytest.mark.parametrize("language", ["en", "vi", "fa", "zh-Hant"])
def test_it_reads_the_same_in_words(again, language):
    then, now = Wording(registry(), language), Wording(again, language)
    assert {key: now.formula(key) for key in again.metrics} == {
        key: then.formula(key) for key in registry().metrics
    }


def test_it_computes_the_same(again, tmp_path: Path):
    files = {}
    for name, given in random_company(7).items():
        rows = [{"source_id": "test", **row} for row in given]
        files[name] = [tmp_path / f"{name}.parquet"]
        pq.write_table(pa.Table.from_pylist(rows, dataset(name).stored_schema), files[name][0])
    cut = calendar()
    periods = cut.range(cut.parse("2024-01"), 3)

    def cells(known):
        return list(
            compute(
                known,
                sorted(again.metrics),
                periods,
                ("rep", "region"),
                data=TenantData(folder=tmp_path, files=files),
                calendar=cut,
                comparison=Comparison(calendar=cut, as_of=date(2024, 12, 31)),
            )
        )

    then, now = cells(registry()), cells(again)
    assert sum(cell.value is not None for cell in then) > 100
    assert now == then


def test_what_no_metric_may_use_is_neither_written_nor_read():
    table = empty_model()["opportunities"]
    with pytest.raises(SealError, match="TimestampNow"):
        Writer({}).expression(table.count(where=table.closed_at < ibis.now()), table)
    nodes = {"a": ["SQLQueryResult", {"query": "select 1"}]}
    with pytest.raises(SealError, match="which no metric may use"):
        Reader(nodes, {}).expression("a")
    with pytest.raises(SealError, match="missing"):
        Reader({}, {}).expression("a")


def test_a_changed_condition_is_another_definition_and_a_changed_text_is_not(sealed):
    changed = json.loads(json.dumps(sealed.data))
    changed["metrics"]["revenue.bookings"]["name"] = "Called otherwise"
    assert Definitions(changed).differing(registry()) == frozenset()
    nodes: dict = {}
    over = Writer(nodes).expression(
        (_.status == "lost").resolve(empty_model()["opportunities"]), empty_model()["opportunities"]
    )
    changed["nodes"] |= nodes
    changed["metrics"]["revenue.bookings"]["formula"]["where"] = over
    then = Definitions(changed)
    made, refused = then.registry(registry(), ["revenue.bookings"])
    assert refused == {}
    assert "revenue.bookings" in Definitions(written(made, ["revenue.bookings"])).differing(registry())


def test_a_function_in_python_stays_away_with_all_that_refers_to_it_once_it_is_another(sealed):
    changed = json.loads(json.dumps(sealed.data))
    key = "revenue.revenue"
    changed["metrics"][key] |= {
        "formula": {"kind": "python", "function": "x.y", "source": "", "reads": []},
        "digest": "",
    }
    then = Definitions(changed)
    made, refused = then.registry(registry(), then.differing(registry()))
    assert "a function in Python" in refused[key]
    assert "revenue.target_attainment" in refused
    assert not {key, "revenue.target_attainment"} & set(made.metrics)
    assert "revenue.bookings" in made.metrics
    same, none = then.registry(registry(), [], [key])
    assert (none, same[key]) == ({}, registry()[key])
