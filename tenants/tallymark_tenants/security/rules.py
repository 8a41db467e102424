"""The rules, one entry a table; a table without one stops the migration."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallymark_tenants.models.base import CURRENT_TENANT

OWNER, APP, AUTH, DISPATCHER = "tallymark_owner", "tallymark_app", "tallymark_auth", "tallymark_dispatcher"
ROLES = {"owner": OWNER, "app": APP, "auth": AUTH, "dispatcher": DISPATCHER}

READ = "SELECT"
READ_WRITE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
ADD_REMOVE = "SELECT, INSERT, DELETE"
APPEND = "SELECT, INSERT"

#: The rows of a tenant table that belong to the transaction's tenant.
OWN_ROWS = f"tenant_id = {CURRENT_TENANT}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a table's roles may do.

    `app`, `auth` and `dispatcher` are privileges as in GRANT. `rows` says which rows the app role and the
    owner reach; None means that only grants protect the table. Auth and dispatcher reach all rows of the
    tables they are granted. `frozen` are the events ("UPDATE", "DELETE", "TRUNCATE") that nobody may do.
    """

    app: str = ""
    auth: str = ""
    dispatcher: str = ""
    rows: str | None = OWN_ROWS
    frozen: tuple[str, ...] = field(default=())


_SEALED_COLUMNS = "SELECT, INSERT, DELETE, UPDATE (pdf_path, sha256)"
_PUBLIC_USER = "SELECT (id, email, name, locale, disabled_at, created_at)"
_COLLEAGUES = f"id in (select m.user_id from memberships m where m.{OWN_ROWS})"  # noqa: S608 — constants

RULES: Mapping[str, Rule] = {
    "tenants": Rule(app="SELECT, UPDATE", auth=READ_WRITE, dispatcher=READ, rows=f"id = {CURRENT_TENANT}"),
    "users": Rule(app=_PUBLIC_USER, auth=READ_WRITE, rows=_COLLEAGUES),
    # Only the auth role has any right to it, so there is nothing for a policy to part.
    "sessions": Rule(auth=ALL, rows=None),
    "memberships": Rule(app=READ, auth=ALL),
    "invitations": Rule(app=READ, auth=ALL),
    "audit": Rule(app=APPEND, auth=APPEND, frozen=("UPDATE", "DELETE", "TRUNCATE")),
    "connections": Rule(app=ALL),
    "syncs": Rule(app=ALL),
    "datasets": Rule(app=ALL),
    # Old snapshots are removed when they have aged, never changed.
    "snapshots": Rule(app=ADD_REMOVE),
    "kpi_sets": Rule(app=ALL),
    "kpis": Rule(app=ALL),
    "own_kpis": Rule(app=ALL),
    "targets": Rule(app=ALL),
    "target_spreads": Rule(app=ALL),
    # The dispatcher asks once a day for a check where there is a rule.
    "alert_rules": Rule(app=ALL, dispatcher=READ),
    "alerts": Rule(app=ALL),
    "alert_reads": Rule(app=ALL),
    "scorecards": Rule(app=ALL),
    "scorecard_actions": Rule(app=ALL),
    "scorecard_remarks": Rule(app=ALL),
    "editions": Rule(app=_SEALED_COLUMNS),
    "brandings": Rule(app=ALL),
    # A logo is never changed; it goes when no edition names it any more.
    "logos": Rule(app=ADD_REMOVE),
    "runs": Rule(app=ALL, dispatcher=READ_WRITE),
    "outbox": Rule(app=ALL, dispatcher=ALL),
    "run_weights": Rule(app=ALL),
    "schedules": Rule(app=ALL, dispatcher="SELECT, UPDATE"),
    "delivery_channels": Rule(app=ALL),
    "delivery_recipients": Rule(app=ALL),
    # The dispatcher only sees that one is due.
    "deliveries": Rule(app=ALL, dispatcher="SELECT (tenant_id, id, state, due_at, run_id)"),
    # A wall's link names no tenant: the auth role finds whose it is, and no more.
    "walls": Rule(app=ALL, auth="SELECT (tenant_id, id, token_hash, expires_at)"),
    "wall_wins": Rule(app=ADD_REMOVE),
}

#: Tables that belong to no tenant, each with the reason it may.
GLOBAL_TABLES: Mapping[str, str] = {
    "tenants": "is the tenant itself; the app sees the row whose id is its tenant",
    "users": "a person may belong to several tenants; the app sees members of its tenant",
    "sessions": "belongs to a person; only the auth role has rights",
    "alembic_version": "the schema's revision; holds nobody's data",
}
