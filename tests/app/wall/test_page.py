"""What stands on the wall: the document, in its language, and no more about people than was allowed."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urljoin

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from tallymark.branding.colours import ENOUGH, contrast_with_white, on_dark
from tallymark.i18n import Formatter
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Brand, Finding
from tallymark.wall.colours import rules
from tallymark.wall.freshness import Freshness
from tallymark.wall.plan import Celebrate, People, Screen, ScreenKind
from tallymark.wall.privacy import without_people
from tallymark.wall.slides import kinds_of, paged


@pytest.fixture
def page(app, office):
    return lambda: app.test_client().get(office.path)


def test_the_page_shows_the_document(page):
    answer = page()
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for shown in ("October 2026", "Sales bookings", "$1.28M", "Maya Okafor", "Data as of"):
        assert shown in html, shown
    assert html.count('class="slide slide-tiles"') == 2  # twelve tiles: six and six


def test_the_page_needs_no_cookie_and_tells_nobody_where_it_is(page):
    answer = page()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    html = answer.get_data(as_text=True)
    assert " style=" not in html
    assert "<script>" not in html
    assert '<meta name="robots" content="noindex' in html


def test_a_link_opens_the_wall_and_nothing_else(app, office):
    client = app.test_client()
    assert client.get(office.path).status_code == 200
    for path in (f"/t/{office.profile.slug}/", f"/t/{office.profile.slug}/walls/{office.wall}"):
        assert client.get(path).status_code == 302
    assert client.post(office.path).status_code in (400, 405)


def test_an_unchanged_page_is_not_sent_again(app, office, page):
    tag = page().headers["ETag"]
    again = app.test_client().get(office.path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("people", [People.NUMBERS, People.HIDDEN])
def test_nobody_is_named_where_names_are_off(office, page, document, sample, people):
    telling = replace(
        document,
        summary=replace(
            document.summary,
            findings=(
                *document.summary.findings,
                Finding(text="Maya Okafor brought 13% of sales bookings.", metrics=()),
                Finding(text="Ann is not named by an annual plan.", metrics=()),
            ),
        ),
    )
    office.land("reps", *({"id": name, "name": name} for name in sample.REPS))
    office.edition(telling)
    office.plan(people=people, celebrate=Celebrate.AMOUNT)
    html = page().get_data(as_text=True)
    for name in (*sample.REPS, "brought 13%", "annual plan"):
        assert name not in html, name
    assert ("Rep 1" in html or "Representative 1" in html) == (people is People.NUMBERS)
    assert ('class="slide slide-ranking"' in html) == (people is People.NUMBERS)
    assert "5 of 9 KPIs" in html  # what names nobody stays


@pytest.mark.parametrize(
    ("dimension", "named"),
    [("", False), ("rep", False), ("account", False), ("team", True), ("region", True)],
    ids=["untold", "rep", "account", "team", "region"],
)
def test_only_lists_of_people_lose_names(office, page, document, dimension, named):
    def of(section):
        return replace(section, dimension=dimension) if section.kind == "ranking" else section

    office.edition(replace(document, sections=tuple(map(of, document.sections))))
    office.plan(people=People.NUMBERS, celebrate=Celebrate.AMOUNT)
    html = page().get_data(as_text=True)
    assert ("Sofia Lindqvist" in html) == named  # no sales person that the data knows of


def test_who_is_known_from_a_list_only_is_named_nowhere(document):
    ranking = next(section for section in document.sections if section.kind == "ranking")
    breakdown = next(section for section in document.sections if section.kind == "breakdown")
    (first, second, *more) = breakdown.rows
    rows = (replace(first, name="Imported Owner"), replace(second, name="Unassigned"), *more)
    told = replace(
        document,
        summary=replace(
            document.summary,
            findings=(
                Finding(text="Imported Owner is best.", metrics=()),
                Finding(text="All is well.", metrics=()),
            ),
        ),
        sections=(replace(ranking, dimension="team"), replace(breakdown, rows=rows, dimension="rep")),
    )
    words = Formatter.of("en", "USD")
    shown = without_people(told, People.NUMBERS, frozenset(), words)
    assert [finding.text for finding in shown.summary.findings] == ["All is well."]
    assert shown.sections[0] == told.sections[0]
    names = [row["name"] for row in to_json(shown)["sections"][1]["rows"]]
    assert "Imported Owner" not in names
    assert names[1] == "Unassigned"
    assert [section.kind for section in without_people(told, People.HIDDEN, frozenset(), words).sections] == [
        "ranking"
    ]


def test_a_wall_wears_its_companys_colour_and_its_languages_typeface(app, office, page, sample):
    assert "/wall/colours/" not in page().get_data(as_text=True)
    branded = replace(sample.document("zh-Hant"), brand=Brand(primary="#0f766e", deep="#134e4a"))
    office.edition(branded)
    office.plan(locale="zh-Hant")
    html = page().get_data(as_text=True)
    client = app.test_client()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    colours, faces = (
        next(each for each in sheets if part in each) for part in ("/wall/colours/", "faces-zh")
    )
    assert sheets.index(colours) > next(place for place, each in enumerate(sheets) if "css/wall.css" in each)
    rules = client.get(colours)
    assert (rules.status_code, rules.mimetype) == (200, "text/css")
    assert f"--brand: {on_dark('#0f766e')}" in rules.text
    assert "immutable" in rules.headers["Cache-Control"]
    assert "Set-Cookie" not in rules.headers
    with client.get(faces) as sheet:
        font = re.search(r"url\(([^)]+\.woff2)\)", sheet.text)[1]
    with client.get(urljoin(faces, font)) as file:
        assert file.status_code == 200
        assert file.data[:4] == b"wOF2"


@pytest.mark.parametrize("name", ["ffffff", "red", "0f766e;}", "0f766e0"])
def test_what_is_no_colour_of_ours_is_no_stylesheet(app, name):
    assert app.test_client().get(f"/wall/colours/{name}.css").status_code == 404


@pytest.mark.parametrize("colour", ["#1a1a1a", "#7a5c00", "#0f766e", "#b91c1c"])
def test_cohorts_are_written_on_in_white(colour):
    shades = re.findall(r"shade-\d+ \{ background: (#\w+)", rules(colour))
    assert len(shades) == 10
    assert min(map(contrast_with_white, shades)) >= ENOUGH
    assert len(set(shades)) > 4


def test_the_wall_speaks_its_language(office, page, sample):
    office.edition(sample.document("fa"))
    office.plan(locale="fa")
    html = page().get_data(as_text=True)
    assert '<html lang="fa" dir="rtl">' in html
    assert "مهر ۱۴۰۵" in html


def test_scorecards_of_one_person_never_show(office, page, sample, document):
    office.edition(
        sample.titled(document, company="One person only"), scope={"dimension": "rep", "member": "r1"}
    )
    assert "One person only" not in page().get_data(as_text=True)


def test_the_newest_period_shows_and_another_language_before_none(office, page, document, sample):
    newer = sample.titled(document, period="November 2026")
    office.edition(newer, period_start=date(2026, 11, 1), period_end=date(2026, 12, 1), locale="vi")
    assert "November 2026" in page().get_data(as_text=True)


def test_a_wall_without_an_edition_says_what_comes(office, page, app, document):
    with office.database.tenant(office.profile.id) as session:
        session.execute(text("delete from editions"))
    assert "on their way" in page().get_data(as_text=True)
    office.edition(document)
    office.plan(screens=(Screen(kind=ScreenKind.COHORTS),))
    if ScreenKind.COHORTS not in kinds_of(document):
        assert "None of the chosen screens" in page().get_data(as_text=True)


def test_old_data_is_marked_in_words(office, page, document):
    assert 'data-wall-stale data-overdue="Data of' in page().get_data(as_text=True)
    with office.database.owner() as session:
        session.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(office.profile.id)})
        session.execute(text("update editions set created_at = now() - interval '50 hours'"))
    html = page().get_data(as_text=True)
    assert "2 days old" in html
    assert 'class="wall-fresh is-stale"' in html
    office.plan(stale_hours=72)
    assert "days old</span>" not in page().get_data(as_text=True)


def test_ages_are_said_in_hours_and_then_in_days():
    now = datetime(2026, 11, 5, 7, tzinfo=UTC)
    words = Formatter.of("en", "USD")
    fresh = Freshness(at=datetime(2026, 11, 3, 6, tzinfo=UTC), stale_hours=26)
    assert fresh.stale_words(words, now) == "Data of November 3, 2026, 06:00 – 2 days old"
    assert fresh.stale_words(words, now - timedelta(hours=20)).endswith("– 29 hours old")
    assert fresh.is_stale(now)
    assert not fresh.is_stale(now - timedelta(hours=24))
    assert not Freshness(at=None, stale_hours=1).is_stale(now)


def test_pages_of_tiles_are_even():
    assert [len(page) for page in paged(list(range(10)))] == [5, 5]  # type: ignore[arg-type]
    assert [len(page) for page in paged(list(range(9)))] == [9]  # type: ignore[arg-type]
    assert [len(page) for page in paged(list(range(40)))] == [8, 8, 8, 8, 8]  # type: ignore[arg-type]
    assert paged([]) == []


def test_the_token_stays_out_of_the_servers_log(app, office):
    seen = {}

    def spy(environ, start_response):
        answer = app.wsgi_app(environ, start_response)
        seen.update(environ)
        return answer

    Client(spy).get(office.path, environ_overrides={"RAW_URI": office.path})
    assert office.token not in seen["RAW_URI"]
