"""Tenants, who belongs to them, and who is invited."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.ids import uuid7
from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of

ROLES = ("owner", "admin", "analyst", "viewer")
CALENDARS = ("gregorian", "jalali", "4-4-5", "4-5-4", "5-4-4", "iso-week")
ALIGNMENTS = ("", "tet", "lunar_new_year", "nowruz")
MONEY_DISPLAYS = {"": "", "toman": "IRR", "yuan": "TWD"}
"""Ways to write amounts, each with the currency it is for; "" is a currency's own way."""
ATTRIBUTIONS = ("as_is", "as_was")
ENGINES = ("duckdb", "spark")
_WEEKDAY = "(monday|tuesday|wednesday|thursday|friday|saturday|sunday)"


class Tenant(Base):
    """A company: its own rows, its currency, zone and calendar.

    `year_end` is the weekday that a year of whole weeks ends on ("nearest saturday"); `country` an ISO 3166 code, or
    empty where no public holidays are kept; `weekend` weekdays with commas between, "none", or empty for the
    country's; `alignment` the moving holiday that the year before is aligned to, or empty; `money_display` a way to
    write amounts ("toman" for rial), or empty for the currency's own; `attribution` says by whom breakdowns count a
    row: by who owns it now ("as_is"), or by who owned it on its day ("as_was"); `engine` is what its figures are
    computed with: "duckdb" on the worker itself, or "spark" on a cluster.
    """

    __tablename__ = "tenants"
    __table_args__ = (
        one_of("calendar", CALENDARS),
        one_of("alignment", ALIGNMENTS),
        one_of("money_display", tuple(MONEY_DISPLAYS)),
        one_of("attribution", ATTRIBUTIONS),
        one_of("engine", ENGINES),
        CheckConstraint(f"year_end ~ '^(nearest|last) {_WEEKDAY}$'", name="year_end"),
        CheckConstraint("country ~ '^([A-Z]{2})?$'", name="country"),
        CheckConstraint(f"weekend ~ '^(none|{_WEEKDAY}(,{_WEEKDAY})*)?$'", name="weekend"),
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
    year_end: Mapped[str] = mapped_column(server_default="nearest saturday")
    country: Mapped[str] = mapped_column(server_default="")
    weekend: Mapped[str] = mapped_column(server_default="")
    alignment: Mapped[str] = mapped_column(server_default="")
    money_display: Mapped[str] = mapped_column(server_default="")
    attribution: Mapped[str] = mapped_column(server_default="as_is")
    engine: Mapped[str] = mapped_column(server_default="duckdb")
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
