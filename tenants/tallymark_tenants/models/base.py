"""What every table shares: names of constraints, column types, and the tenant's key."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tallymark_tenants.ids import uuid7

#: The tenant of the running transaction; null where none was set, so that nothing matches.
CURRENT_TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"


class Base(DeclarativeBase):
    """The declarative base; its metadata is what migrations must arrive at."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


class TenantRow:
    """Mixin of a table whose rows belong to one tenant: key (tenant_id, id), row-level security.

    `tenant_id` fills itself from the session's tenant; without one the insert fails.
    """

    tenant_id: Mapped[UUID] = mapped_column(
        ForeignKey("tenants.id", ondelete="CASCADE"),
        primary_key=True,
        server_default=text(CURRENT_TENANT),
        sort_order=-20,
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)


def created_at() -> Mapped[datetime]:
    """A column with the time of the insert (UTC)."""
    return mapped_column(server_default=func.now(), sort_order=10)


def same_tenant(column: str, target: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key to another table of the same tenant, which is part of the key on both sides.

    With `ondelete="SET NULL"` only `column` is emptied, never the tenant.
    """
    action = f"SET NULL ({column})" if ondelete == "SET NULL" else ondelete
    return ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        ondelete=action,
        use_alter=ondelete == "SET NULL",
    )


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=column)


GRAINS = ("day", "week", "month", "quarter", "year")
