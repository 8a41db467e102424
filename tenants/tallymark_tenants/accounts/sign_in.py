"""Proving who one is by a password, changing it, and being locked out.

A second factor goes between `sign_in` and `start_session`: `sign_in` only says whose password it was.
Another identity provider replaces `sign_in` and leaves `password_hash` empty.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session, undefer

from tallymark_tenants.accounts import passwords
from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.browser_sessions import end_all_sessions
from tallymark_tenants.accounts.clock import at
from tallymark_tenants.accounts.emails import find_user, normalise
from tallymark_tenants.accounts.errors import BadCredentials, EmailInvalid, MemberUnknown
from tallymark_tenants.models import User


def sign_in(session: Session, *, email: str, password: str) -> User:
    """The user whose password it is; raises `BadCredentials`, after the same time for every reason.

    A failure is audited too: `BadCredentials` is a `Refusal`, with which `Database.auth()` commits.
    """
    try:
        address = normalise(email)
        user = find_user(session, address)
    except EmailInvalid:
        address, user = "", None
    fits = passwords.verify(password, user.password_hash if user else None)
    if user is None or not fits or user.disabled_at is not None:
        reason = "unknown address" if user is None else "disabled" if fits else "wrong password"
        audit(session, "sign-in refused", user_id=user.id if user else None, email=address, reason=reason)
        raise BadCredentials
    if user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehash(password)
    audit(session, "signed in", user_id=user.id)
    return user


def change_password(
    session: Session,
    user_id: UUID,
    *,
    current: str,
    new: str,
    keep_session: UUID | None = None,
    now: datetime | None = None,
) -> None:
    """Set a new password and end the user's other sessions; raises `BadCredentials`, `PasswordTooWeak`.

    A wrong current password is audited, as a refused sign-in is.
    """
    user = _user(session, user_id)
    if not passwords.verify(current, user.password_hash):
        audit(session, "password change refused", user_id=user_id, reason="wrong password")
        raise BadCredentials("The current password is wrong.")
    user.password_hash = passwords.hash_password(new)
    end_all_sessions(session, user_id, keep=keep_session, now=now)
    audit(session, "password changed", user_id=user_id)


def disable_user(
    session: Session, user_id: UUID, *, actor: UUID | None = None, now: datetime | None = None
) -> None:
    """Lock a user out at once."""
    _user(session, user_id).disabled_at = at(now)
    end_all_sessions(session, user_id, now=now)
    audit(session, "user disabled", user_id=actor, object_kind="user", object_id=user_id)


def _user(session: Session, user_id: UUID) -> User:
    user = session.get(User, user_id, options=[undefer(User.password_hash)])
    if user is None:
        raise MemberUnknown("This account does not exist any more.")
    return user
