"""What the rest of the product needs to know of a tenant, as a plain value."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_tenants.models import Tenant


class TenantNotFound(LookupError):
    """No such tenant, or not one this session may see."""


@dataclass(frozen=True, kw_only=True)
class TenantProfile:
    """A tenant's settings: `currency` in ISO 4217, `timezone` an IANA name, `fiscal_start` a month.

    `year_end`, `country`, `weekend`, `alignment`, `money_display`, `attribution` and `engine` are as in `Tenant`.
    """

    id: UUID
    slug: str
    name: str
    currency: str = "USD"
    timezone: str = "UTC"
    calendar: str = "gregorian"
    fiscal_start: int = 1
    locale: str = "en"
    amounts_include_tax: bool = False
    year_end: str = "nearest saturday"
    country: str = ""
    weekend: str = ""
    alignment: str = ""
    money_display: str = ""
    attribution: Attribution = AS_IS
    engine: str = "duckdb"

    @classmethod
    def of(cls, tenant: Tenant) -> Self:
        """The profile of a loaded row."""
        return cls(
            id=tenant.id,
            slug=tenant.slug,
            name=tenant.name,
            currency=tenant.currency,
            timezone=tenant.timezone,
            calendar=tenant.calendar,
            fiscal_start=tenant.fiscal_start,
            locale=tenant.locale,
            amounts_include_tax=tenant.amounts_include_tax,
            year_end=tenant.year_end,
            country=tenant.country,
            weekend=tenant.weekend,
            alignment=tenant.alignment,
            money_display=tenant.money_display,
            attribution=AS_WAS if tenant.attribution == AS_WAS else AS_IS,
            engine=tenant.engine,
        )


def load_profile(session: Session) -> TenantProfile:
    """The profile of the tenant a tenant session is bound to; `TenantNotFound` if it is gone."""
    tenant = session.get(Tenant, session.info["tenant"])
    if tenant is None:
        raise TenantNotFound("This tenant does not exist any more.")
    return TenantProfile.of(tenant)


def find_profile(session: Session, name: str) -> TenantProfile:
    """The profile by slug or id, else the only tenant of that name; for sessions of the auth role."""
    tenant = session.scalar(select(Tenant).where(_key(name)))
    if tenant is not None:
        return TenantProfile.of(tenant)
    named = session.scalars(select(Tenant).where(Tenant.name == name)).all()
    if len(named) > 1:
        slugs = ", ".join(sorted(each.slug for each in named))
        raise TenantNotFound(f"There are several tenants called {name!r}; say which one: {slugs}.")
    if not named:
        raise TenantNotFound(f"There is no tenant {name!r}; create it with `tallymark tenant create`.")
    return TenantProfile.of(named[0])


def _key(name: str) -> ColumnElement[bool]:
    try:
        return Tenant.id == UUID(name)
    except ValueError:
        return Tenant.slug == name
