"""Landings that are killed, that run at the same time, that clear up, and that keep to their tenant."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from tallymark.lake import Lake, LakeError, Landed
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.models import Dataset, Snapshot
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]
ROWS = 20_000


@pytest.fixture
def start(settings: Settings, lake: Lake, tenant: TenantProfile) -> Callable[[str], subprocess.Popen[str]]:
    """Start a process that lands rows of that name; returns when it is about to begin."""

    def starting(name: str) -> subprocess.Popen[str]:
        script = str(Path(__file__).with_name("landing_process.py"))
        arguments = [settings.urls.app, str(lake.root), str(tenant.id), name, str(ROWS)]
        process = subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.stdout.close()
        return process

    return starting


def test_a_killed_landing_leaves_the_old_snapshot_or_the_new_one(
    start: Callable[[str], subprocess.Popen[str]],
    lake: Lake,
    land: Land,
    database: Database,
    tenant: TenantProfile,
) -> None:
    land("accounts", [{"id": str(n), "name": "old"} for n in range(ROWS)])
    for delay in (0.1, 0.3, 0.6, 1.0):
        process = start(f"new {delay}")
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        names = stored_names(lake, database, tenant)
        assert len(names) == ROWS
        assert len(set(names)) == 1, "a mixture of two landings is visible"
    assert land("accounts", [{"id": "next"}]).rows == ROWS + 1
    age(lake.root)
    with database.tenant(tenant.id) as session:
        lake.sweep(session, older_than=timedelta(minutes=1))
        kept = lake.files(session, "accounts")
    assert not list(lake.root.glob("*/.staging/*"))
    assert all(file.exists() for file in kept)
    assert len(stored_names(lake, database, tenant)) == ROWS + 1


def stored_names(lake: Lake, database: Database, tenant: TenantProfile) -> list[str | None]:
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "accounts")
    found: list[str | None] = pq.ParquetFile(file).read(columns=["name"]).column("name").to_pylist()
    return found


def test_landings_at_the_same_time_lose_no_row(land: Land, read: Read) -> None:
    land("accounts", [{"id": "shared", "name": "0"}])

    def one(number: int) -> Landed:
        return land(
            "accounts",
            [{"id": "shared", "name": str(number)}, *({"id": f"{number}-{n}"} for n in range(200))],
        )

    with ThreadPoolExecutor(4) as pool:
        landed = list(pool.map(one, range(1, 5)))
    rows = read("accounts")
    assert len(rows) == 801
    assert sorted(one.rows for one in landed) == [201, 401, 601, 801]
    assert len({one.snapshot_id for one in landed}) == 4


def test_sweeping_keeps_the_newest_and_removes_files_one_sweep_later(
    lake: Lake, land: Land, database: Database, tenant: TenantProfile, read: Read
) -> None:
    ids = [land("accounts", [{"id": "a", "name": str(n)}]).snapshot_id for n in range(5)]
    orphan = lake.root / str(tenant.id) / "accounts" / "orphan"
    orphan.mkdir()
    age(lake.root)
    with database.tenant(tenant.id) as session:
        first = lake.sweep(session, keep=2)
    assert (first.snapshots, first.folders) == (3, 1)
    with database.tenant(tenant.id) as session:
        assert lake.sweep(session, keep=2).folders == 3
    assert {path.name for path in lake.root.glob("*/accounts/*")} == {str(one) for one in ids[3:]}
    assert read("accounts")[0]["name"] == "4"


def test_a_young_folder_without_a_row_is_left_to_its_transaction(
    lake: Lake, land: Land, database: Database, tenant: TenantProfile
) -> None:
    land("accounts", [{"id": "a"}])
    (lake.root / str(tenant.id) / "accounts" / "uncommitted").mkdir()
    with database.tenant(tenant.id) as session:
        assert lake.sweep(session).folders == 0


def test_a_tenant_sees_no_files_of_another(
    lake: Lake,
    land: Land,
    database: Database,
    tenant: TenantProfile,
    make_tenant: Callable[..., TenantProfile],
) -> None:
    landed = land("accounts", [{"id": "a"}])
    other = make_tenant()
    with database.tenant(other.id) as session:
        assert lake.files(session, "accounts") == []
        assert lake.pinned(session) == {}
        assert lake.pinned(session, [landed.snapshot_id]) == {}


@pytest.mark.parametrize("file", ["{tenant}/accounts/x/part-0.parquet", "/etc/passwd", "{own}/../{tenant}/x"])
def test_a_file_outside_the_tenants_folder_is_not_opened(
    lake: Lake,
    land: Land,
    database: Database,
    tenant: TenantProfile,
    make_tenant: Callable[..., TenantProfile],
    file: str,
) -> None:
    other = make_tenant()
    land("accounts", [{"id": "a"}], other)
    named = file.format(tenant=tenant.id, own=other.id)
    with database.tenant(other.id) as session:
        forged = Snapshot(dataset="accounts", files=[named], row_count=1, schema_version="1.0.0")
        session.add(forged)
        session.flush()
        session.execute(
            update(Dataset).where(Dataset.name == "accounts").values(current_snapshot_id=forged.id)
        )
    with database.tenant(other.id) as session, pytest.raises(LakeError, match="outside its tenant's folder"):
        lake.files(session, "accounts")


def test_columns_of_a_version_not_installed_are_not_thrown_away(
    lake: Lake, land: Land, database: Database, tenant: TenantProfile, read: Read
) -> None:
    land("accounts", [{"id": "a", "name": "A"}])
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "accounts")
    opened = pq.ParquetFile(file)
    file.chmod(0o640)
    table = opened.read()
    wider = table.append_column("pack_score", table.column("id"))
    with pq.ParquetWriter(file, wider.schema) as writer:
        writer.write_table(wider)
        writer.add_key_value_metadata({"tallymark": opened.metadata.metadata[b"tallymark"].decode()})
    land("accounts", [{"id": "a", "name": "B"}, {"id": "b"}])
    assert [(row.get("name"), row.get("pack_score")) for row in read("accounts")] == [
        ("B", "a"),
        (None, None),
    ]


def test_a_stored_column_of_another_type_is_not_overwritten(
    lake: Lake, land: Land, database: Database, tenant: TenantProfile
) -> None:
    land("accounts", [{"id": "a", "employees": 3}])
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "accounts")
    table = pq.ParquetFile(file).read()
    file.chmod(0o640)
    place = table.column_names.index("employees")
    pq.write_table(table.set_column(place, "employees", table.column("id")), file)
    with pytest.raises(LakeError, match="hold employees as string, and the model now says int64"):
        land("accounts", [{"id": "b"}])


def test_columns_added_since_are_empty_in_older_rows(
    lake: Lake, land: Land, database: Database, tenant: TenantProfile, read: Read
) -> None:
    land("accounts", [{"id": "a", "name": "A", "country": "VN"}])
    with database.tenant(tenant.id) as session:
        (file,) = lake.files(session, "accounts")
    opened = pq.ParquetFile(file)
    file.chmod(0o640)
    table = opened.read().drop_columns(["country"])
    with pq.ParquetWriter(file, table.schema) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"tallymark": opened.metadata.metadata[b"tallymark"].decode()})
    land("accounts", [{"id": "b", "country": "IR"}])
    assert [row.get("country") for row in read("accounts")] == [None, "IR"]


def age(root: Path) -> None:
    """Make everything a day old."""
    then = time.time() - 86_400
    for path in root.rglob("*"):
        os.utime(path, (then, then))
