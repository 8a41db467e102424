"""Who belongs to a tenant, in which role."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.browser_sessions import end_all_sessions
from tallymark_tenants.accounts.errors import LastOwner, MemberUnknown, NotAllowed
from tallymark_tenants.accounts.roles import Role, may_grant
from tallymark_tenants.models import Invitation, Membership, Tenant, User
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Access:
    """A tenant a user belongs to, and as what."""

    profile: TenantProfile
    role: Role


@dataclass(frozen=True, kw_only=True)
class Member:
    """A user of a tenant, for its list of members."""

    user_id: UUID
    email: str
    name: str
    role: Role
    disabled: bool


def list_tenants_of(session: Session, user_id: UUID) -> list[Access]:
    """The tenants a user may enter, by name."""
    rows = session.execute(_accesses(user_id).order_by(Tenant.name, Tenant.id))
    return [Access(profile=TenantProfile.of(tenant), role=Role(role)) for tenant, role in rows]


def access_to(session: Session, user_id: UUID, slug: str) -> Access | None:
    """A user's access to the tenant of that slug; None alike for no such tenant and for no access."""
    row = session.execute(_accesses(user_id).where(Tenant.slug == slug)).one_or_none()
    return None if row is None else Access(profile=TenantProfile.of(row[0]), role=Role(row[1]))


def list_members(session: Session, tenant_id: UUID) -> list[Member]:
    """The tenant's members by name; also works in the tenant's own session."""
    wanted = (
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.tenant_id == tenant_id)
        .order_by(User.name, User.id)
    )
    return [
        Member(
            user_id=user.id,
            email=user.email,
            name=user.name,
            role=Role(role),
            disabled=user.disabled_at is not None,
        )
        for user, role in session.execute(wanted)
    ]


def change_role(
    session: Session, tenant_id: UUID, user_id: UUID, role: Role, *, actor: UUID, now: datetime | None = None
) -> None:
    """Give a member another role; a lower one ends their sessions and the open invitations they made.

    Raises `MemberUnknown`, `NotAllowed` (the actor's own role is too low), `LastOwner`.
    """
    members = _locked(session, tenant_id)
    member, before = _target(members, user_id), Role(_target(members, user_id).role)
    if role is before:
        return
    _check_may(members, actor, before, role)
    if before is Role.OWNER:
        _check_other_owner(members, user_id)
    member.role = role
    if role.rank < before.rank:
        end_all_sessions(session, user_id, now=now)
        _withdraw_invitations_of(session, tenant_id, user_id)
    _audit(session, "member role changed", tenant_id, actor, user_id, before=before, after=role)


def remove_member(
    session: Session, tenant_id: UUID, user_id: UUID, *, actor: UUID, now: datetime | None = None
) -> None:
    """Take a member out of the tenant, ending their sessions and the open invitations they made.

    Everybody may leave by themselves.

    Raises `MemberUnknown`, `NotAllowed`, `LastOwner`.
    """
    members = _locked(session, tenant_id)
    member = _target(members, user_id)
    before = Role(member.role)
    if actor != user_id:
        _check_may(members, actor, before)
    if before is Role.OWNER:
        _check_other_owner(members, user_id)
    session.delete(member)
    session.flush()
    end_all_sessions(session, user_id, now=now)
    _withdraw_invitations_of(session, tenant_id, user_id)
    _audit(session, "member removed", tenant_id, actor, user_id, role=before)


def role_in(session: Session, tenant_id: UUID, user_id: UUID) -> Role:
    """The user's role; raises `NotAllowed` for one who does not belong to the tenant."""
    wanted = select(Membership.role).where(Membership.tenant_id == tenant_id, Membership.user_id == user_id)
    role = session.scalar(wanted)
    if role is None:
        raise NotAllowed
    return Role(role)


def _accesses(user_id: UUID) -> Select[Tenant, str]:
    return (
        select(Tenant, Membership.role)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(Membership.user_id == user_id)
    )


def _locked(session: Session, tenant_id: UUID) -> dict[UUID, Membership]:
    # Locked together and in one order, so that two owners cannot demote each other at the same time.
    wanted = select(Membership).where(Membership.tenant_id == tenant_id).order_by(Membership.id)
    rows = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    return {member.user_id: member for member in rows}


def _target(members: dict[UUID, Membership], user_id: UUID) -> Membership:
    if user_id not in members:
        raise MemberUnknown
    return members[user_id]


def _withdraw_invitations_of(session: Session, tenant_id: UUID, user_id: UUID) -> None:
    # Else somebody could let themselves in again by a link made before.
    session.execute(
        delete(Invitation).where(
            Invitation.tenant_id == tenant_id,
            Invitation.invited_by == user_id,
            Invitation.accepted_at.is_(None),
        )
    )


def _check_may(members: dict[UUID, Membership], actor: UUID, *roles: Role) -> None:
    if actor not in members or not all(may_grant(members[actor].role, role) for role in roles):
        raise NotAllowed


def _check_other_owner(members: dict[UUID, Membership], user_id: UUID) -> None:
    if not any(m.role == Role.OWNER for m in members.values() if m.user_id != user_id):
        raise LastOwner


def _audit(session: Session, action: str, tenant_id: UUID, actor: UUID, user_id: UUID, **detail: Any) -> None:
    audit(
        session,
        action,
        tenant_id=tenant_id,
        user_id=actor,
        object_kind="user",
        object_id=user_id,
        **detail,
    )
