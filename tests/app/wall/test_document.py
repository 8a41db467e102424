"""A wall keeps a document of its own: made when it is due, shown unless an edition is newer, and no edition."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select, text, update

from tallymark.jobs import lease as leases
from tallymark.jobs.context import JobContext
from tallymark.jobs.errors import LeaseLost
from tallymark.jobs.lease import Lease
from tallymark.jobs.registry import handler_of
from tallymark.lake import Lake
from tallymark.scorecards.codec import from_json, to_json
from tallymark.wall import making
from tallymark.wall.asking import DOCUMENT, WINS
from tallymark.wall.job import look_for_wins, make_document
from tallymark.wall.plan import ScreenKind
from tallymark.wall.pulse import take
from tallymark_tenants.branding import Branding, keep_branding
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Edition, Outbox, Run, Scorecard, Wall

KPIS = ("revenue.bookings", "deals.average_deal_size")


def runs(office, kind):
    with office.database.tenant(office.profile.id) as session:
        return session.scalars(select(Run).where(Run.kind == kind).order_by(Run.created_at, Run.id)).all()


def context(office, settings, run):
    """The run claimed as by a worker."""
    lease = Lease(tenant_id=office.profile.id, run_id=run.id, fence=run.fence)
    with office.database.tenant(office.profile.id) as session:
        claimed = leases.claim(session, lease, 60.0)
    return JobContext(
        database=office.database, settings=settings, lease=lease, lease_seconds=60.0, params=claimed.params
    )


def the_wall(office):
    with office.database.tenant(office.profile.id) as session:
        wall = session.get_one(Wall, (office.profile.id, office.wall))
        assert "document" in inspect(wall).unloaded  # lists and looks don't carry it
        return wall, session.scalar(select(Wall.document).where(Wall.id == office.wall))


def owner(office, *statements):
    with office.database.owner() as session:
        session.execute(text("select set_config('app.tenant', :t, true)"), {"t": str(office.profile.id)})
        for statement in statements:
            session.execute(statement if not isinstance(statement, str) else text(statement))


@pytest.fixture
def selling(office):
    """The office with KPIs and a deal won today, without an edition."""
    with office.database.tenant(office.profile.id) as session:
        session.execute(text("delete from editions"))
        session.execute(update(Scorecard).values(kpi_set_id=create_set(session, "Watched", KPIS)))
    office.land("opportunities", office.deal("Big fish", amount=250))
    return office


@pytest.fixture
def renew(selling, settings):
    """Open the wall and do what it asks for; the run's result."""

    def once(**later):
        take(selling.database, selling.entry, now=datetime.now(UTC) + timedelta(**later))
        return make_document(context(selling, settings, runs(selling, DOCUMENT)[-1]))

    return once


def test_who_looks_makes_a_worker_look_and_make_the_document(selling, settings, app):
    take(selling.database, selling.entry)
    take(selling.database, selling.entry)
    (look,), (asked,) = runs(selling, WINS), runs(selling, DOCUMENT)
    with selling.database.tenant(selling.profile.id) as session:
        waiting = session.scalar(select(Outbox.priority).where(Outbox.run_id == asked.id))
    assert waiting == 2  # behind what people wait for
    assert look_for_wins(context(selling, settings, look)) == {"wins": 0}
    editions = len(runs(selling, "scorecard"))
    assert make_document(context(selling, settings, asked)) == {"kept": True}
    html = app.test_client().get(selling.path).text
    assert "€250" in html
    assert "Alder &amp; Finch" in html
    assert len(runs(selling, "scorecard")) == editions  # no edition was asked for, and none is there
    with selling.database.tenant(selling.profile.id) as session:
        assert session.scalar(select(func.count()).select_from(Edition)) == 0
        pinned = selling.lake.pinned(session)
    wall, stored = the_wall(selling)
    assert wall.snapshots == {name: str(snapshot.id) for name, snapshot in pinned.items()}
    kinds = {section.kind for section in from_json(stored).sections}
    assert kinds <= set(ScreenKind)  # no appendix, which no screen shows


def test_the_job_has_an_editions_limits():
    made, edition = handler_of(DOCUMENT), handler_of("scorecard")
    assert made.timeout == edition.timeout
    assert made.back_to_back
    assert made.warm


def test_the_page_changes_with_the_document_and_says_its_age(selling, renew):
    before = take(selling.database, selling.entry)
    renew()
    first = take(selling.database, selling.entry)
    assert first.version != before.version
    assert first.stale == ""
    assert take(selling.database, selling.entry).version == first.version
    owner(selling, "update snapshots set created_at = now() - interval '50 hours'",
          "delete from syncs")  # fmt: skip
    assert "2 days old" in take(selling.database, selling.entry).stale
    selling.land("opportunities", selling.deal("Next", amount=300))
    renew(minutes=11)
    after = take(selling.database, selling.entry)
    assert after.version != first.version
    assert after.stale == ""


