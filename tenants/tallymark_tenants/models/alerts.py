"""Rules that watch KPIs, the alerts they gave, and who has read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import GRAINS, Base, TenantRow, created_at, one_of, same_tenant

ALERT_KINDS = ("threshold", "pace", "anomaly")
ALERT_STATES = ("raised", "repeated", "recovered")


class AlertRule(TenantRow, Base):
    """One thing to watch. Without a dimension it is the company's figure; without a member, each member's.

    `parameters` belong to the kind. `quiet_from` and `quiet_until` are times on the tenant's clock, such as 22:00.
    `recipients` are ids of members, `channels` ids of channels that messages go to. `result` is what the last check
    found. A removed rule is kept, so that its alerts still have a name and it can be brought back.
    """

    __tablename__ = "alert_rules"
    __table_args__ = (
        one_of("kind", ALERT_KINDS),
        one_of("grain", GRAINS),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet"),
        CheckConstraint("repeat_after_days between 1 and 366", name="repeat_after_days"),
        Index("ix_alert_rules_active", "tenant_id", postgresql_where=text("enabled and removed_at is null")),
    )

    name: Mapped[str]
    kind: Mapped[str]
    metric_key: Mapped[str]
    dimension: Mapped[str] = mapped_column(default="", server_default="")
    member: Mapped[str] = mapped_column(default="", server_default="")
    grain: Mapped[str] = mapped_column(default="month", server_default="month")
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    recipients: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    channels: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    repeat_after_days: Mapped[int | None]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    snoozed_until: Mapped[date | None]
    created_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = created_at()
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=11)


class Alert(TenantRow, Base):
    """Something that a rule found, said once: `key` is unique within its rule.

    `value`, `expected`, `low` and `high` are in the metric's unit. `words` holds the sentence's English text and its
    values, so that it can be said in each reader's language. `due_at` is when it may leave: the end of quiet hours
    where it was found in them.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "rule_id", "key"),
        one_of("state", ALERT_STATES),
        one_of("grain", GRAINS),
        CheckConstraint("period_start < period_end", name="period"),
        same_tenant("rule_id", "alert_rules", "CASCADE"),
        Index(None, "tenant_id", "created_at"),
        Index("ix_alerts_due", "tenant_id", "due_at", postgresql_where=text("delivered_at is null")),
    )

    rule_id: Mapped[UUID]
    key: Mapped[str]
    state: Mapped[str]
    metric_key: Mapped[str]
    dimension: Mapped[str] = mapped_column(default="", server_default="")
    member: Mapped[str] = mapped_column(default="", server_default="")
    grain: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    expected: Mapped[Decimal | None] = mapped_column(Numeric)
    low: Mapped[Decimal | None] = mapped_column(Numeric)
    high: Mapped[Decimal | None] = mapped_column(Numeric)
    words: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    delivery: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()


class AlertRead(TenantRow, Base):
    """That a member has read an alert."""

    __tablename__ = "alert_reads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "alert_id", "user_id"),
        same_tenant("alert_id", "alerts", "CASCADE"),
        Index(None, "tenant_id", "user_id"),
    )

    alert_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())
