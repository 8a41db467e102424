"""Importing files: what lands, what is rejected, what a failure leaves behind."""

import csv
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from tallymark.imports import ImportFailed, ImportReport, import_file, personal_key
from tallymark.imports.connections import remembered_mapping
from tallymark.lake import Lake
from tallymark.settings import Settings
from tallymark_connectors.csv_xlsx.mapping import Mapping
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_dict
from tallymark_tenants.db import Database
from tallymark_tenants.models import Sync
from tallymark_tenants.profile import TenantProfile

MAPPING = {"dataset": "opportunities", "columns": {"id": "Id", "amount": "Amount", "name": "Name"}}
Import = Callable[..., ImportReport]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def mapping() -> Mapping:
    return mapping_from_dict(MAPPING)


@pytest.fixture
def importing(
    database: Database, lake: Lake, tenant: TenantProfile, tmp_path: Path, mapping: Mapping
) -> Import:
    """Import the text of a CSV file into the opportunities."""

    def run(text: str, **options: Any) -> ImportReport:
        path = tmp_path / "deals.csv"
        path.write_text(text, encoding="utf-8")
        return import_file(database, lake, tenant, "opportunities", path, mapping, **options)

    return run


@pytest.fixture
def rows(database: Database, lake: Lake, tenant: TenantProfile) -> Callable[[], list[dict[str, Any]]]:
    def read() -> list[dict[str, Any]]:
        with database.tenant(tenant.id) as session:
            files = lake.files(session, "opportunities")
        return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]

    return read


def synced(database: Database, tenant: TenantProfile) -> list[tuple[Any, ...]]:
    columns = (Sync.status, Sync.rows_in, Sync.rows_rejected, Sync.snapshot_id, Sync.error)
    with database.tenant(tenant.id) as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Sync.started_at))]


def test_readable_rows_land_and_the_others_are_reported(
    importing: Import, rows: Callable[[], list[dict[str, Any]]], database: Database, tenant: TenantProfile
) -> None:
    seen: list[int] = []
    report = importing("Id,Name,Amount\n1,A,10\n2,B,=cmd()\n,C,3\n1,D,11\n", progress=seen.append)
    assert (report.rows_in, report.rows_landed, report.rejected_count, report.duplicates) == (4, 2, 2, 1)
    assert [(row.line, row.column, row.value) for row in report.rejected] == [
        (3, "Amount", "=cmd()"),
        (4, "id", None),
    ]
    assert [(row["id"], row["name"], int(row["amount_base"])) for row in rows()] == [("1", "D", 11)]
    assert seen == [4]
    assert synced(database, tenant) == [("done", 4, 2, report.snapshot_id, None)]
    assert report.rejected_file
    with report.rejected_file.open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert [(row["line"], row["value"]) for row in listed] == [("3", "'=cmd()"), ("4", "")]


def test_the_mapping_is_remembered_for_the_connection(
    importing: Import, database: Database, tenant: TenantProfile, mapping: Mapping
) -> None:
    importing("Id,Name,Amount\n1,A,10\n", connection_name="crm")
    with database.tenant(tenant.id) as session:
        assert remembered_mapping(session, "crm", "opportunities") == mapping
        assert remembered_mapping(session, "crm", "accounts") is None
        assert remembered_mapping(session, "file", "opportunities") is None


def test_importing_a_file_again_changes_nothing(importing: Import) -> None:
    first = importing("Id,Name,Amount\n1,A,10\n2,B,5\n")
    again = importing("Id,Name,Amount\n1,A,10\n2,B,5\n")
    assert again.snapshot_id == first.snapshot_id
    assert (again.landed.unchanged, again.landed.rows) == (2, 2)


def test_connections_keep_the_same_ids_apart(importing: Import) -> None:
    importing("Id,Name,Amount\n1,A,10\n")
    assert importing("Id,Name,Amount\n1,B,5\n", connection_name="other").landed.rows == 2


