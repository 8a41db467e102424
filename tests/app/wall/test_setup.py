"""Setting a wall up: names are asked for, the link is shown once, and only its hash stays."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, text

from tallymark.wall import setup
from tallymark.wall.entry import find
from tallymark_tenants.accounts import Role
from tallymark_tenants.models import AuditEntry, Wall


@pytest.fixture
def base(office):
    return f"/t/{office.profile.slug}/walls"


def filled(office, **changes):
    return {
        "name": "Lobby",
        "scorecard": str(office.scorecard),
        "locale": "fa",
        "screens": ["tiles", "ranking"],
        "seconds-tiles": "40",
        "seconds-ranking": "2",
        "people": "numbers",
        "celebrate": "amount",
        "stale_hours": "30",
    } | changes


def the_wall(office, name="Lobby"):
    with office.database.tenant(office.profile.id) as session:
        return session.scalar(select(Wall).where(Wall.name == name))


def test_a_wall_is_set_up_and_shows_in_the_list(office, sign_in, base):
    browser = sign_in()
    answer = browser.post(f"{base}/new", filled(office))
    assert answer.status_code == 302
    wall = the_wall(office)
    assert (wall.locale, wall.people, wall.celebrate, wall.stale_hours) == ("fa", "numbers", "amount", 30)
    # Seconds too short to read anything are made readable.
    assert wall.screens == [{"screen": "tiles", "seconds": 40}, {"screen": "ranking", "seconds": 5}]
    listed = browser.client.get(f"{base}/").get_data(as_text=True)
    assert "Lobby" in listed
    assert "No link" in listed
    shown = browser.client.get(answer.location).get_data(as_text=True)
    assert 'class="wall"' in shown


def test_names_are_asked_for_without_a_usual_answer(office, sign_in, base):
    browser = sign_in()
    form = browser.client.get(f"{base}/new").get_data(as_text=True)
    radios = re.findall(r"<input[^>]*name=\"people\"[^>]*>", form)
    assert len(radios) == 3
    assert not any("checked" in radio for radio in radios)
    given = filled(office)
    del given["people"]
    answer = browser.post(f"{base}/new", given)
    assert answer.status_code == 422
    assert "there is no usual answer" in answer.get_data(as_text=True)
    assert the_wall(office) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"celebrate": "deal"}, "only be told where people"),
        ({"screens": []}, "Choose at least one screen"),
        ({"name": "Sales office"}, "a wall of this name already"),
        ({"stale_hours": "0"}, "between 1 and 720"),
        ({"locale": "xx"}, "Not a valid choice"),
        ({"scorecard": "01890000-0000-7000-8000-000000000000"}, "Not a valid choice"),
    ],
    ids=["deal", "screens", "name", "hours", "language", "scorecard"],
)
def test_what_does_not_fit_is_said(office, sign_in, base, changes, sentence):
    answer = sign_in().post(f"{base}/new", filled(office, **changes))
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_link_is_shown_once_and_kept_as_a_hash(office, sign_in, base):
    browser = sign_in()
    page = f"{base}/{office.wall}"
    shown = browser.post(f"{page}/link", {"days": "30"}, page=page).get_data(as_text=True)
    token = re.search(r"/wall/([\w-]{43})", shown)[1]
    assert token not in browser.client.get(page).get_data(as_text=True)
    wall = the_wall(office, "Sales office")
    assert wall.token_hash == sha256(token.encode()).digest()
    assert timedelta(days=29) < wall.expires_at - datetime.now(UTC) < timedelta(days=31)
    with office.database.tenant(office.profile.id) as session:
        everything = str(session.execute(text("select * from walls")).all())
        everything += str([entry.detail for entry in session.scalars(select(AuditEntry))])
    assert token not in everything
    # The one before is worth nothing now.
    assert browser.client.get(office.path).status_code == 404
    assert browser.client.get(f"/wall/{token}").status_code == 200


def test_revoked_replaced_expired_and_unknown_links_are_the_same_404(office, app, sign_in, base):
    browser = sign_in()
    page = f"{base}/{office.wall}"
    unknown = app.test_client().get("/wall/" + "x" * 43)
    assert unknown.status_code == 404

    def same():
        for path in ("", "/state", "/events"):
            answer = app.test_client().get(office.path + path)
            assert (answer.status_code, answer.data) == (404, unknown.data)

    assert app.test_client().get(office.path).status_code == 200
    with office.database.tenant(office.profile.id) as session:
        wall = session.get_one(Wall, (office.profile.id, office.wall))
        wall.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    same()
    with office.database.tenant(office.profile.id) as session:
        session.get_one(Wall, (office.profile.id, office.wall)).expires_at = None
    assert app.test_client().get(office.path).status_code == 200
    assert browser.post(f"{page}/revoke", page=page).status_code == 302
    same()
    assert the_wall(office, "Sales office").token_hash is None


def test_a_wall_is_changed_and_deleted_and_all_of_it_is_audited(office, sign_in, base):
    browser = sign_in()
    page = f"{base}/{office.wall}"
    assert browser.post(page, filled(office, name="Foyer")).status_code == 302
    assert the_wall(office, "Foyer").people == "numbers"
    browser.post(f"{page}/link", {"days": ""}, page=page)
    browser.post(f"{page}/revoke", page=page)
    assert browser.post(f"{page}/delete", page=page).status_code == 302
    assert the_wall(office, "Foyer") is None
    with office.database.tenant(office.profile.id) as session:
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.object_id == str(office.wall)).order_by(AuditEntry.id)
        ).all()
    assert actions == [
        "wall set up",
        "wall link made",
        "wall changed",
        "wall link made",
        "wall link revoked",
        "wall deleted",
    ]
    assert "No wall screen yet" in browser.client.get(f"{base}/").get_data(as_text=True)


def test_viewers_do_not_set_walls_up(office, sign_in, base):
    browser = sign_in(Role.VIEWER)
    assert browser.client.get(f"{base}/").status_code == 403
    assert browser.client.get(f"{base}/{office.wall}").status_code == 403


def test_the_preview_fills_a_window_and_is_not_live(office, sign_in, base):
    page = sign_in().client.get(f"{base}/{office.wall}/preview").get_data(as_text=True)
    assert 'class="wall"' in page
    assert "data-events" not in page


def test_no_other_tenant_reaches_a_wall(office, make_tenant):
    other = make_tenant()
    with office.database.tenant(other.id) as session:
        assert session.scalars(select(Wall)).all() == []
        session.execute(text("update walls set people = 'names'"))
    with office.database.auth() as session:
        assert find(session, office.token).wall_id == office.wall


def test_the_role_that_finds_links_reads_nothing_else_of_a_wall(office):
    with office.database.auth() as session, pytest.raises(Exception, match="permission denied"):
        session.execute(text("select name from walls"))
    with office.database.auth() as session, pytest.raises(Exception, match="permission denied"):
        session.execute(text("select document from walls"))
    with office.database.auth() as session, pytest.raises(Exception, match="permission denied"):
        session.execute(text("update walls set token_hash = null"))


def test_a_company_has_a_limit_of_walls(office, monkeypatch, sign_in, base):
    monkeypatch.setattr(setup, "MOST_WALLS", 1)
    answer = sign_in().post(f"{base}/new", filled(office))
    assert "delete one first" in answer.get_data(as_text=True)
