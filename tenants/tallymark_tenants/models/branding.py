"""How a tenant's scorecards look: colours, words, and the pictures they were ever made with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of


class BrandingRow(TenantRow, Base):
    """The one branding of a tenant; whatever is empty has the product's own look."""

    __tablename__ = "brandings"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    primary_colour: Mapped[str] = mapped_column(default="", server_default="")
    deep_colour: Mapped[str] = mapped_column(default="", server_default="")
    sender_name: Mapped[str] = mapped_column(default="", server_default="")
    agency_line: Mapped[str] = mapped_column(default="", server_default="")
    label: Mapped[str] = mapped_column(default="", server_default="")
    logo: Mapped[str] = mapped_column(default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=11)


class Logo(TenantRow, Base):
    """A picture, named by the hash of its bytes, so that an edition finds the one it was made with."""

    __tablename__ = "logos"
    __table_args__ = (
        UniqueConstraint("tenant_id", "sha256"),
        one_of("mime", ("image/png", "image/jpeg")),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )

    sha256: Mapped[str]
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = created_at()
