"""The background jobs of alerts: checking the rules, and sending what they found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tallymark.alerts.asking import CHECK, SEND, request_sending
from tallymark.alerts.checking import check_rules, load_grounds
from tallymark.alerts.delivering import ByChannels, deliver
from tallymark.jobs import JobContext, handles
from tallymark.jobs.errors import Retry
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark_tenants.profile import load_profile

TIMEOUT = 1800


# Back to back: it reads the tenant's own snapshots through a connection that it closes.
@handles(CHECK, timeout=TIMEOUT, back_to_back=True)
def check_alerts(job: JobContext) -> Mapping[str, Any]:
    """Check every rule that is on; what is new is recorded and asked to be sent, in one transaction.

    A second attempt finds what the first one recorded: each thing is said once.
    """
    lake = Lake.of(job.settings)
    now = datetime.now(UTC)
    with job.transaction() as session:
        grounds = load_grounds(session, lake, load_profile(session))
        found = check_rules(session, grounds, now=now)
        for due_at in found.due:
            request_sending(session, job.tenant_id, due_at)
    return {"rules": len(found.rules), "alerts": found.recorded}


@handles(SEND)
def send_alerts(job: JobContext) -> Mapping[str, Any]:
    """Send what is due; what couldn't be sent is tried again."""
    with job.transaction() as session:
        profile = load_profile(session)
        done = deliver(
            session,
            job.settings,
            profile,
            registry_of(session),
            ByChannels(job.settings),
            now=datetime.now(UTC),
        )
    if done.left:
        raise Retry("Some alerts could not be sent yet; they are tried again.")
    return {"alerts": done.alerts, "messages": done.messages}
