"""The parts of the demo that deal with the machine: ports, processes, the owner's login."""

import io
import os
import socket
import stat
import sys
import time

import pytest

from tallymark.demo import needs
from tallymark.demo.console import Console
from tallymark.demo.errors import DemoError
from tallymark.demo.owner import EMAIL, Login, ensure_owner
from tallymark.demo.processes import Children
from tallymark_tenants.accounts import sign_in


@pytest.fixture
def busy():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_the_next_free_port_is_taken(busy):
    assert needs.free_port("127.0.0.1", busy, exactly=False) > busy


def test_a_port_that_was_asked_for_is_not_replaced(busy):
    with pytest.raises(DemoError, match=f"Port {busy} is in use.*--port"):
        needs.free_port("127.0.0.1", busy, exactly=True)


def test_a_missing_text_library_names_the_package(monkeypatch):
    needs.check_pango()
    monkeypatch.setattr(needs, "_PANGO", ("libnowhere.so.0",))
    with pytest.raises(DemoError, match="apt-get install libpango"):
        needs.check_pango()


def test_the_owner_is_made_once_and_a_lost_password_replaced(database, tmp_path):
    profile, login = ensure_owner(database, tmp_path)
    assert login.email == EMAIL
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600
    assert ensure_owner(database, tmp_path) == (profile, login)
    (tmp_path / "demo.json").unlink()
    again, other = ensure_owner(database, tmp_path)
    assert again == profile
    assert other.password != login.password
    assert Login.load(tmp_path) == other
    with database.auth() as session:
        assert sign_in(session, email=EMAIL, password=other.password).email == EMAIL


def test_a_child_that_dies_is_told_with_the_end_of_its_log(tmp_path):
    with Children(tmp_path, {}) as children:
        child = children.start("worker", ["no-such-command"])
        child.process.wait(timeout=60)
        with pytest.raises(DemoError, match=r"The worker ended with code 2: .*no-such-command.*worker\.log"):
            children.check()


def test_children_end_with_their_block(tmp_path, monkeypatch):
    stubborn = tmp_path / "stubborn.py"
    stubborn.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up')\ntime.sleep(600)\n"
    )
    monkeypatch.setattr("tallymark.demo.processes._PATIENCE", 0.5)
    monkeypatch.setattr("tallymark.demo.processes._COMMAND", [sys.executable])
    with Children(tmp_path, {}) as children:
        child = children.start("stubborn", [str(stubborn)])
        while not child.log.read_text():
            time.sleep(0.02)
        children.check()
    with pytest.raises(ProcessLookupError):
        os.kill(child.process.pid, 0)


def test_steps_are_lines_and_live_lines_are_for_terminals():
    stream = io.StringIO()
    console = Console(stream)
    console.live(0.5, "Half")
    console.done("Whole")
    assert stream.getvalue().startswith("✓ Whole  (")
    assert "Half" not in stream.getvalue()


def test_a_live_line_is_cleared_before_the_next_step():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    console = Console(stream)
    console.live(0.5, "Half")
    console.done("Whole")
    shown = stream.getvalue()
    assert "━" * 12 + "·" * 12 + " Half" in shown
    assert shown.index("Half") < shown.rindex("\r") < shown.index("✓ Whole")
