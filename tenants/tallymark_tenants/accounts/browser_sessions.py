"""Signed-in browsers: the cookie holds a random token, the database its hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.clock import at
from tallymark_tenants.accounts.tokens import new_token, token_hash
from tallymark_tenants.models import User, UserSession

IDLE = timedelta(hours=12)  # without a request
ABSOLUTE = timedelta(days=14)  # since signing in
TOUCH = timedelta(minutes=1)  # last_seen_at is written no more often
AGENT_LENGTH = 200  # characters kept of the browser's name


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A valid session and whose it is; `locale` is the person's own choice of language."""

    session_id: UUID
    user_id: UUID
    email: str
    name: str
    locale: str | None


def start_session(
    session: Session, user_id: UUID, *, user_agent: str | None = None, now: datetime | None = None
) -> str:
    """Make a session for a user who has proved who they are; returns the token for the cookie."""
    time = at(now)
    token, hashed = new_token()
    session.add(
        UserSession(
            token_hash=hashed,
            user_id=user_id,
            user_agent=user_agent[:AGENT_LENGTH] if user_agent else None,
            created_at=time,
            last_seen_at=time,
            expires_at=time + ABSOLUTE,
        )
    )
    session.flush()
    return token


def find_session(session: Session, token: str, *, now: datetime | None = None) -> SignedIn | None:
    """Whose token it is, or None: unknown, ended, idle or old too long, or the user disabled."""
    time = at(now)
    found = session.execute(
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > time,
            UserSession.last_seen_at > time - IDLE,
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    row, user = found
    if time - row.last_seen_at > TOUCH:
        row.last_seen_at = time
    return SignedIn(session_id=row.id, user_id=user.id, email=user.email, name=user.name, locale=user.locale)


def end_session(session: Session, token: str, *, now: datetime | None = None) -> None:
    """Sign out: the token is worth nothing from now on. An unknown one is no error."""
    ended = update(UserSession).where(
        UserSession.token_hash == token_hash(token), UserSession.revoked_at.is_(None)
    )
    user_id = session.scalar(ended.values(revoked_at=at(now)).returning(UserSession.user_id))
    if user_id is not None:
        audit(session, "signed out", user_id=user_id)


def end_all_sessions(
    session: Session, user_id: UUID, *, keep: UUID | None = None, now: datetime | None = None
) -> int:
    """End every session of a user but the one to `keep`; returns how many."""
    ended = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if keep is not None:
        ended = ended.where(UserSession.id != keep)
    return len(session.scalars(ended.values(revoked_at=at(now)).returning(UserSession.id)).all())
