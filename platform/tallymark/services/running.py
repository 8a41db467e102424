"""Settings whose services answer: configured ones as they are, embedded ones started or attached to.

Any number of processes may use one data folder. Each holds a shared lock on `services.users` for as long
as it runs, and the kernel lets go of it even after a kill -9; whoever finds itself alone at the end stops
the servers. Starting and stopping happen under the exclusive lock `services.lock`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tallymark.services import postgres
from tallymark.services import redis as redis_server
from tallymark.services.account import account
from tallymark.services.errors import ServiceError, explained
from tallymark.services.private import keep_private
from tallymark.services.process import await_answer
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings
from tallymark_tenants.db import DatabaseUrls
from tallymark_tenants.migrate import is_current, migrate
from tallymark_tenants.provision import provision
from tallymark_tenants.security.rules import ROLES


@contextmanager
def running(settings: Settings, *, redis: bool = True, durable: bool = True) -> Iterator[Settings]:
    """Yield settings whose database is migrated and whose Redis (if asked for) answers.

    `durable=False` lets an embedded PostgreSQL skip waiting for the disk, for tests. Raises `ServiceError`
    with one sentence. To stop the servers, the process must leave this block: turn SIGTERM into an exit.
    """
    settings.check()
    embed_postgres = not settings.urls.complete
    embed_redis = redis and not settings.redis_url
    with ExitStack() as stack:
        if embed_postgres or embed_redis or not settings.secret_key:
            settings = stack.enter_context(
                _embedded(settings, postgres_too=embed_postgres, redis_too=embed_redis, durable=durable)
            )
        if not embed_postgres:
            _prepare_own_database(settings.urls)
        keep_private(settings)
        yield settings


@contextmanager
def _embedded(
    settings: Settings, *, postgres_too: bool, redis_too: bool, durable: bool
) -> Iterator[Settings]:
    folder = settings.data_dir.resolve()
    started_in = os.getpid()
    with explained(folder):
        account(folder / "postgres").make_data_folder(folder)
        users = os.open(folder / "services.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with explained(folder), _exclusive(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            secrets = Secrets.load(folder)
            if postgres_too:
                secrets = _ensure_postgres(folder, secrets, durable=durable)
            if redis_too:
                secrets = _ensure_redis(folder, secrets)
        yield _filled(settings, secrets, postgres_too=postgres_too, redis_too=redis_too)
    finally:
        # A forked child that unwinds its parent's stack, as a web worker does, is no user of its own.
        if os.getpid() == started_in:
            _leave(folder, users)


@contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / "services.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _ensure_postgres(folder: Path, secrets: Secrets, *, durable: bool) -> Secrets:
    cluster = folder / "postgres"
    if not await_answer(
        "PostgreSQL",
        lives=lambda: postgres.has_process(cluster),
        answers=lambda: postgres.is_running(cluster, secrets),
        seconds=postgres.START_TIMEOUT,
    ):
        secrets = secrets.with_free_ports("postgres_port")
        secrets.save(folder)
        postgres.start(cluster, secrets, account(cluster), durable=durable)
    urls = _urls(secrets)
    marker = cluster / "tallymark.ready"
    if not marker.exists():
        provision(postgres.admin_url(secrets), urls)
        marker.touch()
    migrate(urls.owner)
    return secrets


def _ensure_redis(folder: Path, secrets: Secrets) -> Secrets:
    if not await_answer(
        "Redis",
        lives=lambda: redis_server.has_process(folder / "redis", secrets),
        answers=lambda: redis_server.is_running(secrets),
        seconds=redis_server.START_TIMEOUT,
    ):
        secrets = secrets.with_free_ports("redis_port")
        secrets.save(folder)
        redis_server.start(folder / "redis", secrets, account(folder / "postgres"))
    return secrets


def _leave(folder: Path, users: int) -> None:
    try:
        with _exclusive(folder):
            fcntl.flock(users, fcntl.LOCK_UN)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else goes on using them
            _stop(folder)
    finally:
        os.close(users)


def _stop(folder: Path) -> None:
    if (folder / "services.json").exists():
        redis_server.stop(Secrets.load(folder))
    cluster = folder / "postgres"
    if postgres.has_process(cluster):
        postgres.stop(cluster, account(cluster))


def _urls(secrets: Secrets) -> DatabaseUrls:
    urls = {
        role: URL.create(
            "postgresql+psycopg",
            username=name,
            password=getattr(secrets, role),
            host="127.0.0.1",
            port=secrets.postgres_port,
            database="tallymark",
        ).render_as_string(hide_password=False)
        for role, name in ROLES.items()
    }
    return DatabaseUrls(**urls)


def _filled(settings: Settings, secrets: Secrets, *, postgres_too: bool, redis_too: bool) -> Settings:
    return replace(
        settings,
        data_dir=settings.data_dir.resolve(),
        urls=_urls(secrets) if postgres_too else settings.urls,
        redis_url=redis_server.url(secrets) if redis_too else settings.redis_url,
        secret_key=settings.secret_key or secrets.secret_key,
    )


def _prepare_own_database(urls: DatabaseUrls) -> None:
    try:
        if urls.owner:
            migrate(urls.owner)
            return
        engine = create_engine(urls.app, poolclass=NullPool)
        with engine.connect() as connection:
            current = is_current(connection)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise ServiceError(f"The database does not answer: {reason}.") from error
    if not current:
        raise ServiceError(
            "The database's schema is not that of this version: "
            "set TALLYMARK_OWNER_DATABASE_URL once, so that it can be migrated."
        )
