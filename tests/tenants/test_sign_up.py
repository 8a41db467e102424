"""Making companies and people."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select

from tallymark_tenants.accounts import create_tenant, list_tenants_of, sign_up
from tallymark_tenants.accounts.emails import normalise
from tallymark_tenants.accounts.errors import (
    AccountError,
    EmailInvalid,
    EmailTaken,
    PasswordTooWeak,
    ValueRejected,
)
from tallymark_tenants.accounts.values import slug_of
from tallymark_tenants.models import AuditEntry, Tenant
from tallymark_tenants.profile import TenantNotFound, find_profile, load_profile

PASSWORD = "correct horse battery"


def an_address():
    return f"{uuid4().hex}@example.com"


def signing_up(session, **values):
    return sign_up(
        session, **({"company": "Acme", "email": an_address(), "password": PASSWORD, "name": "Ann"} | values)
    )


def test_signing_up_makes_a_tenant_and_its_owner(database):
    company = f"Gió Đông {uuid4().hex}"
    with database.auth() as session:
        made = signing_up(
            session,
            company=company,
            currency="vnd",
            timezone="Asia/Ho_Chi_Minh",
            calendar="gregorian",
            locale="vi",
        )
    with database.auth() as session:
        (access,) = list_tenants_of(session, made.user_id)
        assert access.role == "owner"
        assert access.profile == made.profile
        assert (
            find_profile(session, made.profile.slug)
            == find_profile(session, str(made.profile.id))
            == made.profile
        )
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.tenant_id == made.profile.id)
        ).all()
    assert sorted(actions) == ["signed up", "tenant created"]
    assert (made.profile.currency, made.profile.name) == ("VND", company)
    assert made.profile.slug.startswith("gio-dong-")
    with database.tenant(made.profile.id) as session:
        assert load_profile(session) == made.profile


def test_an_address_has_one_account_however_it_is_written(database):
    address = an_address()
    with database.auth() as session:
        signing_up(session, email=address)
    with pytest.raises(EmailTaken, match="sign in instead"), database.auth() as session:
        signing_up(session, email=f"  {address.upper()} ")


def test_two_sign_ups_at_once_make_one_account(database):
    address, company = an_address(), f"Twin {uuid4().hex}"

    def one(_):
        try:
            with database.auth() as session:
                return signing_up(session, email=address, company=company)
        except EmailTaken:
            return None

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, range(4)))
    assert sum(result is not None for result in results) == 1
    with database.auth() as session:
        assert len(session.scalars(select(Tenant.id).where(Tenant.name == company)).all()) == 1


def test_companies_of_one_name_get_addresses_of_their_own(database):
    name = f"Twin {uuid4().hex}"

    def one(_):
        with database.auth() as session:
            return create_tenant(session, name=name).slug

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(one, range(3)))) == 3
    with database.auth() as session, pytest.raises(ValueRejected, match="is taken"):
        create_tenant(session, name="Other", slug=slug_of(name))


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"email": "nobody"}, EmailInvalid),
        ({"email": "a b@example.com"}, EmailInvalid),
        ({"email": "a@localhost"}, EmailInvalid),
        ({"password": "short"}, PasswordTooWeak),
        ({"password": "x" * 1025}, PasswordTooWeak),
        ({"company": "  "}, ValueRejected),
        ({"name": "A\0nn"}, ValueRejected),
        ({"currency": "euro"}, ValueRejected),
        ({"timezone": "Mars/Olympus"}, ValueRejected),
        ({"calendar": "mayan"}, ValueRejected),
        ({"locale": "english"}, ValueRejected),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(database, values, error):
    with database.auth() as session, pytest.raises(error) as refused:
        signing_up(session, **values)
    assert isinstance(refused.value, AccountError)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme & Sons, Ltd.", "acme-sons-ltd"),
        ("Đại Việt", "dai-viet"),
        ("x" * 99, "x" * 48),
        ("a" * 47 + " b", "a" * 47),
    ],
)
def test_a_slug_is_made_of_ascii_letters_and_digits(name, slug):
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["شرکت", "公司", "…"])
def test_a_name_without_latin_letters_gets_a_random_slug(name):
    assert slug_of(name).startswith("company-")
    assert slug_of(name) != slug_of(name)


def test_addresses_are_kept_in_one_form():
    assert normalise(" Jose\u0301@Example.COM ") == "jos\u00e9@example.com"


def test_an_unknown_tenant_is_not_found(database):
    with database.auth() as session, pytest.raises(TenantNotFound, match="tallymark tenant create"):
        find_profile(session, "nowhere")
    with database.tenant(uuid4()) as session, pytest.raises(TenantNotFound):
        load_profile(session)
