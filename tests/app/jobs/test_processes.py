"""Real workers and dispatchers, killed and flushed in the middle of their work."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from sqlalchemy import make_url, text

from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look, Start, children, kill_tree, wait_until

WORKER = ("worker", "--handlers", "sample_handlers", "--lease", "5")
DISPATCHER = ("dispatcher", "--grace", "2", "--reconcile-every", "1")


def effects(database: Database, tenant: TenantProfile) -> int:
    """How many runs of the tenant left their row."""
    with database.tenant(tenant.id) as session:
        return session.execute(text("select count(*) from connections")).scalar_one()


def postgres_port(settings: Settings) -> int:
    """Where PostgreSQL listens."""
    port = make_url(settings.urls.app).port
    assert port is not None
    return port


def redis_port(settings: Settings) -> int:
    """Where Redis listens."""
    port = urlsplit(settings.redis_url).port
    assert port is not None
    return port


def peers(pid: int) -> set[int]:
    """The remote ports of the open connections of a process on this machine."""
    links = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[2].rpartition(":")[2], 16) for row in rows if f"socket:[{row[9]}]" in links}


def test_killing_a_worker_and_its_children_finishes_the_run_once(
    start: Start,
    settings: Settings,
    database: Database,
    tenant: TenantProfile,
    ask: Ask,
    look: Look,
    tmp_path: Path,
) -> None:
    run_id = ask(tenant, "sample.slow", {"trace": str(tmp_path / "trace"), "seconds": [60, 0.1]})
    start(*DISPATCHER)
    worker = start(*WORKER)
    wait_until(lambda: redis_port(settings) in peers(worker.pid), 30)
    wait_until(lambda: look(tenant, run_id).progress == 0.5, 30)
    assert children(worker.pid), "the job runs in a process of its own"
    assert postgres_port(settings) not in peers(worker.pid), "a fork must not inherit a connection"
    kill_tree(worker)
    start(*WORKER)
    wait_until(lambda: look(tenant, run_id).status == "done", 90)
    assert look(tenant, run_id).result == {"attempt": 2}
    assert (tmp_path / "trace").read_text() == f"{run_id} 1\n{run_id} 2\n"
    assert effects(database, tenant) == 1


def test_flushing_redis_loses_no_run(
    start: Start,
    database: Database,
    redis: Redis,
    tenant: TenantProfile,
    ask: Ask,
    look: Look,
    tmp_path: Path,
) -> None:
    params = {"trace": str(tmp_path / "trace"), "seconds": [0, 0]}
    runs = [ask(tenant, "sample.slow", params) for _ in range(20)]
    dispatcher = start(*DISPATCHER, "--in-flight", "20")
    wait_until(lambda: redis.llen("rq:queue:tallymark-default") == 20, 30)
    redis.flushall()
    worker = start(*WORKER)
    wait_until(lambda: all(look(tenant, run_id).status == "done" for run_id in runs), 60)
    assert effects(database, tenant) == 20
    assert len((tmp_path / "trace").read_text().splitlines()) == 20, "each was started once"
    for process in (worker, dispatcher):
        process.terminate()
        assert process.wait(timeout=30) == 0, "a stop signal ends it in order"
