"""`tallymark compute --attribution`: for once, or as the company has it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from tallymark.cli.compute import compute
from tallymark.lake import Lake
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts.company import change_company
from tallymark_tenants.db import VARIABLES

TABLES: dict[str, list[dict[str, Any]]] = {
    "opportunities": [
        {"id": str(day), "status": "won", "amount": 1, "currency": "USD", "rep_id": "an",
         "closed_at": datetime(2026, 6, day, 12, tzinfo=UTC)}
        for day in (1, 20, 25)
    ],
    "reps": [{"id": "an", "name": "An", "team_id": "south"}],
    "rep_assignments": [
        {"id": "1", "rep_id": "an", "team_id": "north", "valid_from": None, "valid_to": date(2026, 6, 15)},
        {"id": "2", "rep_id": "an", "team_id": "south", "valid_from": date(2026, 6, 15), "valid_to": None},
    ],
}  # fmt: skip
NOW, THEN = {"south": 3}, {"north": 1, "south": 2}


@pytest.fixture
def tenant(settings, database, make_tenant, monkeypatch):
    """A company whose rep moved to another team on 15 June, with a deal won before and two after it."""
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))
    made = make_tenant(name="Acme", currency="USD")
    for name, rows in TABLES.items():
        schema = dataset(name).import_schema
        batch = pa.RecordBatch.from_pylist([{"source_id": "test", **row} for row in rows], schema)
        with database.tenant(made.id) as session:
            Lake(settings.lake_dir).land(session, made, name, [batch])
    return made


def by_team(tenant, *options):
    words = [tenant.slug, "--metrics", "revenue.bookings", "--from", "2026-06", "--by", "team", *options]
    result = CliRunner().invoke(compute, words)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    return {row["member"]: row["value"] for row in rows if row["part"] == "value" and row["dimension"]}


def test_a_company_counts_as_it_is_unless_it_or_the_command_says_otherwise(tenant, database):
    assert by_team(tenant) == NOW
    assert by_team(tenant, "--attribution", "as-was") == THEN
    with database.auth() as session:
        change_company(session, tenant.id, attribution="as_was")
    assert by_team(tenant) == THEN
    assert by_team(tenant, "--attribution", "as-is") == NOW


def test_anything_else_is_refused(tenant):
    words = [tenant.slug, "--metrics", "revenue.bookings", "--from", "2026-06", "--attribution", "as-if"]
    result = CliRunner().invoke(compute, words)
    assert result.exit_code == 2
    assert "'as-if' is not one of 'as-is', 'as-was'" in result.output
