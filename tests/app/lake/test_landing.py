"""Landing rows: what is added, what wins, what stays."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.lake import Lake, LakeError, Landed
from tallymark_sdk.model import SCHEMA_VERSION, UnknownDataset, dataset
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_rows_land_in_the_stored_schema_sorted_by_key(
    land: Land, lake: Lake, database: Database, tenant: TenantProfile
) -> None:
    landed = land("opportunities", [{"id": "b", "amount": Decimal("10.5")}, {"id": "a", "closed_at": NOON}])
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "opportunities")
    assert (landed.rows, landed.added, landed.updated, landed.unchanged) == (2, 2, 0, 0)
    table = pq.ParquetFile(file).read()
    assert table.schema.equals(dataset("opportunities").stored_schema)
    assert table.column("id").to_pylist() == ["a", "b"]
    assert table.column("closed_on").to_pylist() == [date(2024, 5, 1), None]
    assert table.column("amount_base").to_pylist() == [None, Decimal("10.5000")]
    assert file == lake.root / str(tenant.id) / "opportunities" / str(landed.snapshot_id) / "part-0.parquet"


def test_the_snapshot_is_recorded_with_its_sync_and_schema(
    land: Land, lake: Lake, database: Database, tenant: TenantProfile
) -> None:
    landed = land("accounts", [{"id": "a"}])
    with database.tenant(tenant.id) as session:
        pinned = lake.pinned(session)
        assert lake.pinned(session, [landed.snapshot_id]) == pinned
    assert list(pinned) == ["accounts"]
    assert (pinned["accounts"].id, pinned["accounts"].row_count) == (landed.snapshot_id, 1)
    assert pinned["accounts"].schema_version == SCHEMA_VERSION


def test_a_dataset_never_filled_has_no_files_but_an_empty_one_has(
    land: Land, lake: Lake, database: Database, tenant: TenantProfile
) -> None:
    land("accounts", [])
    with database.tenant(tenant.id) as session:
        assert lake.files(session, "orders") == []
        (file,) = lake.files(session, "accounts")
        with pytest.raises(UnknownDataset):
            lake.files(session, "../accounts")
    assert pq.read_metadata(file).num_rows == 0


def test_landing_the_same_rows_again_changes_nothing(land: Land, read: Read) -> None:
    rows = [{"id": str(n), "amount": Decimal(n), "updated_at": NOON if n % 2 else None} for n in range(50)]
    first = land("opportunities", rows)
    before = read("opportunities")
    again = land("opportunities", rows)
    assert again.snapshot_id == first.snapshot_id
    assert (again.added, again.updated, again.unchanged, again.rows) == (0, 0, 50, 50)
    assert read("opportunities") == before


def test_rows_are_updated_by_key_and_the_others_stay(land: Land, read: Read) -> None:
    land(
        "accounts",
        [{"id": "a", "name": "A"}, {"id": "b", "name": "B"}, {"source_id": "t", "id": "a", "name": "Other"}],
    )
    landed = land("accounts", [{"id": "b", "name": "B2"}, {"id": "c", "name": "C"}])
    assert (landed.rows, landed.added, landed.updated, landed.unchanged) == (4, 1, 1, 0)
    names = {(row["source_id"], row["id"]): row["name"] for row in read("accounts")}
    assert names == {("s", "a"): "A", ("s", "b"): "B2", ("s", "c"): "C", ("t", "a"): "Other"}


def test_an_older_version_does_not_replace_a_newer_one(land: Land, read: Read) -> None:
    land("accounts", [{"id": "a", "name": "new", "updated_at": NOON}])
    landed = land("accounts", [{"id": "a", "name": "old", "updated_at": NOON - timedelta(days=1)}])
    assert (landed.updated, landed.unchanged) == (0, 1)
    assert read("accounts")[0]["name"] == "new"
    land("accounts", [{"id": "a", "name": "undated"}])
    assert read("accounts")[0]["name"] == "undated"


def test_an_id_twice_in_one_landing_is_counted_and_the_later_line_wins(land: Land, read: Read) -> None:
    landed = land(
        "accounts",
        [{"id": "a", "name": "1"}, {"id": "b"}, {"id": "a", "name": "2"}, {"id": "a", "name": "3"}],
    )
    assert (landed.duplicates, landed.duplicate_ids, landed.rows, landed.added) == (2, ("a",), 2, 2)
    assert read("accounts")[0]["name"] == "3"


def test_tombstoned_rows_stay(land: Land, read: Read) -> None:
    land("accounts", [{"id": "a", "name": "A"}])
    landed = land("accounts", [{"id": "a", "name": "A", "deleted_at": NOON}])
    (row,) = read("accounts")
    assert (landed.rows, row["deleted_at"], row["deleted_on"]) == (1, NOON, NOON.date())


def test_a_replacing_landing_tombstones_what_its_source_left_out(land: Land, read: Read) -> None:
    land("accounts", [{"id": "a", "updated_at": NOON}, {"id": "b"}, {"source_id": "t", "id": "z"}])
    older = {"id": "a", "name": "now", "updated_at": NOON - timedelta(days=9)}
    landed = land("accounts", [older], replace=True)
    assert (landed.rows, landed.updated, landed.removed) == (3, 1, 1)
    rows = {row["id"]: row for row in read("accounts")}
    assert rows["a"]["name"] == "now"
    assert {key for key, row in rows.items() if "deleted_at" in row} == {"b"}
    assert land("accounts", [older], replace=True).removed == 0
    assert land("accounts", [older, {"id": "b"}], replace=True).updated == 1
    assert "deleted_at" not in {row["id"]: row for row in read("accounts")}["b"]


def test_a_replacing_landing_without_rows_removes_nothing(land: Land, read: Read) -> None:
    land("accounts", [{"id": "a"}])
    assert land("accounts", [], replace=True).removed == 0
    assert "deleted_at" not in read("accounts")[0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"source_id": ["s"], "id": ["1"], "nmae": ["x"]}, "has no column 'nmae'"),
        ({"source_id": ["s"], "id": ["1"], "amount": [1.5]}, "'amount' of opportunities must be decimal128"),
        ({"source_id": ["s", "s"], "id": ["1", None]}, "Row 2 for opportunities has no id"),
        ({"id": ["1"]}, "Row 1 for opportunities has no source_id"),
        ({"source_id": ["s"], "id": ["1"], "synced_at": [NOON]}, "has no column 'synced_at' to import"),
    ],
)
def test_batches_outside_the_model_are_refused(
    lake: Lake, database: Database, tenant: TenantProfile, columns: dict[str, list[object]], message: str
) -> None:
    batch = pa.RecordBatch.from_pydict(columns)
    with pytest.raises(LakeError, match=message), database.tenant(tenant.id) as session:
        lake.land(session, tenant, "opportunities", [batch])
    assert not list(lake.root.glob("*/.staging/*"))


def test_a_landing_rolled_back_leaves_the_old_snapshot(
    land: Land, lake: Lake, database: Database, tenant: TenantProfile, read: Read
) -> None:
    land("accounts", [{"id": "a", "name": "old"}])
    batch = pa.RecordBatch.from_pydict({"source_id": ["s"], "id": ["a"], "name": ["new"]})

    def land_and_fail() -> None:
        with database.tenant(tenant.id) as session:
            assert lake.land(session, tenant, "accounts", [batch]).updated == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        land_and_fail()
    assert read("accounts")[0]["name"] == "old"


def test_snapshot_files_are_read_only_and_say_what_they_hold(
    land: Land, lake: Lake, database: Database, tenant: TenantProfile
) -> None:
    first = land("accounts", [{"id": "a", "name": "1"}])
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "accounts")
    content, metadata = file.read_bytes(), pq.read_metadata(file).metadata[b"tallymark"].decode()
    assert file.stat().st_mode & 0o777 == 0o440
    assert all(word in metadata for word in (str(tenant.id), '"accounts"', SCHEMA_VERSION))
    assert land("accounts", [{"id": "a", "name": "2"}]).snapshot_id != first.snapshot_id
    assert file.read_bytes() == content
