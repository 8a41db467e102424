"""Tenants, who belongs to them, and who is invited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.ids import uuid7
from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of

ROLES = ("owner", "admin", "analyst", "viewer")
CALENDARS = ("gregorian", "jalali")


class Tenant(Base):
    """A company: its own rows, its currency, zone and calendar."""

    __tablename__ = "tenants"
    __table_args__ = (
        one_of("calendar", CALENDARS),
        CheckConstraint("fiscal_start between 1 and 12", name="fiscal_start"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str] = mapped_column(server_default="USD")
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    calendar: Mapped[str] = mapped_column(server_default="gregorian")
    fiscal_start: Mapped[int] = mapped_column(server_default=text("1"))
    locale: Mapped[str] = mapped_column(server_default="en")
    amounts_include_tax: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = created_at()


class Membership(TenantRow, Base):
    """A user's role in a tenant."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("tenant_id", "user_id"), one_of("role", ROLES))

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = created_at()


class Invitation(TenantRow, Base):
    """An e-mail address invited to a role; only the token's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        one_of("role", ROLES),
        Index(
            "uq_invitations_open",
            "tenant_id",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("accepted_at is null"),
        ),
    )

    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
