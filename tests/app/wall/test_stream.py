"""The event stream through a real server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest
from werkzeug.serving import make_server

from tallymark.app import create_app
from tallymark.wall import setup
from tallymark.wall.stream import Places, Rhythm, events
from tallymark.wall.wins import look
from tallymark.web.settings import WebSettings
from tallymark_tenants.models import Wall

QUICK = Rhythm(life=20.0, beat=0.3, pause=0.05)


@pytest.fixture
def server(settings, database) -> Iterator[str]:
    """The application behind a real server with threads; its streams look often."""
    app = create_app(settings, WebSettings(), database=database)
    app.config["WALL_RHYTHM"] = QUICK
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def browser(server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=20) as client:
        yield client


def told(lines: Iterator[str], wanted: str) -> tuple[str, dict]:
    """The next event of that name: its id and data."""
    identity = event = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            identity = value
        elif name == "event":
            event = value
        elif name == "data" and event == wanted:
            return identity, json.loads(value)
    raise AssertionError(f"The stream ended without {wanted}.")


@contextmanager
def opened(browser: httpx.Client, office, **options) -> Iterator[httpx.Response]:
    """A stream; the server notices only at its next write that nobody listens to the one before."""
    for _attempt in range(200):
        with browser.stream("GET", f"{office.path}/events", **options) as answer:
            if answer.status_code == 200:
                yield answer
                return
        threading.Event().wait(0.05)
    pytest.fail("The place of the stream before was never given back.")


def win(office, name):
    office.land("opportunities", office.deal(name))
    with office.database.tenant(office.profile.id) as session:
        wall = session.get_one(Wall, (office.profile.id, office.wall))
        return look(session, office.lake, office.profile, wall, now=datetime.now(UTC))


@pytest.fixture
def ready(office):
    office.land("opportunities", office.deal("First", days_ago=1))
    win(office, "Second")
    return office


def test_a_stream_tells_the_state_new_editions_and_won_deals(ready, browser, document):
    with browser.stream("GET", f"{ready.path}/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        _, first = told(lines, "state")
        assert first["stale"] == ""
        ready.edition(document)
        while (state := told(lines, "state")[1])["version"] == first["version"]:
            pass
        assert state["version"] != first["version"]
        win(ready, "Big fish")
        cursor, deal = told(lines, "celebrate")
        assert (deal["name"], deal["by"]) == ("Big fish", "Won by Maya Okafor")
        assert cursor == deal["id"]


def test_a_stream_goes_on_where_it_ended(ready, browser):
    page = browser.get(f"{ready.path}/state").json()
    win(ready, "While nobody listened")
    headers = {"Last-Event-ID": page["cursor"]}
    with browser.stream("GET", f"{ready.path}/events", headers=headers) as answer:
        cursor, deal = told(answer.iter_lines(), "celebrate")
        assert deal["name"] == "While nobody listened"
    win(ready, "Next")
    with opened(browser, ready, headers={"Last-Event-ID": cursor}) as answer:
        assert told(answer.iter_lines(), "celebrate")[1]["name"] == "Next"


def test_a_stream_shows_that_it_lives_and_ends_with_its_link(ready, browser):
    with browser.stream("GET", f"{ready.path}/events") as answer:
        lines = answer.iter_lines()
        assert any(line == ": beat" for line in lines)
        assert any(line == ": beat" for line in lines)
        with ready.database.tenant(ready.profile.id) as session:
            setup.revoke_link(session, session.get_one(Wall, (ready.profile.id, ready.wall)))
        assert told(lines, "gone")[1] == {}
        assert list(lines) == [""]
    assert browser.get(f"{ready.path}/events").status_code == 404


def test_who_finds_no_place_is_told_when_to_come_again_and_can_poll(ready, browser):
    with browser.stream("GET", f"{ready.path}/events") as answer:
        told(answer.iter_lines(), "state")
        refused = browser.get(f"{ready.path}/events")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        found = browser.get(f"{ready.path}/state")
        assert found.json()["state"]["version"]
        again = browser.get(f"{ready.path}/state", headers={"If-None-Match": found.headers["ETag"]})
        assert again.status_code == 304
        assert browser.get(ready.path).status_code == 200


def test_a_polled_state_carries_the_wins(ready, browser):
    before = browser.get(f"{ready.path}/state").json()
    assert before["cheers"] == []
    win(ready, "Polled")
    found = browser.get(f"{ready.path}/state", params={"after": before["cursor"]}).json()
    assert [cheer["name"] for cheer in found["cheers"]] == ["Polled"]
    assert browser.get(f"{ready.path}/state", params={"after": found["cursor"]}).json()["cheers"] == []


def test_a_place_is_given_back(ready, browser):
    for _ in range(3):
        with opened(browser, ready) as answer:
            told(answer.iter_lines(), "state")


def test_places_are_counted_for_the_process_and_for_each_wall():
    places, walls = Places(in_all=2, for_one=1), [uuid4() for _ in range(3)]
    assert places.take(walls[0])
    assert not places.take(walls[0])
    assert places.take(walls[1])
    assert not places.take(walls[2])
    places.leave(walls[0])
    assert places.take(walls[2])


def test_a_stream_ends_by_itself():
    clock = iter(range(0, 1000, 10))
    pulse = _Pulse()
    text = "".join(
        events(
            iter([pulse] * 100),  # type: ignore[list-item]
            Rhythm(life=45, beat=15, pause=1),
            clock=lambda: next(clock),
            sleep=lambda _seconds: None,
        )
    )
    assert text.startswith("retry: ")
    assert 2 <= text.count("event: state") <= 4
    assert text.count(": beat") == text.count("event: state")


class _Pulse:
    cheers = ()
    cursor = str(UUID(int=0))

    def state(self):
        return {"version": "1"}
