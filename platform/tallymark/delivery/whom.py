"""From recipients to whom a message goes: address, language and whose rows, as they are on the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.scorecards.scope import EVERYBODY, Scope
from tallymark_sdk.said import Said
from tallymark_tenants.models import DeliveryChannel, Membership, Recipient, User
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """One recipient on the day of a message. `problem` says why nothing can go there; "" where it can."""

    recipient_id: UUID | None
    kind: str
    name: str
    address: str
    locale: str
    scope: Scope = EVERYBODY
    attach: str = "pdf"
    user_id: UUID | None = None
    problem: Said = field(default_factory=Said)
    paused: bool = False


def addressees(session: Session, profile: TenantProfile, recipients: Iterable[Recipient]) -> list[Addressee]:
    """Each recipient with what its member, channel and the company say today."""
    members = {
        user.id: user
        for user in session.scalars(select(User).join(Membership, Membership.user_id == User.id))
    }
    channels = {channel.id: channel for channel in session.scalars(select(DeliveryChannel))}
    return [_addressee(each, profile, members, channels) for each in recipients]


def managers(session: Session, profile: TenantProfile) -> list[Addressee]:
    """The owners and admins, who hear of what was held back."""
    found = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role.in_(("owner", "admin")), User.disabled_at.is_(None))
        .order_by(User.email)
    )
    return [member(user, profile) for user in found]


def member(user: User, profile: TenantProfile) -> Addressee:
    """A member as somebody to write to."""
    return Addressee(
        recipient_id=None,
        kind="email",
        name=user.name,
        address=user.email,
        locale=user.locale or profile.locale,
        user_id=user.id,
        attach="link",
    )


def _addressee(
    recipient: Recipient,
    profile: TenantProfile,
    members: dict[UUID, User],
    channels: dict[UUID, DeliveryChannel],
) -> Addressee:
    kind, name, address, own, problem = "email", recipient.name, recipient.address or "", None, Said()
    if recipient.user_id is not None:
        user = members.get(recipient.user_id)
        if user is None or user.disabled_at is not None:
            problem = Said("This person is no longer a member of the company.")
        else:
            name, address, own = user.name, user.email, user.locale
    elif recipient.channel_id is not None:
        channel = channels.get(recipient.channel_id)
        kind = channel.kind if channel else "webhook"
        if channel is None or channel.removed_at is not None:
            problem = Said("This channel was removed.")
        if channel is not None:
            name, address, own = channel.name, channel.name, channel.locale
    return Addressee(
        recipient_id=recipient.id,
        kind=kind,
        name=name,
        address=address,
        locale=recipient.locale or own or profile.locale,
        scope=Scope.read(recipient.scope),
        attach=recipient.attach if kind == "email" else "link",
        user_id=recipient.user_id,
        problem=problem,
        paused=recipient.paused_at is not None,
    )
