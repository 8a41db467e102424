"""Fixtures shared by all tests: a real PostgreSQL and Redis of their own, and fresh tenants."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from argon2 import PasswordHasher

from tallymark.services import running
from tallymark.settings import Settings
from tallymark_tenants.accounts import passwords
from tallymark_tenants.db import Database
from tallymark_tenants.models import Tenant
from tallymark_tenants.profile import TenantProfile

MakeTenant = Callable[..., TenantProfile]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords cheaply in this process: signing up for a test is no reason to wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        yield


@pytest.fixture(scope="session")
def services() -> Iterator[Settings]:
    """Settings of a PostgreSQL and a Redis that live as long as this test run."""
    # Not pytest's own temporary folder, which only root may enter where the tests run as root.
    data_dir = Path(tempfile.mkdtemp(prefix="tallymark-tests-"))
    data_dir.chmod(0o711)
    try:
        with running(Settings(data_dir=data_dir), redis=True, durable=False) as settings:
            yield settings
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(services: Settings) -> Settings:
    """The settings of the running services."""
    return services


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """The migrated database. It is not emptied between tests: take a fresh `tenant`."""
    opened = Database(settings.urls)
    yield opened
    opened.close()


@pytest.fixture
def redis_url(settings: Settings) -> str:
    """The address of an emptied Redis."""
    with redis.Redis.from_url(settings.redis_url) as client:
        client.flushdb()
    return settings.redis_url


@pytest.fixture
def make_tenant(database: Database) -> MakeTenant:
    """Make a tenant; keyword arguments are columns of `tenants`."""

    def make(**columns: object) -> TenantProfile:
        slug = f"tenant-{uuid4().hex}"
        with database.auth() as session:
            row = Tenant(**({"slug": slug, "name": "Acme"} | columns))
            session.add(row)
            session.flush()
            session.refresh(row)
            return TenantProfile.of(row)

    return make


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> TenantProfile:
    """A fresh tenant: euro, UTC, Gregorian calendar."""
    return make_tenant(currency="EUR")
