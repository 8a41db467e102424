"""A deal that became won is celebrated once, and history never is."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from tallymark.wall.plan import Celebrate, People
from tallymark.wall.pulse import take
from tallymark.wall.wins import look
from tallymark_tenants.models import Wall, WallWin

NOW = datetime.now(UTC)


@pytest.fixture
def looked(office):
    """Look once; the names of the deals to celebrate."""

    def once():
        with office.database.tenant(office.profile.id) as session:
            wall = session.get_one(Wall, (office.profile.id, office.wall))
            return [
                win.deal_id for win in look(session, office.lake, office.profile, wall, now=datetime.now(UTC))
            ]

    return once


@pytest.fixture
def stocked(office, looked):
    """An office with some deals, which the wall has seen."""
    office.land("opportunities", office.deal("Old", days_ago=1), office.deal("Open", "open"))
    assert looked() == []  # the first look only remembers
    return office


def test_a_deal_is_celebrated_once_when_it_becomes_won(stocked, looked):
    stocked.land("opportunities", stocked.deal("Open"))
    assert looked() == ["Open"]
    assert looked() == []
    stocked.land("opportunities", stocked.deal("Open", amount=2000))
    assert looked() == []
    # Reopened and won again: still the same deal.
    stocked.land("opportunities", stocked.deal("Open", "open"))
    assert looked() == []
    stocked.land("opportunities", stocked.deal("Open"))
    assert looked() == []


def test_history_is_not_celebrated(stocked, looked):
    stocked.land("opportunities", *(stocked.deal(f"Past {n}", days_ago=4 + n) for n in range(50)))
    assert looked() == []


def test_of_many_only_the_largest_are_celebrated(stocked, looked):
    stocked.land("opportunities", *(stocked.deal(f"New {n}", amount=n * 100) for n in range(1, 9)))
    assert looked() == ["New 8", "New 7", "New 6"]
    assert looked() == []


def test_deleted_and_lost_deals_are_not_won(stocked, looked):
    gone = stocked.deal("Gone") | {"deleted_at": int(NOW.timestamp() * 1_000_000)}
    stocked.land("opportunities", gone, stocked.deal("Lost", "lost"))
    assert looked() == []


def test_a_look_after_the_earlier_snapshot_has_aged_only_remembers(stocked, looked):
    with stocked.database.tenant(stocked.profile.id) as session:
        session.execute(text("update walls set wins_snapshot_id = uuidv7()"))
    stocked.land("opportunities", stocked.deal("Open"))
    assert looked() == []


def test_a_whole_new_base_is_compared_row_by_row(stocked, looked, monkeypatch):
    monkeypatch.setattr("tallymark.wall.wins.changed_between", lambda old, new: None)
    stocked.land("opportunities", stocked.deal("Open"))
    assert looked() == ["Open"]


@pytest.mark.parametrize(
    ("people", "celebrate", "told"),
    [
        (People.NAMES, Celebrate.DEAL, {"name": "Open", "by": "Won by Maya Okafor", "amount": "€1.00K"}),
        (People.NAMES, Celebrate.AMOUNT, {"name": "", "by": "", "amount": "€1.00K"}),
        (People.HIDDEN, Celebrate.AMOUNT, {"name": "", "by": "", "amount": "€1.00K"}),
        (People.NUMBERS, Celebrate.PLAIN, {"name": "", "by": "", "amount": ""}),
    ],
    ids=["deal", "amount", "amount hidden", "plain"],
)
def test_a_celebration_says_what_the_wall_may(office, looked, people, celebrate, told):
    office.plan(people=people, celebrate=celebrate)
    office.land("opportunities", office.deal("Open", "open"))
    looked()
    before = take(office.database, office.entry)
    office.land("opportunities", office.deal("Open"))
    assert looked() == ["Open"]
    after = take(office.database, office.entry, UUID(before.cursor))
    (cheer,) = after.cheers
    assert cheer.title == "We won a deal!"
    assert {"name": cheer.name, "by": cheer.by, "amount": cheer.amount} == told
    if celebrate is not Celebrate.DEAL:
        with office.database.tenant(office.profile.id) as session:
            kept = session.scalars(select(WallWin)).one()
        assert (kept.name, kept.rep) == ("", "")  # what may not be told isn't kept either
    assert take(office.database, office.entry, UUID(after.cursor)).cheers == ()


def test_names_that_were_kept_are_not_told_once_names_are_off(stocked, looked):
    stocked.land("opportunities", stocked.deal("Open"))
    looked()
    stocked.plan(people=People.HIDDEN, celebrate=Celebrate.AMOUNT)
    (cheer,) = take(stocked.database, stocked.entry, UUID(int=0)).cheers
    assert (cheer.name, cheer.by) == ("", "")


def test_what_was_won_long_ago_is_not_celebrated_when_a_screen_comes_back(stocked, looked):
    stocked.land("opportunities", stocked.deal("Open"))
    looked()
    later = datetime.now(UTC) + timedelta(hours=3)
    assert take(stocked.database, stocked.entry, UUID(int=0), now=later).cheers == ()
