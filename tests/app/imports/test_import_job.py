"""The import that a page asks for, performed as a worker does."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, text

import tallymark.imports.job  # noqa: F401 — registers the handler
from tallymark.jobs import request
from tallymark.jobs.entry import perform
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.tuning import Tuning
from tallymark.lake import Lake
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

MAPPING = json.dumps({"dataset": "accounts", "columns": {"id": "Id", "name": "Name"}})


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data_dir=tmp_path)


def upload(settings: Settings, tenant: TenantProfile, content: str) -> UUID:
    identity = uuid4()
    folder = settings.uploads_dir / str(tenant.id) / str(identity)
    folder.mkdir(parents=True)
    (folder / "file.csv").write_text(content, encoding="utf-8")
    return identity


def performed(
    own: Settings, database: Database, tenant: TenantProfile, params: Mapping[str, Any]
) -> Row[Any]:
    with database.tenant(tenant.id) as session:
        run_id = request(session, tenant.id, "import", uuid4().hex, "1", params)
    runtime = Runtime(settings=own, open_database=lambda: database, tuning=Tuning())
    perform(runtime, Lease(tenant_id=tenant.id, run_id=run_id, fence=1))
    with database.tenant(tenant.id) as session:
        return session.execute(text("select * from runs where id = :id"), {"id": run_id}).one()


def test_an_uploaded_file_lands_and_the_result_is_the_report(
    own: Settings, database: Database, tenant: TenantProfile
) -> None:
    identity = upload(own, tenant, "Id,Name\n1,A\n,B\n")
    params = {"upload": str(identity), "dataset": "accounts", "mapping": MAPPING, "connection": "page"}
    run = performed(own, database, tenant, params)
    assert (run.status, run.error) == ("done", None)
    assert (run.result["rows_in"], run.result["rejected"], run.result["landed"]) == (2, 1, 1)
    with database.tenant(tenant.id) as session:
        snapshot = Lake(own.lake_dir).pinned(session)["accounts"]
    assert (str(snapshot.id), snapshot.row_count) == (run.result["snapshot"], 1)


def test_an_upload_of_another_tenant_is_not_there(
    own: Settings, database: Database, tenant: TenantProfile
) -> None:
    identity = upload(own, replace(tenant, id=uuid4()), "Id,Name\n1,A\n")
    run = performed(
        own, database, tenant, {"upload": str(identity), "dataset": "accounts", "mapping": MAPPING}
    )
    assert (run.status, run.error) == ("failed", "The uploaded file is not there any more; upload it again.")


def test_a_file_that_brings_nothing_fails_the_run_with_its_reason(
    own: Settings, database: Database, tenant: TenantProfile
) -> None:
    identity = upload(own, tenant, "Id,Name\n")
    run = performed(
        own, database, tenant, {"upload": str(identity), "dataset": "accounts", "mapping": MAPPING}
    )
    assert run.status == "failed"
    assert "no rows" in run.error
