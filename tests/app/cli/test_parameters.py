"""Parameters from the command line: shown, set with a set, given for once, refused."""

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
KEY = "activity.email_reply_rate"
DAY = 86_400_000_000  # microseconds
SENT = 1_781_006_400_000_000  # 2026-06-09 12:00 UTC


@pytest.fixture
def slug(run: Run, tenant: TenantProfile, database: Database) -> str:
    """A tenant with two e-mails, answered after 10 and 20 days."""
    rows = [
        {"source_id": "crm", "id": str(days), "kind": "email", "direction": "out", "status": "done",
         "occurred_at": SENT, "replied_at": SENT + days * DAY, "created_at": SENT}
        for days in (10, 20)
    ]  # fmt: skip
    with database.tenant(tenant.id) as session:
        batch = pa.RecordBatch.from_pylist(rows, dataset("activities").import_schema)
        Lake(Settings.from_env().lake_dir).land(session, tenant, "activities", [batch])
    return tenant.slug


def rate(run: Run, slug: str, *more: str) -> float:
    answer = run("compute", slug, "--metrics", KEY, "--from", "2026-06", *more)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)[0]["value"]


def test_a_set_keeps_its_values_and_computing_uses_them(run: Run, slug: str) -> None:
    assert run("kpis", "create", slug, "Mail", "--metrics", KEY).exit_code == 0
    assert run("kpis", "create", slug, "Strict", "--metrics", KEY).exit_code == 0
    assert rate(run, slug) == 0.5
    shown = run("kpis", "parameters", slug, "Mail", KEY, "days=20")
    assert f"{KEY} days = 20 (default 14)" in shown.output
    assert rate(run, slug) == 1, "the default set's values hold"
    assert rate(run, slug, "--set", "Strict") == 0.5
    assert rate(run, slug, "--parameter", f"{KEY}.days=5") == 0
    assert run("kpis", "parameters", slug, "Mail", KEY, "--default").exit_code == 0
    assert rate(run, slug) == 0.5


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("days=0", "must be from 1 to 365"),
        ("dayz=3", 'Did you mean "days"?'),
        ("days=2.5", "is a whole number"),
    ],
)
def test_what_is_not_allowed_is_refused_in_a_sentence(run: Run, slug: str, given: str, words: str) -> None:
    run("kpis", "create", slug, "Mail", "--metrics", KEY)
    answer = run("kpis", "parameters", slug, "Mail", KEY, given)
    assert answer.exit_code != 0
    assert words in str(answer.exception) + answer.output
