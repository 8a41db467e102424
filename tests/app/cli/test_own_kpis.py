"""Own KPIs from the command line: written, computed, put into a set, refused with carets, removed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pyarrow as pa
import pytest
from click.testing import Result

from tallymark.lake import Lake
from tallymark.settings import Settings
from tallymark_sdk.model import dataset
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Run = Callable[..., Result]
NOON = 1_781_006_400_000_000  # 2026-06-09 12:00 UTC in microseconds


@pytest.fixture
def slug(run: Run, tenant: TenantProfile, database: Database) -> str:
    """A tenant with deals of 100 and 50 won in June."""
    rows = [
        {"source_id": "crm", "id": name, "status": "won", "amount": amount, "closed_at": NOON, "created_at": NOON}
        for name, amount in (("1", 100), ("2", 50))
    ]  # fmt: skip
    with database.tenant(tenant.id) as session:
        batch = pa.RecordBatch.from_pylist(rows, dataset("opportunities").import_schema)
        Lake(Settings.from_env().lake_dir).land(session, tenant, "opportunities", [batch])
    return tenant.slug


def test_from_the_formula_to_its_value_and_away_again(run: Run, slug: str) -> None:
    made = run("kpis", "own", "add", slug, "own.per_deal", "revenue.bookings / pipeline.opportunities",
               "--name", "Value per deal")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("own.per_deal (money): ")

    computed = run("compute", slug, "--metrics", "own.per_deal", "--from", "2026-06", "--by", "stage")
    assert computed.exit_code == 0, computed.output
    (row,) = json.loads(computed.stdout)
    assert (row["value"], row["numerator"], row["denominator"]) == (75, 150, 2)
    assert "own.per_deal isn't broken down by stage" in computed.stderr

    (kpi,) = json.loads(run("kpis", "own", "list", slug, "--json").stdout)
    assert kpi["usable"] is True
    assert kpi["formula"] == "revenue.bookings / pipeline.opportunities"
    listed = json.loads(run("metrics", "list", "--tenant", slug, "--json").stdout)
    (told,) = [each for each in listed if each["key"] == "own.per_deal"]
    assert (told["kind"], told["pack"]) == ("ratio", "own KPIs 1")
    assert "own.per_deal" not in run("metrics", "list").stdout

    assert run("kpis", "create", slug, "Board", "--metrics", "own.per_deal").exit_code == 0
    refused = run("kpis", "own", "remove", slug, "own.per_deal")
    assert refused.exit_code == 2
    assert 'own.per_deal is used by the KPI set "Board"' in refused.stderr


def test_a_fault_is_pointed_at(run: Run, slug: str) -> None:
    refused = run("kpis", "own", "add", slug, "own.x", "2 * revenue.bookngs", "--name", "X")
    assert refused.exit_code == 2
    assert "2 * revenue.bookngs\n    ^^^^^^^^^^^^^^^\n" in refused.stderr
    assert 'Error: There is no metric "revenue.bookngs". Did you mean "revenue.bookings"?' in refused.stderr
    assert run("kpis", "own", "list", slug).stdout == ""


def test_a_check_keeps_nothing(run: Run, slug: str) -> None:
    told = run("kpis", "own", "check", slug, "previous(revenue.bookings) * 2")
    assert told.exit_code == 0, told.output
    assert "unit: money (the formula gives money)" in told.stdout
    assert "made from: revenue.bookings" in told.stdout
    wrong = run("kpis", "own", "check", slug, "revenue.bookings", "--unit", "days")
    assert 'The formula gives money, not "days". Did you mean "money"?' in wrong.stderr
    assert run("kpis", "own", "list", slug).stdout == ""


def test_one_of_a_set(run: Run, slug: str) -> None:
    run("kpis", "create", slug, "Board", "--metrics", "revenue.bookings")
    made = run(
        "kpis", "own", "add", slug, "own.twice", "2 * revenue.bookings", "--name", "Twice", "--set", "Board"
    )
    assert made.exit_code == 0, made.output
    assert "Board: revenue.bookings, own.twice" in run("kpis", "list", slug).stdout
    other = run("kpis", "create", slug, "Team", "--metrics", "own.twice")
    assert other.exit_code == 2
    assert 'There is no metric "own.twice"' in other.stderr
    assert run("kpis", "own", "remove", slug, "own.twice").exit_code == 0
    assert run("kpis", "own", "remove", slug, "own.twice").exit_code == 2
