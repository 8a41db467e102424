"""Inviting people by e-mail address: a link with a token, of which only the hash is kept."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallymark_tenants.accounts import passwords
from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.clock import at
from tallymark_tenants.accounts.emails import find_user, normalise
from tallymark_tenants.accounts.errors import (
    AlreadyMember,
    InvitationExpired,
    InvitationForAnother,
    InvitationUnknown,
    NotAllowed,
)
from tallymark_tenants.accounts.members import role_in
from tallymark_tenants.accounts.roles import Permission, Role, can, may_grant
from tallymark_tenants.accounts.tokens import new_token, token_hash
from tallymark_tenants.accounts.values import check_name
from tallymark_tenants.models import Invitation, Membership, User

VALID = timedelta(days=7)


def invite(
    session: Session, tenant_id: UUID, *, email: str, role: Role, actor: UUID, now: datetime | None = None
) -> str:
    """Invite an address; returns the token for the link. A second invitation replaces the first.

    An open one to a role that the actor may not grant stays.

    Raises `EmailInvalid`, `NotAllowed`, `AlreadyMember`.
    """
    own = role_in(session, tenant_id, actor)
    if not may_grant(own, role):
        raise NotAllowed
    address = normalise(email)
    user = find_user(session, address)
    if user is not None and _is_member(session, tenant_id, user.id):
        raise AlreadyMember
    _clear(session, tenant_id, address, own, at(now))
    token, hashed = new_token()
    invitation = Invitation(
        tenant_id=tenant_id,
        email=address,
        role=role,
        token_hash=hashed,
        invited_by=actor,
        expires_at=at(now) + VALID,
    )
    session.add(invitation)
    session.flush()
    audit(
        session,
        "member invited",
        tenant_id=tenant_id,
        user_id=actor,
        object_kind="invitation",
        object_id=invitation.id,
        email=address,
        role=role,
    )
    return token


def find_invitation(session: Session, token: str, *, now: datetime | None = None) -> Invitation:
    """The open invitation of a token; raises `InvitationUnknown`, `InvitationExpired`.

    One whose inviter may no longer grant its role is as good as withdrawn.
    """
    wanted = select(Invitation).where(Invitation.token_hash == token_hash(token)).with_for_update()
    invitation = session.scalar(wanted)
    if invitation is None or invitation.accepted_at is not None:
        raise InvitationUnknown
    if not _still_granted(session, invitation):
        raise InvitationUnknown
    if invitation.expires_at <= at(now):
        raise InvitationExpired
    return invitation


def accept_invitation(
    session: Session,
    token: str,
    *,
    user_id: UUID | None = None,
    name: str = "",
    password: str = "",
    now: datetime | None = None,
) -> User:
    """Join the tenant: as the signed-in `user_id`, or as a new user with `name` and `password`.

    Raises `InvitationUnknown`, `InvitationExpired`, `InvitationForAnother` (also where the address already
    has an account and nobody is signed in), `AlreadyMember`, `PasswordTooWeak`, `ValueRejected`.
    """
    invitation = find_invitation(session, token, now=now)
    user = find_user(session, invitation.email)
    if (user.id if user else None) != user_id:
        raise InvitationForAnother
    if user is None:
        user = User(
            email=invitation.email, name=check_name(name), password_hash=passwords.hash_password(password)
        )
        session.add(user)
        session.flush()
    elif _is_member(session, invitation.tenant_id, user.id):
        raise AlreadyMember
    session.add(Membership(tenant_id=invitation.tenant_id, user_id=user.id, role=invitation.role))
    invitation.accepted_at = at(now)
    session.flush()
    audit(
        session,
        "invitation accepted",
        tenant_id=invitation.tenant_id,
        user_id=user.id,
        object_kind="invitation",
        object_id=invitation.id,
        role=invitation.role,
    )
    return user


def revoke_invitation(session: Session, tenant_id: UUID, invitation_id: UUID, *, actor: UUID) -> None:
    """Withdraw an open invitation; raises `NotAllowed`, `InvitationUnknown`."""
    own = role_in(session, tenant_id, actor)
    if not can(own, Permission.MANAGE_MEMBERS):
        raise NotAllowed
    invitation = session.get(Invitation, (tenant_id, invitation_id))
    if invitation is None or invitation.accepted_at is not None:
        raise InvitationUnknown
    if not may_grant(own, invitation.role):
        raise NotAllowed
    session.delete(invitation)
    session.flush()
    audit(
        session,
        "invitation revoked",
        tenant_id=tenant_id,
        user_id=actor,
        object_kind="invitation",
        object_id=invitation_id,
    )


def _clear(session: Session, tenant_id: UUID, address: str, own: Role, time: datetime) -> None:
    """Delete the open invitation of an address; raises `NotAllowed` for a valid one beyond the role `own`."""
    wanted = select(Invitation).where(
        Invitation.tenant_id == tenant_id,
        func.lower(Invitation.email) == address,
        Invitation.accepted_at.is_(None),
    )
    for invitation in session.scalars(wanted.with_for_update()):
        if invitation.expires_at > time and not may_grant(own, invitation.role):
            raise NotAllowed
        session.delete(invitation)
    session.flush()


def _still_granted(session: Session, invitation: Invitation) -> bool:
    if invitation.invited_by is None:
        return False
    try:
        return may_grant(role_in(session, invitation.tenant_id, invitation.invited_by), invitation.role)
    except NotAllowed:
        return False


def _is_member(session: Session, tenant_id: UUID, user_id: UUID) -> bool:
    wanted = select(Membership.id).where(Membership.tenant_id == tenant_id, Membership.user_id == user_id)
    return session.scalar(wanted) is not None
