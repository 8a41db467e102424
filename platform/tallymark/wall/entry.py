"""Who comes in by a link."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.clock import at
from tallymark_tenants.accounts.tokens import token_hash
from tallymark_tenants.models import Wall

_LONGEST = 128


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A valid link: whose wall it shows. `token_hash` tells later whether the link is still the same."""

    tenant_id: UUID
    wall_id: UUID
    token_hash: bytes


def find(session: Session, token: str, *, now: datetime | None = None) -> Entry | None:
    """The wall of a link's token, or None: unknown, revoked, replaced or expired. `session` is the auth role's."""
    if len(token) > _LONGEST:
        return None
    hashed = token_hash(token)
    wanted = select(Wall.tenant_id, Wall.id).where(
        Wall.token_hash == hashed, or_(Wall.expires_at.is_(None), Wall.expires_at > at(now))
    )
    found = session.execute(wanted).one_or_none()
    return None if found is None else Entry(tenant_id=found.tenant_id, wall_id=found.id, token_hash=hashed)
