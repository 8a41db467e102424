"""Who is signed in: flask-login over sessions that live in the database.

The browser's cookie is signed by Flask and carries, besides the CSRF token and messages, a random session
token; the database knows its hash. Ending the row signs the browser out whatever the cookie says.
"""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import Flask, current_app, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy.orm import Session

from tallymark.web.localisation import SWITCHED
from tallymark_tenants.accounts import end_session, find_session, start_session
from tallymark_tenants.db import Database


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A signed-in person, as flask-login wants one."""

    id: UUID
    email: str
    name: str
    token: str
    locale: str = ""
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie keeps: the token, never the user's id, so that a session can be ended."""
        return self.token


def init_identity(app: Flask) -> None:
    """Let flask-login find the visitor of a request by the token in the cookie."""
    manager = LoginManager()
    manager.session_protection = None  # the session's row in the database protects it
    manager.init_app(app)
    manager.user_loader(_load)


def enter(session: Session, user_id: UUID) -> None:
    """Sign the browser in with a session of its own; what its cookie held before is dropped."""
    token = start_session(session, user_id, user_agent=request.user_agent.string)
    _forget()
    login_user(Visitor(id=user_id, email="", name="", token=token))


def leave(session: Session) -> None:
    """Sign the browser out, here and in the database."""
    if current_user.is_authenticated:
        end_session(session, cast(Visitor, current_user).token)
    logout_user()
    _forget()


def _forget() -> None:
    """Drop all that the cookie holds but the language that this browser was switched to."""
    language = cookie.get(SWITCHED)
    cookie.clear()
    if language:
        cookie[SWITCHED] = language


def _load(token: str) -> Visitor | None:
    # A transaction of its own, so that the time of the last request is kept also for pages that change nothing.
    database = cast(Database, current_app.extensions["tallymark_database"])
    with database.auth() as session:
        found = find_session(session, token)
    if found is None:
        return None
    return Visitor(
        id=found.user_id, email=found.email, name=found.name, token=token, locale=found.locale or ""
    )
