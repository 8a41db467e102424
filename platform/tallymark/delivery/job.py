"""The background jobs of delivery: an occurrence of a schedule, and one message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tallymark.jobs.context import JobContext
from tallymark.jobs.errors import GiveUp
from tallymark.jobs.registry import handles
from tallymark.jobs.request import Priority, wake_dispatcher
from tallymark.jobs.schedules import tick, waking
from tallymark.lake import Lake
from tallymark_tenants.models import Schedule
from tallymark_tenants.profile import load_profile

from .planning import plan
from .sending import deliver

TIMEOUT = 300


@handles(tick.KIND, timeout=TIMEOUT, back_to_back=True)
def make_occurrence(job: JobContext) -> Mapping[str, Any]:
    """Ask for the editions of one tick and write down its messages. A second attempt adds nothing."""
    params = job.params
    with job.transaction() as session:
        schedule = session.get(Schedule, (job.tenant_id, UUID(params["schedule_id"])))
        if schedule is None or schedule.removed_at is not None:
            raise GiveUp("The schedule was deleted before its scorecards were made.")
        written = plan(
            session,
            load_profile(session),
            Lake.of(job.settings),
            schedule,
            occurrence=params["occurrence"],
            day=date.fromisoformat(params["day"]),
            priority=Priority(params.get("priority", int(Priority.SCHEDULED))),
        )
        wake_dispatcher(session)
    return {"schedule_id": params["schedule_id"], "deliveries": len(written)}


@handles(waking.KIND, timeout=TIMEOUT, back_to_back=True)
def send_message(job: JobContext) -> Mapping[str, Any]:
    """Try once to send one message."""
    return deliver(job)
