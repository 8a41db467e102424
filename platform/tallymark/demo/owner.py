"""The demo's company and its owner: made once, found again, the password kept for the next start."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self
from uuid import UUID

from sqlalchemy.orm import Session, undefer

from tallymark.demo.places import Place, company_name, place_of
from tallymark_tenants.accounts import Role, create_tenant, list_tenants_of, sign_up
from tallymark_tenants.accounts.emails import find_user
from tallymark_tenants.accounts.passwords import hash_password, verify
from tallymark_tenants.db import Database
from tallymark_tenants.models import Membership, Tenant, User
from tallymark_tenants.profile import TenantProfile

EMAIL = "demo@alder-finch.example"
_FILE = "demo.json"


@dataclass(frozen=True, kw_only=True)
class Login:
    """How to sign in."""

    email: str
    password: str = field(repr=False)

    @classmethod
    def load(cls, data_dir: Path) -> Self | None:
        """The login that was kept, if any."""
        try:
            return cls(**json.loads((data_dir / _FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, data_dir: Path) -> None:
        """Keep it in a file that only this user may read."""
        new = data_dir / f"{_FILE}.new"
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        new.replace(data_dir / _FILE)


def ensure_owner(database: Database, data_dir: Path, locale: str = "en") -> tuple[TenantProfile, Login]:
    """The sample company of a language and its owner's login; a password that no longer fits is replaced by a new one."""
    kept = Login.load(data_dir)
    with database.auth() as session:
        user = find_user(session, EMAIL)
        if user is None:
            login = Login(email=EMAIL, password=_password())
            place = place_of(locale)
            signed_up = sign_up(
                session,
                company=company_name(locale),
                email=login.email,
                password=login.password,
                name="Demo Owner",
                currency=place.currency,
                timezone=place.timezone,
                calendar=place.calendar,
                locale=locale,
            )
            profile = _settled(session, signed_up.profile.id, place)
        else:
            login = _still_good(session, user.id, kept)
            profile = _company_of(session, user.id, locale)
    login.save(data_dir)
    return profile, login


def _still_good(session: Session, user_id: UUID, kept: Login | None) -> Login:
    user = session.get_one(User, user_id, options=[undefer(User.password_hash)])
    user.disabled_at = None
    if kept is not None and kept.email == EMAIL and verify(kept.password, user.password_hash):
        return kept
    login = Login(email=EMAIL, password=_password())
    user.password_hash = hash_password(login.password)
    return login


def _company_of(session: Session, user_id: UUID, locale: str) -> TenantProfile:
    name, place = company_name(locale), place_of(locale)
    for access in list_tenants_of(session, user_id):
        if access.role is Role.OWNER and access.profile.name == name:
            return access.profile
    profile = create_tenant(
        session,
        name=name,
        currency=place.currency,
        timezone=place.timezone,
        calendar=place.calendar,
        locale=locale,
    )
    session.add(Membership(tenant_id=profile.id, user_id=user_id, role=Role.OWNER))
    return _settled(session, profile.id, place)


def _settled(session: Session, tenant_id: UUID, place: Place) -> TenantProfile:
    """The company with what isn't asked when one signs up."""
    tenant = session.get_one(Tenant, tenant_id)
    tenant.country, tenant.money_display = place.country, place.money_display
    session.flush()
    return TenantProfile.of(tenant)


def _password() -> str:
    return secrets.token_urlsafe(12)
