"""Whom scorecards are sent to, by which channel, and what became of each message."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import GRAINS, Base, TenantRow, created_at, one_of, same_tenant

CHANNEL_KINDS = ("slack", "teams", "webhook")
RECIPIENT_KINDS = ("email", "member", "channel")
DELIVERY_KINDS = ("email", *CHANNEL_KINDS)
DELIVERY_STATES = ("queued", "sending", "sent", "unsure", "held", "failed", "bounced", "discarded")
PURPOSES = ("edition", "test", "notice")
ATTACHMENTS = ("pdf", "pdf_xlsx", "link")


class DeliveryChannel(TenantRow, Base):
    """A place outside that messages are posted to. Its address and signing key are secrets: only `sealed` holds them.

    `hint` is what may be shown of the address: its host and last four characters. A removed one is kept for the history,
    without its secrets.
    """

    __tablename__ = "delivery_channels"
    __table_args__ = (one_of("kind", CHANNEL_KINDS),)

    kind: Mapped[str]
    name: Mapped[str]
    sealed: Mapped[bytes]
    hint: Mapped[str] = mapped_column(default="", server_default="")
    locale: Mapped[str | None]
    created_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=11)


class Recipient(TenantRow, Base):
    """Who gets a schedule's scorecards: an address, a member or a channel, in which language and whose rows.

    `scope` is {} for everybody's rows, or a dimension and its member. `locale` null means the member's own language,
    else the company's. `paused_reason` is a sentence and its values, as the reader's language will say it.
    """

    __tablename__ = "delivery_recipients"
    __table_args__ = (
        one_of("kind", RECIPIENT_KINDS),
        one_of("attach", ATTACHMENTS),
        CheckConstraint(
            "(kind = 'email') = (address is not null) and (kind = 'member') = (user_id is not null) "
            "and (kind = 'channel') = (channel_id is not null)",
            name="whom",
        ),
        same_tenant("schedule_id", "schedules", "CASCADE"),
        same_tenant("channel_id", "delivery_channels", "CASCADE"),
        Index(None, "tenant_id", "schedule_id"),
        Index(None, "tenant_id", "channel_id"),
    )

    schedule_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[UUID | None]
    locale: Mapped[str | None]
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    attach: Mapped[str] = mapped_column(default="pdf", server_default="pdf")
    paused_at: Mapped[datetime | None]
    paused_reason: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = created_at()


class Delivery(TenantRow, Base):
    """One message to one recipient: what it carries, and what became of it.

    `occurrence` names the tick (or the press of a button) it belongs to, so that asking again makes no second one.
    `address` is what people see: an e-mail address or a channel's name. `run_id` is the run that makes the edition.
    `sending` is written just before the point of no return; whoever finds it later can't know, and says `unsure`.
    `gate` is what the gate found; `reason` is a sentence and its values; `response` the other side's own words.
    `link_hash` is that of the token which opens the PDF without an account.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "schedule_id", "occurrence", "purpose", "recipient_id", "user_id",
            name="uq_deliveries_occurrence", postgresql_nulls_not_distinct=True,
        ),
        one_of("purpose", PURPOSES),
        one_of("kind", DELIVERY_KINDS),
        one_of("state", DELIVERY_STATES),
        one_of("attach", ATTACHMENTS),
        one_of("grain", GRAINS),
        CheckConstraint("period_start < period_end", name="period"),
        same_tenant("schedule_id", "schedules", "CASCADE"),
        same_tenant("recipient_id", "delivery_recipients", "SET NULL"),
        same_tenant("run_id", "runs", "SET NULL"),
        same_tenant("edition_id", "editions", "SET NULL"),
        Index("ix_deliveries_due", "due_at", postgresql_where=text("state in ('queued', 'sending')")),
        Index(None, "tenant_id", "created_at"),
        Index(None, "tenant_id", "recipient_id"),
        Index(None, "tenant_id", "edition_id"),
        Index(None, "tenant_id", "run_id"),
    )  # fmt: skip

    schedule_id: Mapped[UUID]
    recipient_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    purpose: Mapped[str] = mapped_column(default="edition", server_default="edition")
    occurrence: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str]
    locale: Mapped[str]
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    attach: Mapped[str] = mapped_column(default="pdf", server_default="pdf")
    grain: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    run_id: Mapped[UUID | None]
    edition_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="queued", server_default="queued")
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    gate: Mapped[dict[str, Any] | None]
    reason: Mapped[dict[str, Any] | None]
    response: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str] = mapped_column(default="", server_default="")
    message_id: Mapped[str] = mapped_column(default="", server_default="")
    released_by: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    link_hash: Mapped[bytes | None]
    link_expires_at: Mapped[datetime | None]
    link_revoked_at: Mapped[datetime | None]
    link_opened: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = created_at()
