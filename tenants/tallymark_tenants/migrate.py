"""Bring a database to the schema of this version."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tallymark_tenants.models import Base
from tallymark_tenants.security.rules import APP
from tallymark_tenants.security.statements import fingerprint, statements

_LOCK = 0x7A11_77A8  # any number, as long as it is always this one


def configuration() -> Config:
    """Alembic's configuration for this package's migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(owner_url: str, revision: str = "head") -> bool:
    """Upgrade to `revision`, then put the security rules in force; True if anything was done.

    Two processes may call it at once: one works, the other waits and finds it done.
    """
    with _owner(owner_url) as connection:
        if revision == "head" and is_current(connection):
            return False
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if revision == "head" and is_current(connection):
            return False
        _run(connection, command.upgrade, revision)
        return True


def downgrade(owner_url: str, revision: str) -> None:
    """Go back to `revision` ("base" removes everything, with all data)."""
    with _owner(owner_url) as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _run(connection, command.downgrade, revision)


def secure(connection: Connection) -> None:
    """Put the rules in force on the tables that exist, and note which rules they were."""
    tables = _tables(connection)
    for statement in statements(tables):
        connection.exec_driver_sql(statement)
    if inspect(connection).has_table("alembic_version"):
        connection.exec_driver_sql(f"comment on table alembic_version is '{fingerprint(tables)}'")
        connection.exec_driver_sql(f"grant select on alembic_version to {APP}")


def is_current(connection: Connection) -> bool:
    """Whether schema and security are those of this version."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() != head:
        return False
    note = connection.scalar(text("select obj_description('alembic_version'::regclass, 'pg_class')"))
    return bool(note == fingerprint(Base.metadata.tables))


@contextmanager
def _owner(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(connection: Connection, step: Callable[[Config, str], None], revision: str) -> None:
    # A policy would keep the columns it reads from being changed. Until the rules are back in force,
    # a protected table without policies shows nothing to anybody.
    policies = connection.execute(
        text("select tablename, policyname from pg_policies where schemaname = 'public'")
    )
    for table, policy in policies.all():
        connection.exec_driver_sql(f'drop policy "{policy}" on "{table}"')
    config = configuration()
    config.attributes["connection"] = connection
    step(config, revision)
    secure(connection)


def _tables(connection: Connection) -> Iterable[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}
