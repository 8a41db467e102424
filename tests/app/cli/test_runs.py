"""`tallymark runs list` and `cancel`."""

import json
from uuid import uuid4

from sqlalchemy import select

from tallymark import jobs
from tallymark_tenants.models import AuditEntry, Run


def test_a_run_is_listed_and_cancelled_once(run, database, tenant):
    with database.tenant(tenant.id) as session:
        first = jobs.request(session, tenant.id, "import", "a", "1", {})
        second = jobs.request(session, tenant.id, "scorecard", "b", "1", {})
    listed = [json.loads(line) for line in run("runs", "list", tenant.slug, "--json").output.splitlines()]
    assert [(row["id"], row["status"]) for row in listed] == [(str(second), "queued"), (str(first), "queued")]
    answer = run("runs", "cancel", tenant.slug, first, "--by", "Ann")
    assert answer.exit_code == 0, answer.output
    with database.tenant(tenant.id) as session:
        found = session.get(Run, (tenant.id, first))
        assert (found.status, found.error) == ("cancelled", "Cancelled by Ann.")
        assert session.scalars(select(AuditEntry.action)).all() == ["run cancelled"]
    assert str(first) not in run("runs", "list", tenant.slug, "--open").output
    again = run("runs", "cancel", tenant.slug, first)
    assert (again.exit_code, again.output) == (2, f"Error: Run {first} has ended already (cancelled).\n")
    nobody = run("runs", "cancel", tenant.slug, uuid4())
    assert nobody.exit_code == 2
    assert "There is no run" in nobody.output
