"""The settings of a company: who may change them, what is refused, and the year that they make."""

from datetime import date

import pyarrow as pa
import pytest

from tallymark.lake import Lake
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role
from tallymark_tenants.profile import find_profile

SETTINGS = {
    "name": "Alder & Finch",
    "locale": "en",
    "timezone": "Asia/Ho_Chi_Minh",
    "calendar": "gregorian",
    "fiscal_start": "4",
    "year_end_rule": "nearest",
    "year_end_day": "saturday",
    "country": "VN",
    "weekend": "sunday",
    "alignment": "tet",
    "attribution": "as_was",
}


@pytest.fixture
def page(company, browse):
    """The settings page in an owner's browser."""
    return browse(company.users[Role.OWNER]), f"{company.base}/company/"


def profile_of(database, company):
    with database.auth() as session:
        return find_profile(session, company.profile.slug)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_owners_and_admins_change_the_settings(company, browse, database, role):
    browser, path = browse(company.users[role]), f"{company.base}/company/"
    answer = browser.post(path, SETTINGS)
    assert (answer.status_code, answer.location) == (302, path)
    kept = profile_of(database, company)
    assert (kept.fiscal_start, kept.country, kept.weekend, kept.alignment) == (4, "VN", "sunday", "tet")
    assert (kept.timezone, kept.year_end, kept.currency) == ("Asia/Ho_Chi_Minh", "nearest saturday", "EUR")
    assert kept.attribution == "as_was"
    text = browser.get(path).text
    assert "The settings are kept." in text
    assert '<option selected value="VN">Vietnam</option>' in text


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER])
def test_others_neither_see_nor_change_them(company, browse, role):
    browser = browse(company.users[role])
    assert browser.get(f"{company.base}/company/").status_code == 403
    assert f"{company.base}/company/" not in browser.get(f"{company.base}/members/").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "required"),
        ("calendar", "lunar", "Not a valid choice"),
        ("country", "XX", "Not a valid choice"),
        ("attribution", "as_if", "Not a valid choice"),
    ],
)
def test_what_does_not_exist_is_said_at_its_field(page, company, database, field, value, says):
    browser, path = page
    answer = browser.post(path, SETTINGS | {field: value})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert f'id="{field}-error"' in answer.text
    assert f'aria-describedby="{field}' in answer.text
    assert says in answer.text
    assert profile_of(database, company) == company.profile


def test_the_year_lists_the_countrys_holidays_and_the_companys_own(page, company, settings, database):
    browser, path = page
    browser.post(path, SETTINGS | {"fiscal_start": "1"})
    text = browser.get(f"{path}?year=2026").text
    assert "Holidays of 2026" in text
    assert "February 17, 2026" in text
    assert "Lunar New Year" in text
    # February 2026 has 24 days but Sundays, less Tết's five.
    assert 'February 2026</th><td class="number">19</td>' in text
    own = {
        "source_id": "test",
        "id": "1",
        "on": date(2026, 2, 3),
        "is_workday": False,
        "holiday": "Stocktaking",
    }
    rows = pa.RecordBatch.from_pylist([own], dataset("calendar_days").import_schema)
    with database.tenant(company.profile.id) as session:
        Lake(settings.lake_dir).land(session, company.profile, "calendar_days", [rows])
    text = browser.get(f"{path}?year=2026").text
    assert "Stocktaking" in text
    assert 'February 2026</th><td class="number">18</td>' in text


@pytest.mark.parametrize("year", ["", "2026-13", "next", "9999"])
def test_a_year_that_does_not_exist_is_this_one(page, year):
    browser, path = page
    assert browser.get(f"{path}?year={year}").status_code == 200


def test_a_retail_calendar_shows_its_periods(page):
    browser, path = page
    browser.post(path, SETTINGS | {"calendar": "4-5-4", "fiscal_start": "2", "country": "US"})
    text = browser.get(f"{path}?year=2023").text
    assert "Working days of FY2023" in text
    assert "P12 FY2023" in text


def test_a_company_that_counts_in_rial_may_read_toman(make_company, browse, database):
    company = make_company(currency="IRR")
    browser, path = browse(company.users[Role.OWNER]), f"{company.base}/company/"
    assert "in toman" in browser.get(path).text
    assert browser.post(path, SETTINGS | {"money_display": "toman"}).status_code == 302
    assert profile_of(database, company).money_display == "toman"


def test_other_currencies_offer_no_other_way_to_write_them(page):
    browser, path = page
    assert "in toman" not in browser.get(path).text
