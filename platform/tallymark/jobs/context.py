"""What a handler is given."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.settings import Settings
from tallymark_tenants.db import Database

from . import lease as leases
from .errors import LeaseLost


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """One attempt at one run. `params` is what was requested; `attempt` counts from 1."""

    database: Database
    settings: Settings
    lease: leases.Lease
    lease_seconds: float
    params: Mapping[str, Any]
    attempt: int = 1
    lost: threading.Event = field(default_factory=threading.Event)

    @property
    def tenant_id(self) -> UUID:
        """The tenant the run belongs to."""
        return self.lease.tenant_id

    @property
    def run_id(self) -> UUID:
        """The run; the key to write results under, so that a second attempt finds them."""
        return self.lease.run_id

    @property
    def fence(self) -> int:
        """The number this attempt was sent with."""
        return self.lease.fence

    def progress(self, fraction: float, step: str) -> None:
        """Show how far the work is (0 to 1) and what it does, and keep the run; raises LeaseLost."""
        fraction = min(max(fraction, 0.0), 1.0)
        with self.database.tenant(self.tenant_id) as session:
            kept = leases.record_progress(session, self.lease, self.lease_seconds, fraction, step)
        if not kept or self.lost.is_set():
            raise LeaseLost(f"Run {self.run_id} is no longer held under fence {self.fence}.")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A tenant transaction that commits only while the run is still ours; raises LeaseLost.

        The check is the last statement: it locks the run's row, so that nobody can take the
        run away between the check and the commit.
        """
        with self.database.tenant(self.tenant_id) as session:
            yield session
            if not leases.renew(session, self.lease, self.lease_seconds):
                raise LeaseLost(f"Run {self.run_id} is no longer held under fence {self.fence}.")
