"""What people wrote beside the numbers, and who gets to read it."""

from __future__ import annotations

from datetime import date

import pytest

from tallymark.scorecards.agreed import add, write_remark
from tallymark.scorecards.scope import EVERYBODY, Scope
from tallymark.scorecards.seal.findings import Verdict

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def written(company):
    """A remark that names somebody, and an action of each of two representatives."""
    with company.database.tenant(company.profile.id) as session:
        write_remark(session, company.scorecard_id, SEPTEMBER, "Binh Tran missed by 40 %.")
        add(session, company.scorecard_id, text="Call Globex", owner=" an nguyen", due_on=None)
        add(session, company.scorecard_id, text="Coach Binh", owner="Binh Tran", due_on=None)
        add(session, company.scorecard_id, text="Hire", owner="", due_on=None)
    return company


def _said(company, scope: Scope) -> tuple[list[str], bool]:
    edition = company.edition(SEPTEMBER, scope=scope)
    assert company.verified(edition).verdict is Verdict.VERIFIED
    sections = {each["kind"]: each for each in company.stored(edition).document["sections"]}
    actions = sections.get("actions", {"rows": []})["rows"]
    return [row["text"] for row in actions], "remarks" in sections


@pytest.mark.parametrize(
    ("scope", "actions", "remarks"),
    [
        (EVERYBODY, ["Call Globex", "Coach Binh", "Hire"], True),
        (Scope(dimension="rep", member="an"), ["Call Globex"], False),
        (Scope(dimension="rep", member="binh"), ["Coach Binh"], False),
    ],
    ids=["everybody", "an", "binh"],
)
def test_one_members_edition_tells_nothing_that_was_written_about_others(written, scope, actions, remarks):
    assert _said(written, scope) == (actions, remarks)