def test_an_edition_of_a_newer_period_shows_instead(selling, renew, app, document, sample):
    renew()
    selling.edition(sample.titled(document, company="Long ago"))
    assert "Long ago" not in app.test_client().get(selling.path).text
    ahead = {"period_start": date(2200, 1, 1), "period_end": date(2200, 2, 1)}
    selling.edition(sample.titled(document, company="Far ahead"), **ahead)
    assert "Far ahead" in app.test_client().get(selling.path).text


def test_a_document_of_an_older_schema_is_not_shown_and_made_anew(selling, renew, app, monkeypatch):
    renew()
    monkeypatch.setattr("tallymark.wall.asking.SCHEMA", 99)
    monkeypatch.setattr("tallymark.wall.showing.SCHEMA", 99)
    assert "on their way" in app.test_client().get(selling.path).text
    take(selling.database, selling.entry, now=datetime.now(UTC) + timedelta(minutes=11))
    assert len(runs(selling, DOCUMENT)) == 2


def test_a_wall_is_in_its_language_and_its_companys_look(selling, renew, app):
    with selling.database.tenant(selling.profile.id) as session:
        keep_branding(session, Branding(primary_colour="#0f766e", deep_colour="#134e4a", agency_line="North"))
    selling.plan(locale="fa")
    renew()
    html = app.test_client().get(selling.path).text
    assert 'lang="fa"' in html
    assert "/wall/colours/0f766e.css" in html
    assert "€" in html or "یورو" in html


def test_set_up_otherwise_it_shows_nothing_of_before_and_asks_at_once(selling, renew, sign_in, app):
    renew()
    assert len(runs(selling, DOCUMENT)) == 1
    browser, page = sign_in(), f"/t/{selling.profile.slug}/walls/{selling.wall}"
    form = {
        "name": "Sales office", "scorecard": str(selling.scorecard), "locale": "en", "screens": ["tiles"],
        "people": "hidden", "celebrate": "off", "stale_hours": "26",
    }  # fmt: skip
    browser.post(page, form)
    assert len(runs(selling, DOCUMENT)) == 1  # that changed no number
    assert "€250" in browser.client.get(page).text
    browser.post(page, form | {"locale": "vi"})
    asked = runs(selling, DOCUMENT)
    assert len(asked) == 2
    with selling.database.tenant(selling.profile.id) as session:
        assert session.scalar(select(Outbox.priority).where(Outbox.run_id == asked[-1].id)) == 0
    shown = browser.client.get(page).text
    assert "€250" not in shown
    assert "Load this page again" in shown
    assert the_wall(selling)[1] is None


def test_what_was_made_for_another_set_up_or_of_older_data_is_dropped(selling):
    lake = Lake(selling.lake.root)

    def ground():
        with selling.database.tenant(selling.profile.id) as session:
            return making.ground(session, lake, selling.wall, now=datetime.now(UTC))

    def keep(found):
        document = making.made(found, lake, lambda _fraction, _step: None)
        with selling.database.tenant(selling.profile.id) as session:
            return making.keep(session, found, document)

    slow = ground()
    assert keep(ground())
    assert not keep(slow)  # overtaken
    late = ground()
    selling.plan(locale="vi")
    assert not keep(late)
    assert the_wall(selling)[1] is None


def test_a_lost_run_stores_nothing_and_a_deleted_wall_needs_nothing(selling, settings):
    take(selling.database, selling.entry)
    job = context(selling, settings, runs(selling, DOCUMENT)[0])
    owner(selling, "update runs set fence = fence + 1")
    with pytest.raises(LeaseLost):
        make_document(job)
    assert the_wall(selling)[1] is None
    gone = replace(job, params={"wall_id": str(UUID(int=7))})
    assert make_document(gone) == {}


def test_documents_are_made_some_minutes_apart(office):
    def asked():
        return len(runs(office, DOCUMENT))

    now = datetime.now(UTC)
    office.land("opportunities", office.deal("One", "open"))
    take(office.database, office.entry, now=now)
    office.land("opportunities", office.deal("Two", "open"))
    take(office.database, office.entry, now=now + timedelta(minutes=5))
    assert asked() == 1
    take(office.database, office.entry, now=now + timedelta(minutes=11))
    assert asked() == 2
    take(office.database, office.entry, now=now + timedelta(minutes=30))
    assert asked() == 2  # nothing has changed
    take(office.database, office.entry, now=now + timedelta(minutes=72))
    assert asked() == 3  # but targets may have


def test_a_document_that_no_version_reads_is_none(selling, renew, app, document):
    renew()
    broken = to_json(document) | {"cover": "torn", "period_start": "2200-01-01"}
    with selling.database.tenant(selling.profile.id) as session:
        session.execute(update(Wall).values(document=broken))
    assert "on their way" in app.test_client().get(selling.path).text
