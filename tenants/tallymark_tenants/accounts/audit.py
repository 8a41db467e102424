"""Writing to the audit trail."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tallymark_tenants.models import AuditEntry


def audit(
    session: Session,
    action: str,
    *,
    tenant_id: UUID | None = None,
    user_id: UUID | None = None,
    on_behalf_of: UUID | None = None,
    object_kind: str = "",
    object_id: object = "",
    **detail: Any,
) -> None:
    """Add an entry in the session's transaction; in a tenant's session, tenant and actor fill themselves.

    `action` is a verb phrase like "member.invited"; `detail` must be JSON and hold no secret.
    """
    session.execute(
        insert(AuditEntry).values(
            tenant_id=tenant_id or session.info.get("tenant"),
            user_id=user_id or session.info.get("actor"),
            on_behalf_of=on_behalf_of,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            detail=detail,
        )
    )
