"""A scorecard's sections from the command line: shown, taken from a file, refused."""

import json

import pytest

from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Scorecard


@pytest.fixture
def slug(tenant, database):
    with database.tenant(tenant.id) as session:
        session.add(Scorecard(kpi_set_id=create_set(session, "Board", ["revenue.bookings"]), name="Monthly"))
    return tenant.slug


def test_what_is_shown_can_be_changed_and_given_back(run, slug, tmp_path):
    usual = json.loads(run("scorecard", "compose", slug, "Monthly").output)
    assert [choice["kind"] for choice in usual["sections"]][:3] == ["headline", "tally", "tiles"]
    file = tmp_path / "board.json"
    file.write_text(
        json.dumps({"sections": [{"kind": "tiles"}, {"kind": "ranking", "by": "team"}], "paper": "letter"})
    )
    run("scorecard", "compose", slug, "Monthly", "--file", str(file))
    kept = json.loads(run("scorecard", "compose", slug, "Monthly").output)
    assert kept == {
        "sections": [{"kind": "tiles"}, {"kind": "ranking", "by": "team"}], "paper": "letter", "orientation": "portrait",
    }  # fmt: skip
    assert json.loads(run("scorecard", "compose", slug, "Monthly", "--usual").output) == usual


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"sections": [{"kind": "pie"}]}', "kind is one of"),
        ("[1", "no composition in JSON"),
        ("[]", "is no composition"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(run, slug, tmp_path, text, sentence):
    file = tmp_path / "bad.json"
    file.write_text(text)
    answer = run("scorecard", "compose", slug, "Monthly", "--file", str(file))
    assert answer.exit_code == 2
    assert sentence in answer.stderr


def test_an_unknown_scorecard_is_told_with_those_there_are(run, slug):
    answer = run("scorecard", "compose", slug, "Weekly")
    assert "there are: Monthly" in answer.stderr
