"""Making a tenant: by a person who signs up, or from the command line."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tallymark_tenants.accounts import passwords
from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.emails import find_user, normalise
from tallymark_tenants.accounts.errors import EmailTaken, ValueRejected
from tallymark_tenants.accounts.roles import Role
from tallymark_tenants.accounts.values import (
    check_alignment,
    check_attribution,
    check_calendar,
    check_country,
    check_currency,
    check_fiscal_start,
    check_locale,
    check_money_display,
    check_name,
    check_timezone,
    check_weekend,
    check_year_end,
    slug_of,
)
from tallymark_tenants.models import Membership, Tenant, User
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class SignedUp:
    """The new tenant and its owner."""

    profile: TenantProfile
    user_id: UUID


def sign_up(
    session: Session,
    *,
    company: str,
    email: str,
    password: str,
    name: str,
    currency: str = "USD",
    timezone: str = "UTC",
    calendar: str = "gregorian",
    locale: str = "en",
) -> SignedUp:
    """Make a tenant and its owner; raises `EmailTaken`, `EmailInvalid`, `PasswordTooWeak`, `ValueRejected`."""
    address, person = normalise(email), check_name(name)
    if find_user(session, address) is not None:
        raise EmailTaken
    hashed = passwords.hash_password(password)
    profile = create_tenant(
        session, name=company, currency=currency, timezone=timezone, calendar=calendar, locale=locale
    )
    user = User(email=address, name=person, password_hash=hashed)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # signed up twice at the same moment
        raise EmailTaken from error
    session.add(Membership(tenant_id=profile.id, user_id=user.id, role=Role.OWNER))
    session.flush()
    audit(session, "signed up", tenant_id=profile.id, user_id=user.id, object_kind="user", object_id=user.id)
    return SignedUp(profile=profile, user_id=user.id)


def create_tenant(
    session: Session,
    *,
    name: str,
    slug: str | None = None,
    currency: str = "USD",
    timezone: str = "UTC",
    calendar: str = "gregorian",
    fiscal_start: int = 1,
    locale: str = "en",
    amounts_include_tax: bool = False,
    year_end: str = "nearest saturday",
    country: str = "",
    weekend: str = "",
    alignment: str = "",
    money_display: str = "",
    attribution: str = "as_is",
) -> TenantProfile:
    """Make a tenant without members; raises `ValueRejected`. The slug is made from the name if not given."""
    tenant = Tenant(
        slug=_free_slug(session, slug, check_name(name)),
        name=check_name(name),
        currency=check_currency(currency),
        timezone=check_timezone(timezone),
        calendar=check_calendar(calendar),
        fiscal_start=check_fiscal_start(fiscal_start),
        locale=check_locale(locale),
        amounts_include_tax=amounts_include_tax,
        year_end=check_year_end(year_end),
        country=check_country(country) if country else "",
        weekend=check_weekend(weekend),
        alignment=check_alignment(alignment),
        money_display=check_money_display(money_display, check_currency(currency)),
        attribution=check_attribution(attribution),
    )
    session.add(tenant)
    session.flush()
    audit(session, "tenant created", tenant_id=tenant.id, object_kind="tenant", object_id=tenant.id)
    return TenantProfile.of(tenant)


def _free_slug(session: Session, wanted: str | None, name: str) -> str:
    slug = slug_of(wanted or name)
    # Two sign-ups of the same name wait for each other here instead of failing at the unique key.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"slug {slug}"))))
    if session.scalar(select(Tenant.id).where(Tenant.slug == slug)) is None:
        return slug
    if wanted is not None:
        raise ValueRejected(f"The address {slug!r} is taken: choose another.")
    return f"{slug}-{secrets.token_hex(3)}"
