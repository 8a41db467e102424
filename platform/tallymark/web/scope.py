"""The transactions of a request: opened when first asked for, ended in one place.

A view takes `scope().tenant()` or `scope().auth()` and never commits. When the response is ready, everything
is committed if the request could change something and succeeded, else rolled back.
"""

from contextlib import AbstractContextManager, suppress
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from tallymark.settings import Settings
from tallymark_tenants.db import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _Discard(Exception):
    """Makes the database's context managers roll back."""


class Scope:
    """At most one session of each role for one request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: dict[str, tuple[AbstractContextManager[Session], Session]] = {}
        self._tenant: tuple[UUID, UUID] | None = None

    def bind(self, tenant_id: UUID, actor: UUID) -> None:
        """Name the tenant of this request, once, after the signed-in user's membership was found."""
        if self._tenant is not None:
            raise RuntimeError("A request belongs to one tenant; it was bound already.")
        self._tenant = (tenant_id, actor)

    def tenant(self) -> Session:
        """The session that sees the rows of the request's tenant alone."""
        if self._tenant is None:
            raise RuntimeError("This route is not under /t/<tenant>/, so it has no tenant session.")
        return self._session("tenant", self._database.tenant(*self._tenant))

    def auth(self) -> Session:
        """The session for users, sign-in sessions, memberships and invitations."""
        return self._session("auth", self._database.auth())

    def finish(self, *, commit: bool) -> None:
        """End all open transactions; the first error of a commit is raised after the others were ended."""
        failure: Exception | None = None
        while self._open:
            _, (context, _session) = self._open.popitem()
            if commit and failure is None:
                try:
                    context.__exit__(None, None, None)
                except Exception as error:  # noqa: BLE001  raised again below
                    failure = error
            else:
                _roll_back(context)
        if failure is not None:
            raise failure

    def _session(self, name: str, context: AbstractContextManager[Session]) -> Session:
        if name not in self._open:
            self._open[name] = (context, context.__enter__())
        return self._open[name][1]


def _roll_back(context: AbstractContextManager[Session]) -> None:
    discard = _Discard()
    with suppress(_Discard):
        context.__exit__(_Discard, discard, None)


def scope() -> Scope:
    """The scope of the running request."""
    if "scope" not in g:
        g.scope = Scope(cast(Database, current_app.extensions["tallymark_database"]))
    return cast(Scope, g.scope)


def keep_changes() -> None:
    """Commit even though this response is not a success: a failed sign-in is still audited."""
    g.keep_changes = True


def init_scope(app: Flask, database: Database) -> None:
    """End the transactions before the response leaves, so that what it says is true."""
    app.extensions["tallymark_database"] = database

    @app.after_request
    def _end(response: Response) -> Response:
        changed = request.method not in SAFE_METHODS and response.status_code < 400
        open_scope = g.pop("scope", None)
        if open_scope is not None:
            open_scope.finish(commit=changed or g.get("keep_changes", False))
        return response

    @app.teardown_request
    def _abandon(_error: BaseException | None) -> None:
        # Only reached with an open scope where the response itself could not be made.
        open_scope = g.pop("scope", None)
        if open_scope is not None:
            open_scope.finish(commit=False)


def app_settings() -> Settings:
    """The settings that the application was made with."""
    return cast(Settings, current_app.extensions["tallymark_settings"])
