"""The tenants that benchmarks run on: the lake's schema, sorted, and something for every metric."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from bench.contestants.tallymark import Tallymark
from bench.data.change import MOVING, changed
from bench.data.sizes import SIZES, sized
from bench.data.tenant import tenant
from bench.data.write import ROW_GROUP, write_tenant
from bench.question import whole_catalogue

from tallymark.engine.session import TenantData
from tallymark_sdk.model import DATASETS


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_stored_as_the_lake_stores_it(small: TenantData, name: str) -> None:
    table = pq.read_table(small.files[name][0])
    assert table.schema.equals(DATASETS[name].stored_schema)
    keys = list(zip(table["source_id"].to_pylist(), table["id"].to_pylist(), strict=True))
    assert keys == sorted(set(keys))


def test_row_groups_are_the_lakes(tmp_path: Path) -> None:
    write_tenant(tmp_path, sized(70_000), names=["opportunities"])
    footer = pq.read_metadata(tmp_path / "opportunities.parquet")
    assert [footer.row_group(n).num_rows for n in range(footer.num_row_groups)] == [
        ROW_GROUP,
        70_000 - ROW_GROUP,
    ]
    assert footer.row_group(0).column(0).compression == "ZSTD"


def test_a_million_deals_come_with_the_rows_that_were_agreed() -> None:
    size = SIZES["1m"]
    assert (size.activities, size.orders, size.reps, size.teams, size.regions) == (
        3_000_000,
        500_000,
        200,
        20,
        12,
    )
    small = SIZES["5k"]
    assert (small.deals, small.activities, small.orders) == (5_000, 30_000, 3_000)


def test_every_metric_of_the_catalogue_has_data(small: TenantData) -> None:
    contestant = Tallymark(small, whole_catalogue())
    values: Counter[str] = Counter()
    for cell in contestant.ask():
        values[cell.metric] += cell.value is not None
    assert [key for key in whole_catalogue().keys if not values[key]] == []


def test_no_metric_is_asked_for_by_more_than_five_breakdowns() -> None:
    assert max(len(dims) for dims in whole_catalogue().dimensions().values()) == 5


def test_variants_differ_and_the_same_one_is_made_alike(
    small: TenantData, folder: Path, tmp_path: Path
) -> None:
    query = "SELECT sum(amount_base), sum(epoch_us(closed_at)) FROM '{}/opportunities.parquet'"
    other = tenant("2k", folder=folder, variant=1)
    write_tenant(tmp_path, SIZES["2k"], names=["opportunities"])
    first, again, different = (
        duckdb.sql(query.format(each)).fetchall() for each in (small.folder, tmp_path, other.folder)
    )
    assert first == again
    assert first != different


def test_a_small_sync_replaces_rows_and_adds_none(small: TenantData) -> None:
    data = changed(small)
    for name in MOVING:
        base, change = (pq.read_metadata(file).num_rows for file in data.files[name])
        assert change == pytest.approx(base / 100, abs=2)
