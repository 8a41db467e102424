"""Every table is protected, and the check that says so notices when one is not."""

import pytest
from sqlalchemy import text

from tallymark_tenants.models import Base
from tallymark_tenants.security.catalogue import problems
from tallymark_tenants.security.rules import GLOBAL_TABLES, RULES
from tallymark_tenants.security.statements import UnprotectedTable, statements


def test_every_table_of_the_migrated_database_is_protected(database):
    with database.owner() as session:
        assert problems(session.connection()) == []
        tables = set(session.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


def test_every_table_has_a_rule_and_every_rule_a_table():
    assert set(RULES) == set(Base.metadata.tables)
    assert {name for name, table in Base.metadata.tables.items() if "tenant_id" not in table.columns} == set(
        GLOBAL_TABLES
    ) - {"alembic_version"}


def test_a_table_without_a_rule_stops_the_migration():
    with pytest.raises(UnprotectedTable, match="secrets has no rule"):
        list(statements(["tenants", "secrets"]))


TENANT_TABLE = """
create table leak (tenant_id uuid not null references tenants (id), id uuid, kpi_set_id uuid,
                   primary key (tenant_id, id))
"""
POLICY = "nullif(current_setting('app.tenant', true), '')::uuid"


@pytest.mark.parametrize(
    ("sabotage", "sentence"),
    [
        ("create table leak (id uuid primary key)", "leak has no tenant_id"),
        (TENANT_TABLE, "leak: row-level security is not enabled."),
        (TENANT_TABLE, "leak: no policy confines"),
        (
            TENANT_TABLE + "; alter table leak enable row level security",
            "leak: row-level security is not forced",
        ),
        (
            TENANT_TABLE + "; alter table leak add foreign key (kpi_set_id) references kpi_only (id)",
            "does not include tenant_id on both sides",
        ),
        ("alter table runs no force row level security", "runs: row-level security is not forced"),
        ("alter table users disable row level security", "users: row-level security is not enabled"),
        (
            "create materialized view leak as select tenant_id from kpis",
            "leak: row-level security is not enabled",
        ),
        ("alter table kpis disable row level security", "kpis: row-level security is not enabled"),
        ("drop policy own_rows on targets", "targets: no policy confines"),
        (
            "create policy open on targets to tallymark_app using (true)",
            "targets: policy open lets tallymark_app",
        ),
        (f"create policy half on kpis using (tenant_id = {POLICY}) with check (true)", "kpis: policy half"),
    ],
)
def test_the_check_reports_a_sabotaged_table(database, sabotage, sentence):
    with database.owner() as session, session.begin_nested() as savepoint:
        if "kpi_only" in sabotage:
            session.execute(text("create table kpi_only (tenant_id uuid, id uuid primary key)"))
        session.execute(text(sabotage))
        found = problems(session.connection())
        savepoint.rollback()
    assert any(sentence in problem for problem in found), found
