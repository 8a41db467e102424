"""Passwords and signed-in browsers."""

import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import argon2
import pytest
from sqlalchemy import select

from tallymark_tenants.accounts import (
    change_password,
    disable_user,
    end_session,
    find_session,
    passwords,
    sign_in,
    sign_up,
    start_session,
)
from tallymark_tenants.accounts.browser_sessions import ABSOLUTE, IDLE
from tallymark_tenants.accounts.errors import BadCredentials, Busy, PasswordTooWeak
from tallymark_tenants.models import AuditEntry, User, UserSession

PASSWORD = "correct horse battery"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def ann(database):
    """A user who owns a company."""
    with database.auth() as session:
        made = sign_up(
            session, company="Acme", email=f"{uuid4().hex}@example.com", password=PASSWORD, name="Ann"
        )
        return session.get(User, made.user_id)


def actions_of(database, user_id):
    with database.auth() as session:
        wanted = select(AuditEntry.action).where(AuditEntry.user_id == user_id).order_by(AuditEntry.id)
        return session.scalars(wanted).all()


def test_the_right_password_signs_in(database, ann):
    with database.auth() as session:
        assert sign_in(session, email=ann.email.upper(), password=PASSWORD).id == ann.id
    assert actions_of(database, ann.id)[-1] == "signed in"


def test_a_refusal_says_the_same_for_every_reason_and_is_audited(database, ann):
    said = set()
    for email, password in ((ann.email, "wrong"), ("nobody@example.com", PASSWORD), ("no address", PASSWORD)):
        with pytest.raises(BadCredentials) as refused, database.auth() as session:
            sign_in(session, email=email, password=password)
        said.add(str(refused.value))
    with database.auth() as session:
        disable_user(session, ann.id)
    with pytest.raises(BadCredentials) as refused, database.auth() as session:
        sign_in(session, email=ann.email, password=PASSWORD)
    assert said == {str(refused.value)}
    assert actions_of(database, ann.id).count("sign-in refused") == 2


def test_the_hash_costs_what_is_recommended():
    parameters = argon2.extract_parameters(passwords.STRONG.hash(PASSWORD))
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost) >= (64 * 1024, 3)


def test_an_unknown_address_costs_the_same_hash_as_a_wrong_password(database, ann, monkeypatch):
    verified = []

    class Watched(argon2.PasswordHasher):
        def verify(self, *arguments):
            verified.append(argon2.extract_parameters(arguments[0]))
            return super().verify(*arguments)

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=1, memory_cost=1024, parallelism=1))
    with database.auth() as session:
        session.get(User, ann.id).password_hash = passwords.hash_password(PASSWORD)
    for email in (ann.email, "nobody@example.com"):
        with pytest.raises(BadCredentials), database.auth() as session:
            sign_in(session, email=email, password="wrong password")
    known, unknown = verified
    assert known == unknown


def test_a_hash_of_older_parameters_is_renewed(database, ann):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    with database.auth() as session:
        session.get(User, ann.id).password_hash = weak
    for _ in range(2):
        with database.auth() as session:
            sign_in(session, email=ann.email, password=PASSWORD)
    with database.auth() as session:
        renewed = session.scalar(select(User.password_hash).where(User.id == ann.id))
    assert renewed != weak
    assert not passwords.is_outdated(renewed)


def test_only_a_few_passwords_are_hashed_at_once(monkeypatch):
    running, most, lock = 0, 0, threading.Lock()

    class Slow:
        memory_cost, time_cost, parallelism, salt_len, hash_len = 65536, 3, 4, 16, 32

        def verify(self, _hash, _password):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.05)
            with lock:
                running -= 1
            return True

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=passwords.verify, args=("x", "y")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 4
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(Busy):
        passwords.verify("x", "y")


def test_a_session_is_found_by_its_token_of_which_only_the_hash_is_kept(database, ann):
    with database.auth() as session:
        token = start_session(session, ann.id, user_agent="Firefox " * 99)
    with database.auth() as session:
        found = find_session(session, token)
        row = session.scalars(select(UserSession).where(UserSession.user_id == ann.id)).one()
        assert find_session(session, token + "x") is None
    assert found is not None
    assert (found.user_id, found.email, found.session_id) == (ann.id, ann.email, row.id)
    assert token.encode() not in row.token_hash
    assert len(row.user_agent) == 200


def test_a_session_ends_when_idle_or_old(database, ann):
    with database.auth() as session:
        token = start_session(session, ann.id, now=NOON)
        assert find_session(session, token, now=NOON + IDLE) is None
        last = NOON
        while last + IDLE < NOON + ABSOLUTE:
            last += IDLE - timedelta(minutes=1)
            assert find_session(session, token, now=last) is not None
        assert find_session(session, token, now=NOON + ABSOLUTE) is None


def test_signing_out_ends_the_session(database, ann):
    with database.auth() as session:
        token = start_session(session, ann.id)
        end_session(session, token)
        end_session(session, "unknown")
        assert find_session(session, token) is None
    assert actions_of(database, ann.id).count("signed out") == 1


def test_a_new_password_ends_the_other_sessions(database, ann):
    with database.auth() as session:
        here, there = start_session(session, ann.id), start_session(session, ann.id)
        signed_in = find_session(session, here)
        assert signed_in is not None
        kept = signed_in.session_id
    with pytest.raises(BadCredentials, match="current password"), database.auth() as session:
        change_password(session, ann.id, current="wrong", new="another long one")
    with pytest.raises(PasswordTooWeak), database.auth() as session:
        change_password(session, ann.id, current=PASSWORD, new="short")
    with database.auth() as session:
        change_password(session, ann.id, current=PASSWORD, new="another long one", keep_session=kept)
        assert find_session(session, here) is not None
        assert find_session(session, there) is None
        assert sign_in(session, email=ann.email, password="another long one").id == ann.id
    with pytest.raises(BadCredentials), database.auth() as session:
        sign_in(session, email=ann.email, password=PASSWORD)


def test_disabling_a_user_ends_all_sessions(database, ann):
    with database.auth() as session:
        token = start_session(session, ann.id)
        disable_user(session, ann.id)
        assert find_session(session, token) is None
