"""What most commands begin with: settings, running services, the database and the lake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from tallymark.services import ServiceError, running
from tallymark.settings import Settings, SettingsError
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantNotFound, TenantProfile, find_profile

if TYPE_CHECKING:
    from tallymark.lake import Lake


@dataclass(frozen=True)
class Product:
    """The product as a command uses it."""

    settings: Settings
    database: Database

    @cached_property
    def lake(self) -> Lake:
        """The lake; loaded when it is asked for, since the dispatcher needs neither it nor Arrow and DuckDB."""
        from tallymark.lake import Lake

        return Lake.of(self.settings)

    def profile(self, tenant: str) -> TenantProfile:
        """The tenant of that slug, name or id; a one-line error where there is none."""
        with self.database.auth() as session:
            try:
                return find_profile(session, tenant)
            except TenantNotFound as error:
                raise click.ClickException(str(error)) from error


@contextmanager
def opened(*, redis: bool) -> Iterator[Product]:
    """Start or join the services, and yield the product."""
    try:
        with running(Settings.from_env(), redis=redis) as settings:
            database = Database(settings.urls)
            try:
                yield Product(settings, database)
            finally:
                database.close()
    except (SettingsError, ServiceError) as error:
        raise click.ClickException(str(error)) from error
