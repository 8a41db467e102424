"""A quiet outbox for each test, and ways to ask for runs, look at them and start processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import Row, text

from tallymark.jobs import request
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.redis_link import connect
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.tuning import Tuning
from tallymark.settings import Settings
from tallymark_tenants.db import VARIABLES, Database
from tallymark_tenants.profile import TenantProfile

Ask = Callable[..., UUID]
Look = Callable[[TenantProfile, UUID], Row[Any]]
MakeTenant = Callable[..., TenantProfile]
Start = Callable[..., subprocess.Popen[bytes]]

COMMAND = (
    "import click; from tallymark.cli.workers import register; main = click.Group(); register(main); main()"
)


@pytest.fixture(autouse=True)
def quiet(database: Database) -> None:
    """End what other tests left queued: a dispatcher sees the runs of all tenants."""
    with database.dispatcher() as session:
        session.execute(text("update runs set status = 'failed' where status in ('queued', 'running')"))
        session.execute(text("delete from outbox"))
        session.execute(text("update schedules set enabled = false"))


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A client of an emptied Redis."""
    with connect(redis_url) as client:
        yield client


@pytest.fixture
def tuning() -> Tuning:
    """Quick times, so that recovery is seen in seconds."""
    return Tuning(lease=3, grace=2, reconcile_every=0, poll=0.1, backoff=(0.0,))


@pytest.fixture
def runtime(settings: Settings, database: Database, tuning: Tuning) -> Runtime:
    """What jobs performed inside the test process use."""
    return Runtime(settings=settings, open_database=lambda: database, tuning=tuning)


@pytest.fixture
def dispatcher(database: Database, redis: Redis, tuning: Tuning) -> Dispatcher:
    """A dispatcher to take turns with."""
    return Dispatcher(database, redis, tuning)


@pytest.fixture
def ask(database: Database) -> Ask:
    """Request a run in a transaction of its own."""

    def ask_for(tenant: TenantProfile, kind: str, params: Mapping[str, Any] | None = None) -> UUID:
        with database.tenant(tenant.id) as session:
            return request(session, tenant.id, kind, uuid4().hex, "1", params or {})

    return ask_for


@pytest.fixture
def look(database: Database) -> Look:
    """The run's row as its tenant sees it."""

    def look_at(tenant: TenantProfile, run_id: UUID) -> Row[Any]:
        with database.tenant(tenant.id) as session:
            return session.execute(text("select * from runs where id = :id"), {"id": run_id}).one()

    return look_at


@pytest.fixture
def start(settings: Settings, redis_url: str) -> Iterator[Start]:
    """Start `worker` or `dispatcher` as a real process; all are killed at the end."""
    environment = os.environ | {
        "TALLYMARK_MODE": "development",
        "TALLYMARK_DATA": str(settings.data_dir),
        "TALLYMARK_REDIS_URL": redis_url,
        "TALLYMARK_SECRET_KEY": settings.secret_key,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
        **{name: getattr(settings.urls, role) for role, name in VARIABLES.items()},
    }
    started: list[subprocess.Popen[bytes]] = []

    def start_one(*arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], env=environment)
        started.append(process)
        return process

    yield start_one
    for process in started:
        kill_tree(process)


def children(pid: int) -> list[int]:
    """The process ids of everything that `pid` started and that still runs."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    direct = [child for child, parent in parents.items() if parent == pid]
    return direct + [grandchild for child in direct for grandchild in children(child)]


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process and all its children."""
    for pid in [process.pid, *children(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Return as soon as the condition holds; fail after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not so after {seconds} s"
        time.sleep(0.05)
