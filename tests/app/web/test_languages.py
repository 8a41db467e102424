"""Every page in every language: no sentence that no catalogue has, and each language's own digits and direction."""

from datetime import UTC, date, datetime
from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pyarrow as pa
import pytest
from sqlalchemy import select

from tallymark import jobs
from tallymark.app import create_app
from tallymark.i18n import catalogue
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.gather import gather
from tallymark.scorecards.produce import produce
from tallymark.scorecards.starter import STARTERS
from tallymark.web.localisation import guess_from_browser
from tallymark.web.settings import WebSettings
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts import Role, create_tenant, start_session
from tallymark_tenants.accounts.company import change_company
from tallymark_tenants.accounts.language import choose_language
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Edition, Membership, User

from .languages import AS_WRITTEN, DIGIT, Marked, foreign_words, seen, unmarked
from .test_access_table import address, objects_of

DIRECTIONS = {"en": "ltr", "vi": "ltr", "fa": "rtl", "zh-Hant": "ltr"}
WON = datetime(2026, 6, 10, 12, tzinfo=UTC)
DEALS = [
    {"id": "1", "status": "won", "amount": 250, "closed_at": WON, "rep_id": "zed"},
    {"id": "2", "status": "won", "amount": 70, "closed_at": WON, "currency": "USD"},
    {"id": "3", "status": "lost", "amount": 9, "closed_at": WON, "loss_reason": "Qx"},
]
ASKED = {
    "explain.index": "metric=revenue.bookings&period=2026-06",
    "bridge.index": "metric=revenue.bookings&to=2026-06",
    "targets.index": "metric=revenue.bookings&period=2026",
}
"""What some pages show only when asked."""
NAMES = {
    "utf",
    "logo",
    "churn",
    "retention",
    "Call",
    "Office",
    "Low",
    "them",
    "Id",
    "Amount",
    "Acme",
    "Zed",
    "Zoe",
    "Exports",
    "Sales",
    "Monthly",
    "Half",
    "Qx",
    "Mx",
}
"""What the company itself called its things."""
WITHOUT_WORDS = {"static", "web.asset", "health.live", "health.ready", "imports.rejected", "scorecards.pdf"}
"""Routes that answer with files, or to machines."""


@pytest.fixture(scope="module")
def pages(settings, database):
    """The application without the CSRF check, and a company with data, an edition and one object of each kind."""
    app = create_app(settings, WebSettings(), database=database)
    app.config["WTF_CSRF_ENABLED"] = False
    with database.auth() as session:
        profile = create_tenant(session, name="Acme", currency="EUR", calendar="jalali")
        users = {}
        for role in Role:
            person = User(email=f"{role}-{profile.id.hex}@example.com", name="Zoe")
            session.add(person)
            session.flush()
            session.add(Membership(tenant_id=profile.id, user_id=person.id, role=role))
            users[role] = person.id
    lake = Lake(settings.lake_dir)
    rows: dict[str, list] = {"opportunities": DEALS, "reps": [{"id": "zed", "name": "Zed"}]}
    with database.tenant(profile.id) as session:
        for name, given in rows.items():
            full = [{"source_id": "crm", **row} for row in given]
            lake.land(session, profile, name, [pa.RecordBatch.from_pylist(full, dataset(name).import_schema)])
        basis = gather(
            session, lake, create_set(session, "Mx", STARTERS), grain="month", day=date(2026, 6, 1)
        )
    company = SimpleNamespace(profile=profile, users=users)
    objects = objects_of(database, company, settings)

    def read(locale: str):
        """A client of the owner's, who reads `locale`, and the edition as it reads in it."""
        with database.auth() as session:
            choose_language(session, users[Role.OWNER], locale)
            token = start_session(session, users[Role.OWNER])
        with database.tenant(profile.id) as session:
            document = to_json(produce(basis, lake, title="Sales", locale=locale))
            sealed = session.scalars(select(Edition).where(Edition.id == objects["edition_id"])).one()
            edition = Edition(
                run_id=jobs.request(session, profile.id, "import", f"edition {locale}", uuid4().hex, {}),
                scorecard_id=sealed.scorecard_id, period_start=date(2026, 5, 22), period_end=date(2026, 6, 22),
                grain="month", locale=locale, document=document, snapshots={},
            )  # fmt: skip
            session.add(edition)
            session.flush()
            objects["edition_id"] = edition.id
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    return SimpleNamespace(app=app, profile=profile, objects=objects, read=read)


@pytest.fixture
def marked(monkeypatch):
    """Persian in which the product's own texts stay English, between brackets."""
    monkeypatch.setattr(import_module("tallymark.i18n.catalogue"), "translations", lambda _language: Marked())
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


def answers(pages, client, method):
    """Each route's page for the owner, posts without data and what they lead to."""
    for rule in pages.app.url_map.iter_rules():
        if method not in rule.methods or rule.endpoint in WITHOUT_WORDS or rule.endpoint.startswith("api."):
            continue
        if rule.endpoint in ("accounts.sign_out", "accounts.language"):
            continue
        path = address(pages.app, rule, pages.profile.slug, pages.objects)
        query = ASKED.get(rule.endpoint) if method == "GET" else None
        response = client.open(path, method=method, query_string=query, follow_redirects=True)
        assert response.status_code < 500, (method, rule.rule)
        html = response.mimetype == "text/html"
        text = response.get_data(as_text=html)
        response.close()
        if html:
            yield f"{method} {rule.endpoint} {response.status_code}", text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_says_what_no_catalogue_has(pages, marked, method):
    client = pages.read("fa")
    found: dict[str, str] = {}
    checked = 0
    for where, html in answers(pages, client, method):
        checked += 1
        for text in seen(html).texts:
            if words := foreign_words(unmarked(text), NAMES):
                found.setdefault(f"{' '.join(words)} | {text[:150]}", where)
    assert checked > 20
    assert not found, "\n".join(f"{where}: {text}" for text, where in found.items())


