"""Thresholds from the command line: set for a time, listed, removed, refused."""

import pytest

from tallymark_tenants.kpi_sets import create_set

KEY = "revenue.bookings"


@pytest.fixture
def slug(tenant, database):
    with database.tenant(tenant.id) as session:
        create_set(session, "Board", [KEY, "revenue.revenue"])
    return tenant.slug


def test_they_are_set_for_a_time_and_removed(run, slug):
    set_ = run("kpis", "thresholds", slug, "Board", KEY, "--on", "100%", "--risk", "85%", "--for", "2026-Q4")
    assert set_.output.splitlines() == [
        f"{KEY} always: on target from 100%, at risk from 90%",
        f"{KEY} 2026-Q4: on target from 100%, at risk from 85%",
    ]
    assert len(run("kpis", "thresholds", slug, "Board").output.splitlines()) == 3
    removed = run("kpis", "thresholds", slug, "Board", KEY, "--for", "2026-Q4", "--remove")
    assert removed.output.splitlines() == [f"{KEY} always: on target from 100%, at risk from 90%"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([KEY, "--on", "100%"], "Give both"),
        (["--on", "100%", "--risk", "90%"], "Name the KPI"),
        ([KEY, "--on", "90%", "--risk", "95%"], "smaller share"),
        ([KEY, "--remove"], "There are no thresholds for this"),
        ([KEY, "--remove", "--on", "1"], "Either"),
        (["revenue.mrr"], "doesn't have"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(run, slug, arguments, sentence):
    answer = run("kpis", "thresholds", slug, "Board", *arguments)
    assert answer.exit_code == 2
    assert sentence in answer.output
