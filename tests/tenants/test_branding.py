"""A tenant's branding as it is kept, and which logos are forgotten."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from tallymark_tenants.branding import (
    Branding,
    KeptLogo,
    branding_of,
    keep_branding,
    keep_logo,
    logo_of,
    reset_branding,
)
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import AuditEntry, Edition, Logo, Run, Scorecard


@pytest.fixture
def session(database, tenant):
    with database.tenant(tenant.id) as opened:
        yield opened


def logo(letter):
    return KeptLogo(sha256=letter * 64, mime="image/png", width=8, height=8, content=letter.encode())


def test_keeping_the_same_leaves_no_trace(session):
    look = Branding(primary_colour="#112233", deep_colour="#000000", agency_line="A")
    keep_branding(session, look)
    keep_branding(session, look)
    assert branding_of(session) == look
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
    reset_branding(session)
    assert branding_of(session) == Branding()


def test_a_logo_is_kept_while_an_edition_names_it(session):
    kpi_set = create_set(session, "Sales", ())
    card = Scorecard(name="Monthly", kpi_set_id=kpi_set)
    run = Run(kind="scorecard", key="k", input_version="1", status="done", params={})
    session.add_all([card, run])
    session.flush()
    for letter in "abc":
        keep_logo(session, logo(letter))
        if letter == "b":
            session.add(
                Edition(
                    run_id=run.id,
                    scorecard_id=card.id,
                    period_start=date(2026, 1, 1),
                    period_end=date(2026, 2, 1),
                    grain="month",
                    locale="en",
                    document={"cover": {"logo": "b" * 64}},
                    snapshots={},
                )
            )
            session.flush()
    assert set(session.scalars(select(Logo.sha256))) == {"b" * 64, "c" * 64}
    reset_branding(session)
    assert logo_of(session, "c" * 64) is None
    assert logo_of(session, "b" * 64) == logo("b")


def test_no_logo_is_forgotten_while_an_edition_is_made(session):
    session.add(Run(kind="scorecard", key="k", input_version="1", status="running", params={}))
    session.flush()
    keep_logo(session, logo("a"))
    keep_logo(session, logo("b"))
    assert logo_of(session, "a" * 64) is not None
