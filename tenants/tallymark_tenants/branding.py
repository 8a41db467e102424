"""A tenant's branding as it is kept: one row, and the logos that it or an edition names."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import BrandingRow, Edition, Logo, Run


@dataclass(frozen=True, kw_only=True)
class Branding:
    """How a tenant's scorecards look; what is empty is as the product has it.

    Attributes:
        primary_colour, deep_colour: "#rrggbb", both or neither.
        sender_name: who e-mails come from.
        agency_line: who prepared the scorecards.
        label: a word on the cover, such as "Confidential".
        logo: the SHA-256 of a kept picture.
    """

    primary_colour: str = ""
    deep_colour: str = ""
    sender_name: str = ""
    agency_line: str = ""
    label: str = ""
    logo: str = ""

    @property
    def is_default(self) -> bool:
        """Whether nothing is branded."""
        return self == Branding()


@dataclass(frozen=True, kw_only=True)
class KeptLogo:
    """A picture as it is served and drawn."""

    sha256: str
    mime: str
    width: int
    height: int
    content: bytes


def branding_of(session: Session) -> Branding:
    """The branding of the session's tenant."""
    row = session.scalar(select(BrandingRow))
    if row is None:
        return Branding()
    return Branding(**{name: getattr(row, name) for name in asdict(Branding())})


def keep_branding(session: Session, wanted: Branding) -> None:
    """Replace the branding, with an entry in the audit trail where it became different."""
    before = branding_of(session)
    if wanted == before:
        return
    values = asdict(wanted) | {"changed_at": datetime.now(UTC)}
    statement = insert(BrandingRow).values(id=uuid7(), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    session.expire_all()
    _audit(session, before, wanted)


def reset_branding(session: Session) -> None:
    """Back to the product's own look. Editions keep the look they were made with."""
    before = branding_of(session)
    session.execute(delete(BrandingRow))
    session.expire_all()
    if not before.is_default:
        _audit(session, before, Branding())
    drop_unused_logos(session)


def keep_logo(session: Session, logo: KeptLogo) -> None:
    """Keep a picture, and make it the tenant's logo."""
    columns = {name: getattr(logo, name) for name in ("sha256", "mime", "width", "height", "content")}
    session.execute(
        insert(Logo)
        .values(id=uuid7(), **columns)
        .on_conflict_do_nothing(index_elements=["tenant_id", "sha256"])
    )
    keep_branding(session, replace(branding_of(session), logo=logo.sha256))
    drop_unused_logos(session)


def logo_of(session: Session, sha256: str) -> KeptLogo | None:
    """The picture of this name, if the tenant has it."""
    row = session.scalar(select(Logo).where(Logo.sha256 == sha256))
    if row is None:
        return None
    return KeptLogo(sha256=row.sha256, mime=row.mime, width=row.width, height=row.height, content=row.content)


def drop_unused_logos(session: Session) -> None:
    """Forget pictures that neither the branding nor an edition names; not while an edition is being made."""
    making = select(Run.id).where(Run.kind == "scorecard", Run.status.in_(("queued", "running")))
    if session.scalar(select(exists(making))):
        return
    named = select(Edition.id).where(Edition.document["cover"]["logo"].astext == Logo.sha256)
    current = branding_of(session).logo
    session.execute(delete(Logo).where(Logo.sha256 != current, ~exists(named)))


def _audit(session: Session, before: Branding, after: Branding) -> None:
    was, now = asdict(before), asdict(after)
    changed = [name for name in was if was[name] != now[name]]
    audit(
        session,
        "branding changed",
        object_kind="branding",
        before={name: was[name] for name in changed},
        after={name: now[name] for name in changed},
    )
