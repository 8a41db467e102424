"""Editions through the product: the command, the page and the interface for programs."""

from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tallymark.app import create_app
from tallymark.cli.scorecard import scorecard as command
from tallymark.web.settings import WebSettings
from tallymark_tenants.accounts import Role, start_session
from tallymark_tenants.db import VARIABLES
from tallymark_tenants.models import Membership, User

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def installation(company, settings, monkeypatch):
    """The company in an installation whose secret is the one that editions are sealed with."""
    monkeypatch.setenv("TALLYMARK_DATA", str(settings.data_dir))
    monkeypatch.setenv("TALLYMARK_REDIS_URL", settings.redis_url)
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", settings.secret_key)
    for role, name in VARIABLES.items():
        monkeypatch.setenv(name, getattr(settings.urls, role))
    company.secret = settings.secret_key
    return company


def run(*words):
    return CliRunner().invoke(command, list(map(str, words)))


def test_the_command_lists_and_verifies(installation):
    slug = installation.profile.slug
    assert "There are no editions yet" in run("editions", slug).output
    made = installation.edition(SEPTEMBER)
    listed = run("editions", slug).output
    assert str(made) in listed
    assert "2026-09" in listed
    verified = run("verify", made)
    assert verified.exit_code == 0, verified.output
    assert verified.output.splitlines()[0].endswith("  verified")
    assert "figures are the same" in verified.output
    (line,) = run("verify", "--all", slug, "--json").output.splitlines()
    assert json.loads(line)["verdict"] == "verified"
    (installation.settings.editions_dir / installation.stored(made).pdf_path).write_bytes(b"%PDF-other")
    changed = run("verify", made)
    assert (changed.exit_code, "changed after sealing" in changed.output) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["verify"], "Name an edition"),
        (["verify", "soon"], "'soon' is no edition's id"),
        (["verify", uuid4()], "There is no edition"),
    ],
)
def test_what_is_wrong_is_one_sentence(installation, words, sentence):
    result = run(*words)
    assert result.exit_code != 0
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.fixture
def browser(installation, settings, database):
    """Sign somebody in with a role."""
    app = create_app(settings, WebSettings(), database=database)
    app.config["WTF_CSRF_ENABLED"] = False

    def sign_in(role):
        with database.auth() as session:
            user = User(email=f"{uuid4().hex}@example.com", name="Somebody")
            session.add(user)
            session.flush()
            session.add(Membership(tenant_id=installation.profile.id, user_id=user.id, role=role))
            token = start_session(session, user.id)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return sign_in


def test_the_page_shows_the_seal_and_verifies(installation, browser):
    made = installation.edition(SEPTEMBER)
    base = f"/t/{installation.profile.slug}/scorecards/editions/{made}"
    seal = installation.stored(made).seal.split(":")[1][:12]
    viewer, analyst = browser(Role.VIEWER), browser(Role.ANALYST)
    assert f"{base}/seal" in viewer.get(base).text
    shown = viewer.get(f"{base}/seal").text
    assert seal in shown
    assert "2 snapshots with 9 rows" in shown
    assert "<form" not in shown.partition("<main")[2]
    assert viewer.post(f"{base}/seal").status_code == 403
    answer = analyst.post(f"{base}/seal")
    assert answer.status_code == 200
    assert "Verified: it is stored as it was sealed" in answer.text
    (installation.settings.editions_dir / installation.stored(made).pdf_path).write_bytes(b"%PDF-other")
    assert "Changed after sealing" in analyst.post(f"{base}/seal").text


def test_programs_get_the_same(installation, browser):
    made = installation.edition(SEPTEMBER)
    base = f"/t/{installation.profile.slug}/api/v1/editions"
    analyst = browser(Role.ANALYST)
    (listed,) = analyst.get(base).json
    assert (listed["id"], listed["start"], listed["dimension"]) == (str(made), "2026-09-01", "")
    answer = analyst.get(f"{base}/{made}/verification")
    assert (answer.status_code, answer.json["verdict"]) == (200, "verified")
    assert answer.json["equal"] == answer.json["figures"]
    assert browser(Role.VIEWER).get(f"{base}/{made}/verification").status_code == 403
    assert analyst.get(f"{base}/{uuid4()}/verification").status_code == 404
