"""Ask for the facts of a tenant to be prepared, where its data changes. Loads nothing of the engine."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.jobs.request import Priority, request
from tallymark_tenants.models import Dataset

KIND = "prepare_facts"

SECONDS_PER_MILLION_ROWS = 2.0
"""The first guess, before the tenant's first run has been measured."""


def request_facts(session: Session, tenant_id: UUID) -> UUID | None:
    """Ask, in the transaction that changed a dataset's pointer, for facts of what is current in it; the run's id.

    The input version is the current snapshots, so the same data is asked for once. The run goes behind whatever
    somebody waits for or a schedule asks for. Facts that were not prepared are made when figures are asked for, so
    nothing is wrong if it never runs. None where no dataset has data.
    """
    version = version_of(session)
    if version is None:
        return None
    return request(
        session,
        tenant_id,
        KIND,
        "",
        version,
        {"version": version},
        priority=Priority.BACKGROUND,
        seconds_per_million_rows=SECONDS_PER_MILLION_ROWS,
    )


def version_of(session: Session) -> str | None:
    """A fingerprint of the tenant's current snapshots; None where there are none."""
    query = select(Dataset.current_snapshot_id).where(Dataset.current_snapshot_id.is_not(None))
    snapshots = sorted(str(snapshot) for snapshot in session.scalars(query))
    return hashlib.sha256(" ".join(snapshots).encode()).hexdigest()[:32] if snapshots else None
