"""Finding a tenant by what a person types."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantNotFound, TenantProfile, find_profile


def test_a_tenant_is_found_by_slug_id_and_name(
    database: Database, make_tenant: Callable[..., TenantProfile]
) -> None:
    name = f"Only one {uuid4()}"
    made = make_tenant(name=name)
    with database.auth() as session:
        assert find_profile(session, made.slug) == made
        assert find_profile(session, str(made.id)) == made
        assert find_profile(session, name) == made


def test_a_name_that_several_tenants_have_asks_which(
    database: Database, make_tenant: Callable[..., TenantProfile]
) -> None:
    name = f"Twins {uuid4()}"
    slugs = sorted(make_tenant(name=name).slug for _ in range(2))
    with database.auth() as session, pytest.raises(TenantNotFound, match=f"{slugs[0]}, {slugs[1]}"):
        find_profile(session, name)


def test_an_unknown_tenant_says_how_to_make_one(database: Database) -> None:
    with database.auth() as session, pytest.raises(TenantNotFound, match="tallymark tenant create"):
        find_profile(session, "nobody at all")
