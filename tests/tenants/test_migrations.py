"""Migrating up and down, and arriving at exactly the schema that the models describe."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from tallymark.services import postgres
from tallymark.services.secrets_file import Secrets
from tallymark_tenants.migrate import downgrade, is_current, migrate, secure
from tallymark_tenants.models import Base
from tallymark_tenants.security.catalogue import problems

CATALOGUE = {
    "columns": """
        select table_name, column_name, data_type, is_nullable, column_default
        from information_schema.columns where table_schema = 'public' and table_name <> 'alembic_version'""",
    "constraints": """
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'""",
    "indexes": "select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'",
    "policies": "select * from pg_policies where schemaname = 'public'",
    "grants": """
        select table_name, grantee, privilege_type from information_schema.role_table_grants
        where table_schema = 'public' and table_name <> 'alembic_version'""",
    "column grants": """
        select table_name, column_name, grantee, privilege_type from information_schema.column_privileges
        where table_schema = 'public' and table_name <> 'alembic_version'""",
    "triggers": "select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
}


@pytest.fixture
def empty_database(settings) -> Iterator[str]:
    """The owner's URL of a new database without tables."""
    name = f"scratch_{uuid4().hex[:8]}"
    admin = postgres.admin_url(Secrets.load(settings.data_dir))
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} owner tallymark_owner template template0").format(
                sql.Identifier(name)
            )
        )
        yield make_url(settings.urls.owner).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def describe(url):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return {
            name: sorted(str(tuple(row)) for row in connection.execute(text(query)))
            for name, query in CATALOGUE.items()
        }


def test_the_migrated_schema_is_the_one_the_models_describe(settings, empty_database):
    engine = create_engine(empty_database, poolclass=NullPool)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        secure(connection)
    wanted, migrated = describe(empty_database), describe(settings.urls.owner)
    for part, rows in wanted.items():
        assert rows == migrated[part], part
    assert len(wanted["policies"]) > len(Base.metadata.tables)


def test_autogenerate_finds_nothing_to_do(settings):
    engine = create_engine(settings.urls.owner, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again(empty_database):
    assert migrate(empty_database)
    assert not migrate(empty_database)
    before = describe(empty_database)
    downgrade(empty_database, "base")
    engine = create_engine(empty_database, poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).all() == ["alembic_version"]
    assert migrate(empty_database)
    assert describe(empty_database) == before


def test_changed_rules_are_put_in_force_by_the_next_migration(empty_database):
    migrate(empty_database)
    engine = create_engine(empty_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("drop policy own_rows on runs"))
        connection.execute(text("comment on table alembic_version is 'older rules'"))
        assert not is_current(connection)
    assert migrate(empty_database)
    with engine.connect() as connection:
        assert problems(connection) == []
