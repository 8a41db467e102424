"""Snapshots of several files: when they are made, who reads them, and how long their files live."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine.session import TenantData, confined
from tallymark.lake import Lake, Landed, Snapshot
from tallymark.lake.changes import changed_between
from tallymark.lake.keys import KEYS
from tallymark.lake.landing import Layout
from tallymark.lake.overlay import group_maxima, overlaid_table
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]
TEN = [{"id": str(n), "name": "first"} for n in range(10)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", layout=Layout(floor=10, share=0.4, files=2))


@pytest.fixture
def current(lake: Lake, database: Database, tenant: TenantProfile) -> Callable[..., Snapshot]:
    def pinned(name: str = "accounts") -> Snapshot:
        with database.tenant(tenant.id) as session:
            return lake.pinned(session)[name]

    return pinned


def test_a_small_change_is_written_beside_the_base(
    land: Land, read: Read, current: Callable[..., Snapshot]
) -> None:
    land("accounts", TEN)
    before = current()
    landed = land("accounts", [{"id": "3", "name": "second"}, {"id": "4", "name": "first"}, {"id": "new"}])
    after = current()
    assert (landed.rows, landed.added, landed.updated, landed.unchanged) == (11, 1, 1, 1)
    assert (after.files[0], after.row_count) == (before.files[0], 11)
    assert pq.read_metadata(after.files[1]).num_rows == 2, "what stayed as it was is not written again"
    assert {row["id"]: row.get("name") for row in read("accounts")} == {
        **{str(n): "first" for n in range(10)},
        "3": "second",
        "new": None,
    }


def test_small_datasets_are_written_as_a_whole(land: Land, current: Callable[..., Snapshot]) -> None:
    land("accounts", TEN[:9])
    land("accounts", [{"id": "1", "name": "second"}])
    assert len(current().files) == 1


def test_changes_past_the_share_are_written_into_a_new_base(
    land: Land, current: Callable[..., Snapshot]
) -> None:
    land("accounts", TEN)
    first = current()
    land("accounts", [{"id": str(n), "name": "second"} for n in range(4)])
    assert current().files[0] == first.files[0]
    land("accounts", [{"id": "9", "name": "second"}])
    assert len(current().files) == 1
    assert current().files[0] != first.files[0]
    assert changed_between(first, current()) is None


def test_change_files_become_one_where_they_are_many(
    land: Land, read: Read, current: Callable[..., Snapshot]
) -> None:
    land("accounts", TEN)
    base = current()
    for name in ("second", "third", "fourth"):
        land("accounts", [{"id": "1", "name": name}])
    folded = current()
    assert folded.files[0] == base.files[0]
    assert [pq.read_metadata(file).num_rows for file in folded.files] == [10, 1]
    assert [row["name"] for row in read("accounts") if row["id"] == "1"] == ["fourth"]
    changed = changed_between(base, folded)
    assert changed
    assert changed.before(["id", "name"]).to_pylist() == [{"id": "1", "name": "first"}]
    assert changed.after(["id", "name"]).to_pylist() == [{"id": "1", "name": "fourth"}]


@pytest.mark.parametrize("harm", ["lost", "torn", "of another version"])
def test_without_a_sound_key_file_everything_is_written(
    land: Land, read: Read, current: Callable[..., Snapshot], harm: str
) -> None:
    land("accounts", TEN)
    keys = current().files[0].with_name(KEYS)
    content = keys.read_bytes()
    keys.unlink()
    if harm == "torn":
        keys.write_bytes(content[: len(content) // 2])
    elif harm == "of another version":
        table = pa.ipc.open_file(pa.py_buffer(content)).read_all()
        with pa.ipc.new_file(keys, table.schema.with_metadata({"tallymark": "{}"})) as file:
            file.write_table(table)
    assert land("accounts", [{"id": "1", "name": "second"}]).updated == 1
    assert len(current().files) == 1
    assert len(read("accounts")) == 10
    assert current().files[0].with_name(KEYS).exists()


def test_a_file_lives_as_long_as_a_snapshot_lists_it(
    lake: Lake,
    land: Land,
    read: Read,
    database: Database,
    tenant: TenantProfile,
    current: Callable[..., Snapshot],
) -> None:
    land("accounts", TEN)
    land("accounts", [{"id": "1", "name": "second"}])
    shared = current()
    yesterday = time.time() - 86_400
    for path in lake.root.rglob("*"):
        os.utime(path, (yesterday, yesterday))
    for expected in ((1, 0), (0, 0)):
        with database.tenant(tenant.id) as session:
            swept = lake.sweep(session, keep=1)
        assert (swept.snapshots, swept.folders) == expected
    assert all(file.exists() for file in shared.files), "the base's own snapshot is gone, its file is not"
    land("accounts", [{"id": str(n), "name": "new base"} for n in range(8)])
    for expected in ((1, 0), (0, 2)):
        with database.tenant(tenant.id) as session:
            swept = lake.sweep(session, keep=1)
        assert (swept.snapshots, swept.folders) == expected
    assert not any(file.exists() for file in shared.files)
    assert len(read("accounts")) == 10


def test_the_engine_reads_each_row_once(
    lake: Lake, land: Land, tenant: TenantProfile, current: Callable[..., Snapshot]
) -> None:
    land("accounts", TEN)
    land("accounts", [{"id": "1", "name": "second"}, {"id": "2", "name": "second"}])
    land("accounts", [{"id": "1", "name": "third"}, {"id": "new", "name": "third"}])
    data = TenantData(folder=lake.root / str(tenant.id), files={"accounts": current().files})
    with confined(data) as connection:
        found = connection.sql("select name, count(*) from accounts group by 1 order by 1").fetchall()
        assert "_replaces" not in connection.sql("from accounts").columns
    assert found == [("first", 8), ("second", 1), ("third", 2)]


def test_rows_in_memory_and_the_newest_day_are_without_replaced_rows(
    land: Land, current: Callable[..., Snapshot]
) -> None:
    moment = {day: datetime(2024, 5, day, 12, tzinfo=UTC) for day in (1, 2, 3)}
    land(
        "opportunities",
        [{"id": str(n), "closed_at": moment[1]} for n in range(9)] + [{"id": "late", "closed_at": moment[3]}],
    )
    assert list(group_maxima(current("opportunities").files, "closed_on")) == [date(2024, 5, 3)]
    land("opportunities", [{"id": "late", "closed_at": moment[2]}])
    files = current("opportunities").files
    assert len(files) == 2
    assert list(group_maxima(files, "closed_on")) == [date(2024, 5, 1), date(2024, 5, 2)]
    days = overlaid_table(files, ["closed_on", "id"])
    assert (days.num_rows, days.column_names) == (10, ["closed_on", "id"])


def test_one_source_replaced_leaves_the_others(
    land: Land, read: Read, current: Callable[..., Snapshot]
) -> None:
    land("accounts", [row | {"source_id": source} for source in ("s", "t") for row in TEN])
    landed = land("accounts", TEN[1:], replace=True)
    assert (landed.removed, landed.unchanged, len(current().files)) == (1, 9, 2)
    gone = [(row["source_id"], row["id"]) for row in read("accounts") if "deleted_at" in row]
    assert gone == [("s", "0")]
