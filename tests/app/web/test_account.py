"""A person's own account: changing the password."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from tallymark_tenants.accounts import sign_up
from tallymark_tenants.models import AuditEntry

OLD, NEW = "correct horse battery", "staple of the horses"


@pytest.fixture(autouse=True)
def fresh_limits(redis_url):
    """Each test begins with no tries counted."""


@pytest.fixture
def maya(database):
    """A user with a password."""
    email = f"maya-{uuid4().hex}@example.com"
    with database.auth() as session:
        return email, sign_up(session, company="Acme", email=email, password=OLD, name="Maya").user_id


def test_a_new_password_signs_the_other_browsers_out(browse, maya):
    email, user_id = maya
    here, elsewhere = browse(user_id), browse(user_id)
    assert 'href="/account"' in here.get("/companies").text
    assert email in here.get("/account").text
    assert here.post("/account", {"current": OLD, "new": NEW}).location == "/account"
    assert "The password is changed" in here.get("/account").text
    assert elsewhere.get("/account").location == "/signin?next=/account"
    assert browse().post("/signin", {"email": email, "password": OLD}).status_code == 422
    assert browse().post("/signin", {"email": email, "password": NEW}).status_code == 302


def test_the_current_password_is_asked_for_and_guessing_it_is_limited(browse, database, maya):
    _, user_id = maya
    browser, elsewhere = browse(user_id), browse(user_id)
    answers = [browser.post("/account", {"current": "wrong password", "new": NEW}) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {422}
    assert "The current password is wrong." in answers[0].text
    assert elsewhere.post("/account", {"current": OLD, "new": NEW}).status_code == 429, "from any browser"
    with database.auth() as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.user_id == user_id)).all()
    assert actions.count("password change refused") == 10


def test_a_weak_new_password_changes_nothing(browse, maya):
    email, user_id = maya
    refused = browse(user_id).post("/account", {"current": OLD, "new": "short"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    too_long = browse(user_id).post("/account", {"current": OLD, "new": "x" * 1025})
    assert "at most 1024 characters" in too_long.text
    assert browse().post("/signin", {"email": email, "password": OLD}).status_code == 302