def test_errors_and_doors_speak_too(pages, marked):
    found: dict[str, str] = {}
    guest = pages.app.test_client()
    for path in ("/signin", "/signup", "/nowhere", "/invitation/none", "/account"):
        html = guest.get(path, headers={"Accept-Language": "fa"}, follow_redirects=True).get_data(
            as_text=True
        )
        for text in seen(html).texts:
            if words := foreign_words(unmarked(text), NAMES):
                found.setdefault(f"{' '.join(words)} | {text[:150]}", path)
    assert not found, "\n".join(f"{where}: {text}" for text, where in found.items())


@pytest.mark.parametrize("locale", ["vi", "fa", "zh-Hant"])
def test_pages_say_their_language_and_no_latin_digit_reaches_a_persian_reader(pages, locale):
    client = pages.read(locale)
    found: dict[str, str] = {}
    for where, html in answers(pages, client, "GET"):
        page = seen(html)
        assert (page.lang, page.dir) == (locale, DIRECTIONS[locale]), where
        for text in page.texts if locale == "fa" else ():
            if text not in page.hints and DIGIT.search(AS_WRITTEN.sub("", text)):
                found.setdefault(text[:150], where)
    assert not found, "\n".join(f"{where}: {text}" for text, where in found.items())


def own(app, database, make_company, locale="en"):
    """A company that speaks `locale`, and its owner."""
    company = make_company()
    with database.tenant(company.profile.id) as session:
        change_company(session, company.profile.id, locale=locale)
    return company, company.users[Role.OWNER]


def language(response) -> tuple[str, str]:
    page = seen(response.get_data(as_text=True))
    return page.lang, page.dir


def test_a_person_reads_the_companys_language_until_they_choose_their_own(
    app, database, make_company, browse
):
    company, owner = own(app, database, make_company, "vi")
    browser = browse(owner)
    assert language(browser.get(f"{company.base}/")) == ("vi", "ltr")
    answer = browser.post("/language", {"locale": "fa", "next": "/account"}, page="/account")
    assert answer.location == "/account"
    account = browser.get("/account")
    assert language(account) == ("fa", "rtl")
    assert catalogue("fa").gettext("The language of your pages is changed.") in account.get_data(as_text=True)
    assert language(browser.get(f"{company.base}/")) == ("fa", "rtl")
    # Nobody else's pages change, and the choice outlives the session.
    assert language(browse(company.users[Role.ADMIN]).get(f"{company.base}/")) == ("vi", "ltr")
    assert language(browse(owner).get(f"{company.base}/")) == ("fa", "rtl")
    browser.post("/language", {"locale": "", "next": "/account"}, page="/account")
    assert language(browser.get(f"{company.base}/")) == ("vi", "ltr")


def test_numbers_follow_the_reader_and_the_currency_the_company(app, database, make_company, browse):
    company, owner = own(app, database, make_company, "en")
    with database.auth() as session:
        choose_language(session, owner, "fa")
    page = browse(owner).get(f"{company.base}/company/").get_data(as_text=True)
    assert "EUR" in page
    assert "۱" in page


def test_a_visitor_switches_the_language_before_signing_in(app, browse):
    browser = browse()
    assert language(browser.get("/signin", headers={"Accept-Language": "de, vi;q=0.5"})) == ("vi", "ltr")
    answer = browser.post("/language", {"locale": "zh-Hant", "next": "/signup?x=1"}, page="/signin")
    assert answer.location == "/signup?x=1"
    page = browser.get("/signup", headers={"Accept-Language": "vi"})
    assert language(page) == ("zh-Hant", "ltr")
    assert 'selected value="zh-Hant"' in page.get_data(as_text=True)  # a new company begins in it
    for name in ("English", "Tiếng Việt", "فارسی", "繁體中文"):
        assert name in page.get_data(as_text=True)
    assert browser.post("/language", {"locale": "xx", "next": "//evil"}, page="/signin").location == "/"
    assert language(browser.get("/signin")) == ("zh-Hant", "ltr")


@pytest.mark.parametrize(
    ("asked", "locale", "currency", "calendar"),
    [
        ("fa-IR,fa;q=0.9", "fa", "IRR", "jalali"),
        ("vi", "vi", "VND", "gregorian"),
        ("zh-TW", "zh-Hant", "TWD", "gregorian"),
        ("de-DE", "en", "EUR", "gregorian"),
    ],
    ids=["fa", "vi", "zh-Hant", "de"],
)
def test_a_new_company_begins_with_what_the_browser_tells(app, asked, locale, currency, calendar):
    with app.test_request_context(headers={"Accept-Language": asked}):
        guess = guess_from_browser()
    assert (guess.locale, guess.currency, guess.calendar) == (locale, currency, calendar)


def test_the_words_of_form_checks_are_the_readers(app, browse):
    browser = browse()
    browser.post("/language", {"locale": "fa", "next": "/"}, page="/signin")
    page = browser.post("/signup", {"password": "short", "company": "x" * 300}).get_data(as_text=True)
    assert catalogue("fa").gettext("This field is required.") in page
    assert "۲۰۰" in page  # the most characters that a company's name has
    assert "200" not in "".join(seen(page).texts)