def test_replacing_marks_what_the_file_lacks_as_deleted(
    importing: Import, rows: Callable[[], list[dict[str, Any]]]
) -> None:
    importing("Id,Name,Amount\n1,A,10\n2,B,5\n")
    assert importing("Id,Name,Amount\n2,B,5\n", replace=True).landed.removed == 1
    assert [row["deleted_at"] is None for row in rows()] == [False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Id,Name,Amount\n", "no rows"),
        ("Id,Name,Amount\n1,A,x\n", "None of the 1 rows could be read.*line 2, column Amount"),
        ("Id,Title\n1,A\n", "Amount"),
        ("", "empty"),
    ],
)
def test_a_file_that_brings_nothing_changes_nothing_and_says_why(
    importing: Import,
    rows: Callable[[], list[dict[str, Any]]],
    database: Database,
    tenant: TenantProfile,
    text: str,
    message: str,
) -> None:
    importing("Id,Name,Amount\n1,A,10\n")
    with pytest.raises(ImportFailed, match=f"(?i){message}"):
        importing(text, replace=True)
    assert len(rows()) == 1
    status, *_, error = synced(database, tenant)[-1]
    assert status == "failed"
    assert error


def test_a_full_disk_is_said_in_one_sentence(
    importing: Import, monkeypatch: pytest.MonkeyPatch, rows: Callable[[], list[dict[str, Any]]]
) -> None:
    importing("Id,Name,Amount\n1,A,10\n")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tallymark.lake.store.publish", full)
        with pytest.raises(ImportFailed, match="The disk is full"):
            importing("Id,Name,Amount\n1,A,20\n")
    assert int(rows()[0]["amount"]) == 10


def test_a_mapping_of_another_dataset_is_refused(
    database: Database, lake: Lake, tenant: TenantProfile, mapping: Mapping
) -> None:
    with pytest.raises(ImportFailed, match="fills opportunities, not accounts"):
        import_file(database, lake, tenant, "accounts", Path("x"), mapping)
    with pytest.raises(ImportFailed, match="There is no file"):
        import_file(database, lake, tenant, "opportunities", Path("/nowhere.csv"), mapping)


def test_hash_keys_differ_by_tenant_and_installation(tenant: TenantProfile) -> None:
    key = personal_key("a" * 32, tenant.id)
    assert key == personal_key("a" * 32, tenant.id)
    assert len({key, personal_key("b" * 32, tenant.id), personal_key("a" * 32, UUID(int=1))}) == 3


def test_an_import_that_was_killed_is_marked_failed_by_the_next(
    importing: Import,
    settings: Settings,
    lake: Lake,
    database: Database,
    tenant: TenantProfile,
    tmp_path: Path,
) -> None:
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from uuid import UUID
        from tallymark.imports import import_file
        from tallymark.lake import Lake
        from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_dict
        from tallymark_tenants.db import Database, DatabaseUrls
        from tallymark_tenants.profile import load_profile
        database = Database(DatabaseUrls(app={settings.urls.app!r}))
        with database.tenant(UUID({str(tenant.id)!r})) as session:
            profile = load_profile(session)
        def stuck(rows):
            print("reading", flush=True)
            time.sleep(60)
        import_file(database, Lake(Path({str(lake.root)!r})), profile, "opportunities",
                    Path({str(tmp_path / "stuck.csv")!r}), mapping_from_dict({MAPPING!r}), progress=stuck)
    """)
    (tmp_path / "stuck.csv").write_text("Id,Name,Amount\n9,Z,1\n", encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "reading\n"
    process.stdout.close()
    running = importing("Id,Name,Amount\n1,A,10\n")
    assert [row[0] for row in synced(database, tenant)] == ["running", "done"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    for path in lake.root.rglob("*"):
        os.utime(path, (time.time() - 3600,) * 2)
    again = importing("Id,Name,Amount\n1,A,10\n")
    assert again.snapshot_id == running.snapshot_id
    assert [row[0] for row in synced(database, tenant)] == ["failed", "done", "done"]
    assert "import the file again" in str(synced(database, tenant)[0][-1])
    assert not list(lake.root.glob("*/.staging/*"))
