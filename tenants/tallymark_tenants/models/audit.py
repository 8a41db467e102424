"""The audit trail: rows are added, never changed or removed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.ids import uuid7
from tallymark_tenants.models.base import Base


class AuditEntry(Base):
    """Who did what to what. `tenant_id` is empty for acts outside any tenant (a failed sign-in).

    It has no foreign keys: the trail outlives what it speaks of.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "tenant_id", "at"), Index(None, "user_id", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    user_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    action: Mapped[str]
    object_kind: Mapped[str] = mapped_column(default="", server_default="")
    object_id: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
