"""What a company is set up with: what there is, what there isn't, and who changed it."""

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tallymark_tenants.accounts import create_tenant
from tallymark_tenants.accounts.company import SettingRejected, change_company
from tallymark_tenants.accounts.errors import ValueRejected
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile, find_profile


def test_settings_are_changed_one_by_one_and_kept(database: Database, tenant: TenantProfile) -> None:
    with database.auth() as session:
        change_company(session, tenant.id, calendar="4-5-4", fiscal_start=2, year_end=" Last Friday")
    with database.auth() as session:
        change_company(session, tenant.id, country="ir", weekend="friday, thursday", alignment="nowruz")
        assert find_profile(session, tenant.slug).attribution == "as_is"
        change_company(session, tenant.id, attribution="as-was")
        assert find_profile(session, tenant.slug).engine == "duckdb"
        change_company(session, tenant.id, engine=" Spark")
        found = find_profile(session, tenant.slug)
    assert (found.calendar, found.fiscal_start, found.year_end) == ("4-5-4", 2, "last friday")
    assert (found.country, found.weekend, found.alignment) == ("IR", "thursday,friday", "nowruz")
    assert (found.attribution, found.engine) == ("as_was", "spark")
    assert (found.name, found.currency, found.timezone) == (tenant.name, tenant.currency, tenant.timezone)


def test_a_change_is_in_the_audit_trail_with_what_it_was_before(
    database: Database, tenant: TenantProfile, settings
) -> None:
    with database.auth() as session:
        change_company(session, tenant.id, country="VN", calendar=tenant.calendar)
        change_company(session, tenant.id, country="VN")
    with psycopg.connect(settings.urls.owner.replace("+psycopg", "")) as connection:
        connection.execute("select set_config('app.tenant', %s, true)", [str(tenant.id)])
        entries = connection.execute(
            "select detail from audit where tenant_id = %s and action = 'company settings changed'",
            [tenant.id],
        ).fetchall()
    assert entries == [({"before": {"country": ""}, "after": {"country": "VN"}},)]


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("calendar", "lunar", "gregorian, jalali, 4-4-5, 4-5-4, 5-4-4 or iso-week"),
        ("fiscal_start", 13, "from 1 to 12"),
        ("year_end", "first saturday", "nearest or last"),
        ("country", "XX", "two-letter code, such as VN"),
        ("country", "Vietnam", "two-letter code, such as VN"),
        ("country", "VNM", "two-letter code, such as VN"),
        ("weekend", "fri", 'such as "thursday,friday"'),
        ("weekend", "monday,tuesday,wednesday,thursday,friday,saturday,sunday", "must be worked"),
        ("weekend", "none,friday", "no weekday"),
        ("alignment", "easter", "tet, lunar_new_year or nowruz"),
        ("attribution", "as_if", "as_is or as_was"),
        ("name", " ", "empty"),
    ],
)
def test_what_does_not_exist_is_refused_and_nothing_changes(
    database: Database, tenant: TenantProfile, setting: str, value: object, says: str
) -> None:
    changes: dict[str, Any] = {"locale": "fa"} | {setting: value}
    with database.auth() as session, pytest.raises(SettingRejected, match=says) as refused:
        change_company(session, tenant.id, **changes)
    assert refused.value.setting == setting
    with database.auth() as session:
        assert find_profile(session, tenant.slug) == tenant


@pytest.mark.parametrize(("given", "kept"), [("", ""), ("none", "none"), ("Sunday", "sunday")])
def test_a_weekend_of_ones_own(database: Database, given: str, kept: str) -> None:
    with database.auth() as session:
        assert create_tenant(session, name="Open all week", weekend=given).weekend == kept


def test_a_new_company_is_held_to_the_same_rules(database: Database) -> None:
    with database.auth() as session, pytest.raises(ValueRejected, match="No public holidays are known"):
        create_tenant(session, name="Nowhere", country="QQ")
    with database.auth() as session, pytest.raises(ValueRejected, match="from 1 to 12"):
        create_tenant(session, name="Nowhere", fiscal_start=0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("country", "vn"),
        ("weekend", "friday,"),
        ("year_end", "saturday"),
        ("alignment", "easter"),
        ("attribution", "as_if"),
    ],
)
def test_the_database_refuses_them_too(
    database: Database, tenant: TenantProfile, column: str, value: str
) -> None:
    with pytest.raises(IntegrityError, match=f"ck_tenants_{column}"), database.tenant(tenant.id) as session:
        session.execute(text(f"update tenants set {column} = :value"), {"value": value})


def test_a_way_to_write_amounts_is_kept_and_fits_the_currency(database: Database) -> None:
    with database.auth() as session:
        made = create_tenant(session, name="Rial", currency="IRR", money_display="toman")
    assert made.money_display == "toman"
    with database.auth() as session:
        assert change_company(session, made.id, money_display="").money_display == ""
    with database.auth() as session, pytest.raises(SettingRejected, match="that is for TWD"):
        change_company(session, made.id, money_display="yuan")
    with database.auth() as session, pytest.raises(ValueRejected, match="choose toman or yuan"):
        create_tenant(session, name="Wrong", currency="IRR", money_display="lakh")


def test_a_toman_is_no_currency_of_a_company(database: Database) -> None:
    with database.auth() as session, pytest.raises(ValueRejected, match="A toman is ten rial: choose IRR"):
        create_tenant(session, name="Toman", currency="irt")
