"""The SQL that puts the rules in force, generated from the tables so that none is forgotten."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from tallymark_tenants.security.rules import APP, AUTH, DISPATCHER, OWNER, RULES, Rule

_FREEZE = """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception using errcode = 'insufficient_privilege',
    message = lower(tg_op) || ' on ' || tg_table_name || ' is not allowed: its rows stay as written';
end $$
"""


class UnprotectedTable(RuntimeError):
    """A table has no rule in `tallymark_tenants.security.rules`."""


def statements(tables: Iterable[str]) -> Iterator[str]:
    """SQL that grants, enables and forces row-level security on `tables`; repeatable.

    Raises `UnprotectedTable` for a table without a rule.
    """
    yield _FREEZE
    yield f"grant usage on schema public to {APP}, {AUTH}, {DISPATCHER}"
    for table in sorted(tables):
        if table not in RULES:
            raise UnprotectedTable(f"Table {table} has no rule: add one to tallymark_tenants.security.rules.")
        yield from _protect(table, RULES[table])


def fingerprint(tables: Iterable[str]) -> str:
    """A short hash of the statements: changes whenever protection has to be remade."""
    return sha256("\n".join(statements(tables)).encode()).hexdigest()[:16]


def _protect(table: str, rule: Rule) -> Iterator[str]:
    yield f"revoke all on {table} from public, {APP}, {AUTH}, {DISPATCHER}"
    for role, privileges in ((APP, rule.app), (AUTH, rule.auth), (DISPATCHER, rule.dispatcher)):
        if privileges:
            yield f"grant {privileges} on {table} to {role}"
    yield from _policies(table, rule)
    yield f"drop trigger if exists frozen on {table}"
    yield f"drop trigger if exists frozen_whole on {table}"
    rows = [event for event in rule.frozen if event != "TRUNCATE"]
    if rows:
        yield (
            f"create trigger frozen before {' or '.join(rows)} on {table} "
            "for each row execute function refuse_change()"
        )
    if "TRUNCATE" in rule.frozen:
        yield (
            f"create trigger frozen_whole before truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _policies(table: str, rule: Rule) -> Iterator[str]:
    for policy in ("own_rows", "auth_rows", "dispatcher_rows"):
        yield f"drop policy if exists {policy} on {table}"
    if rule.rows is None:
        yield f"alter table {table} no force row level security"
        yield f"alter table {table} disable row level security"
        return
    yield f"alter table {table} enable row level security"
    yield f"alter table {table} force row level security"
    yield (
        f"create policy own_rows on {table} to {APP}, {OWNER} using ({rule.rows}) with check ({rule.rows})"
    )
    for policy, role, privileges in (
        ("auth_rows", AUTH, rule.auth),
        ("dispatcher_rows", DISPATCHER, rule.dispatcher),
    ):
        if privileges:
            yield f"create policy {policy} on {table} to {role} using (true) with check (true)"
