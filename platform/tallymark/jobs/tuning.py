"""The times and limits jobs run by, in one place, so that recovery can be reasoned about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MAX_ATTEMPTS = 3
"""A run is started at most so many times; then it is failed with the last reason."""

TIME_CEILING = 7200
"""Seconds after which the worker kills any job, whatever its handler allows."""


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Seconds unless named otherwise. The defaults bring a killed run back in well under 90 s."""

    lease: float = 30.0
    """How long a worker may be silent before its run is given to another."""
    heartbeats_per_lease: int = 4
    look: float = 1.0
    """How often a worker looks whether its run was cancelled."""
    grace: float = 15.0
    """How long a job may be between queue and claim before it counts as lost from Redis."""
    reconcile_every: float = 5.0
    sweep_after: float = 600.0
    """How long a dispatcher acts before it asks for the day's sweeps: a start has more urgent work."""
    poll: float = 1.0
    """The dispatcher's longest nap; a notification wakes it earlier."""
    in_flight: int = 4
    """Runs of one tenant that may be queued or running at a time."""
    heavy_in_flight: int = 1
    """Of those that go to heavy workers."""
    batch: int = 1000
    """Runs sent in one turn at most."""
    ahead: int = 25
    """Runs that may wait on a queue for each of its workers: few, so that what somebody waits for is soon served."""
    ahead_least: int = 100
    """The same where hardly any worker has been seen."""
    heavy_patience: float = 30.0
    """How long no heavy worker may be seen before heavy runs go to the light ones, one at a time."""
    child_runs: int = 500
    """Runs that a worker's child takes on before it is replaced."""
    child_megabytes: int = 1024
    """Memory that a child may ever have used to be given another run."""
    backoff: tuple[float, ...] = (5.0, 30.0)
    """Waits before the second and the third attempt."""
    worker_ttl: int = 30
    maintenance_interval: int = 10
    job_monitoring_interval: int = 5

    @property
    def heartbeat(self) -> float:
        """Seconds between two renewals of a lease."""
        return self.lease / self.heartbeats_per_lease

    @property
    def longest_recovery(self) -> float:
        """Seconds from the death of a worker to its run being queued again, at worst."""
        return max(self.lease, self.grace) + self.reconcile_every + self.poll

    def wait_before(self, attempt: int) -> timedelta:
        """How long to wait before attempt number `attempt` (2 is the first retry)."""
        index = min(max(attempt - 2, 0), len(self.backoff) - 1)
        return timedelta(seconds=self.backoff[index])
