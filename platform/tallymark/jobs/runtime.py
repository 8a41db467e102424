"""What a worker process hands to the jobs it forks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tallymark.settings import Settings
from tallymark_tenants.db import Database

from .tuning import Tuning


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """Settings and how to open the database. Nothing here is open: a fork must not inherit sockets."""

    settings: Settings
    open_database: Callable[[], Database]
    tuning: Tuning = field(default_factory=Tuning)


_current: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Make `runtime` the one the jobs of this process (and its forks) use."""
    _current[:] = [runtime]


def current() -> Runtime:
    """The installed runtime; RuntimeError when a job is run outside a worker."""
    if not _current:
        raise RuntimeError("Jobs run inside `tallymark worker` only; start one.")
    return _current[0]
