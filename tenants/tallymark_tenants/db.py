"""The database: one engine for each role, one transaction for each `with`, one tenant for each session."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, SessionTransaction

from tallymark_tenants.models import TenantRow


@dataclass(frozen=True, kw_only=True)
class DatabaseUrls:
    """Where each role connects (SQLAlchemy URLs with the psycopg driver); empty where not configured."""

    app: str = ""
    auth: str = ""
    dispatcher: str = ""
    owner: str = ""

    @property
    def complete(self) -> bool:
        """Whether a running application can work with these; only migrations need the owner."""
        return bool(self.app and self.auth and self.dispatcher)


class Refusal(Exception):
    """An exception with which a transaction is committed: it says no, and what was written says why."""


class TenantSession(Session):
    """A session bound to one tenant: each of its transactions begins by naming it to PostgreSQL."""


class Database:
    """Sessions of the four roles. Each context manager is one transaction: commit at the end, else rollback.

    Safe to use after a fork: the child opens connections of its own.
    """

    def __init__(self, urls: DatabaseUrls) -> None:
        self.urls = urls
        self._engines: dict[str, Engine] = {}
        _forked.add(self)

    @contextmanager
    def tenant(self, tenant_id: UUID, actor: UUID | None = None) -> Iterator[Session]:
        """A session of the app role that sees one tenant's rows only; `actor` is the user audited."""
        info = {"tenant": tenant_id, "actor": actor}
        with _transaction(TenantSession(self._engine("app"), info=info, expire_on_commit=False)) as session:
            yield session

    @contextmanager
    def auth(self) -> Iterator[Session]:
        """A session of the auth role: users, sign-in sessions, memberships, invitations, tenants."""
        with _transaction(Session(self._engine("auth"), expire_on_commit=False)) as session:
            yield session

    @contextmanager
    def dispatcher(self) -> Iterator[Session]:
        """A session of the dispatcher role: runs, outbox and schedules of all tenants."""
        with _transaction(Session(self._engine("dispatcher"), expire_on_commit=False)) as session:
            yield session

    @contextmanager
    def owner(self) -> Iterator[Session]:
        """A session of the schema's owner, which sees no tenant's rows unless it names the tenant."""
        with _transaction(Session(self._engine("owner"), expire_on_commit=False)) as session:
            yield session

    def close(self) -> None:
        """Close all pooled connections."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _engine(self, role: str) -> Engine:
        if role not in self._engines:
            url = getattr(self.urls, role)
            if not url:
                raise DatabaseNotConfigured(
                    f"No database address for the role {role!r}: set {VARIABLES[role]} to its URL."
                )
            self._engines[role] = create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10)
        return self._engines[role]

    def forget_connections(self) -> None:
        """Let go of the parent's connections without closing them, in a child after a fork."""
        for engine in self._engines.values():
            engine.dispose(close=False)


class DatabaseNotConfigured(RuntimeError):
    """A role's database URL is missing."""


VARIABLES = {
    "app": "TALLYMARK_DATABASE_URL",
    "auth": "TALLYMARK_AUTH_DATABASE_URL",
    "dispatcher": "TALLYMARK_DISPATCHER_DATABASE_URL",
    "owner": "TALLYMARK_OWNER_DATABASE_URL",
}


@contextmanager
def _transaction(session: Session) -> Iterator[Session]:
    with session:
        try:
            yield session
        except Refusal:
            session.commit()
            raise
        session.commit()


@event.listens_for(TenantSession, "after_begin")
def _name_tenant(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.execute(
        text("select set_config('app.tenant', :tenant, true)"), {"tenant": str(session.info["tenant"])}
    )


@event.listens_for(TenantSession, "before_flush")
def _fill_tenant(session: Session, _context: Any, _instances: Any) -> None:
    # Known before the flush, so that many rows go in one statement instead of one by one.
    for row in session.new:
        if isinstance(row, TenantRow) and row.__dict__.get("tenant_id") is None:
            row.tenant_id = session.info["tenant"]


_forked: "weakref.WeakSet[Database]" = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_forked):
        database.forget_connections()


os.register_at_fork(after_in_child=_after_fork)
