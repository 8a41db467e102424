"""Changing what a company is set up with."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark_tenants.accounts import values
from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.errors import ValueRejected
from tallymark_tenants.models import Tenant
from tallymark_tenants.profile import TenantNotFound, TenantProfile

_CHECKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "name": values.check_name,
    "timezone": values.check_timezone,
    "calendar": values.check_calendar,
    "fiscal_start": values.check_fiscal_start,
    "year_end": values.check_year_end,
    "country": values.check_country,
    "weekend": values.check_weekend,
    "alignment": values.check_alignment,
    "locale": values.check_locale,
    "money_display": values.check_money_display,
    "attribution": values.check_attribution,
    "engine": values.check_engine,
}
"""What may be changed, each with its check. The currency is missing: amounts already converted are kept in it."""


class SettingRejected(ValueRejected):
    """A value that a setting can't take; `setting` says which."""

    def __init__(self, setting: str, sentence: str) -> None:
        super().__init__(sentence)
        self.setting = setting


def change_company(
    session: Session, tenant_id: UUID, *, actor: UUID | None = None, **settings: object
) -> TenantProfile:
    """Set what is given and leave the rest, with an entry in the audit trail for what became different.

    Raises `SettingRejected` for a value that does not exist, before anything is changed.
    """
    wanted = {name: _checked(name, value) for name, value in settings.items()}
    tenant = session.scalar(select(Tenant).where(Tenant.id == tenant_id).with_for_update())
    if tenant is None:
        raise TenantNotFound("This tenant does not exist any more.")
    _checked_together(wanted, tenant)
    changed = {name: value for name, value in wanted.items() if getattr(tenant, name) != value}
    before = {name: getattr(tenant, name) for name in changed}
    for name, value in changed.items():
        setattr(tenant, name, value)
    session.flush()
    if changed:
        audit(
            session,
            "company settings changed",
            tenant_id=tenant_id,
            user_id=actor,
            object_kind="tenant",
            object_id=tenant_id,
            before=before,
            after=changed,
        )
    return TenantProfile.of(tenant)


def _checked_together(wanted: Mapping[str, object], tenant: Tenant) -> None:
    """Refuse a way to write amounts that the tenant's currency doesn't have."""
    try:
        values.check_money_display(str(wanted.get("money_display", "")), tenant.currency)
    except ValueRejected as error:
        raise SettingRejected("money_display", str(error)) from error


def _checked(name: str, value: object) -> object:
    try:
        return _CHECKS[name](value)
    except ValueRejected as error:
        raise SettingRejected(name, str(error)) from error
