"""A scorecard of one member's rows: their figures, their targets, and nothing of anybody else's."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pytest
from sqlalchemy import select

from tallymark.engine.ask import tenant_data
from tallymark.lake import Lake
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.composition import DEFAULT_SECTIONS, Composition
from tallymark.scorecards.exports.figures import figures_csv
from tallymark.scorecards.gather import gather
from tallymark.scorecards.lookups import reps_within
from tallymark.scorecards.produce import produce
from tallymark.scorecards.scope import Scope, ScopeError
from tallymark_sdk.model import dataset
from tallymark_tenants.kpi_sets import create_set
from tallymark_tenants.models import Scorecard
from tallymark_tenants.targets import TargetValue, set_target

JUNE = date(2026, 6, 1)
KPIS = ("revenue.bookings", "conversion.close_ratio", "pipeline.opportunities", "cash.receivables")
EVERYTHING = Composition(sections=tuple(replace(choice, shown=True) for choice in DEFAULT_SECTIONS))


def deal(key: str, rep: str, status: str, amount: int, month: int = 6) -> dict:
    when = datetime(2026, month, 10, 12, tzinfo=UTC)
    return {"id": key, "status": status, "amount": amount, "closed_at": when, "created_at": when, "rep_id": rep,
            "region_id": "north", "loss_reason": "Zqprice" if status == "lost" else None}  # fmt: skip


ROWS = {
    "teams": [{"id": "south", "name": "Zqsouth"}, {"id": "north", "name": "Zqnorth"}],
    "regions": [{"id": "north", "name": "Zqregion"}],
    "reps": [
        {"id": "ann", "name": "Ann", "team_id": "south"},
        {"id": "bao", "name": "Zqbao", "team_id": "south"},
        {"id": "cy", "name": "Zqcy", "team_id": "north"},
    ],
    "opportunities": [
        deal("1", "ann", "won", 100), deal("2", "ann", "lost", 40), deal("3", "ann", "won", 70, month=5),
        deal("4", "bao", "won", 917), deal("5", "cy", "won", 5003), deal("6", "cy", "lost", 1),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def company(database, settings):
    from tallymark_tenants.accounts import create_tenant

    with database.auth() as session:
        profile = create_tenant(session, name="Acme", currency="USD")
    lake = Lake(settings.lake_dir)
    with database.tenant(profile.id) as session:
        for name, rows in ROWS.items():
            full = [{"source_id": "crm", **row} for row in rows]
            lake.land(session, profile, name, [pa.RecordBatch.from_pylist(full, dataset(name).import_schema)])
        session.add(
            Scorecard(kpi_set_id=create_set(session, "Mine", KPIS), name="Sales", layout=EVERYTHING.stored())
        )
        for member, value in (("", 8000), ("ann", 80), ("bao", 1000)):
            set_target(
                session,
                TargetValue(
                    metric="revenue.bookings", dimension="rep" if member else "", member=member,
                    start=JUNE, end=date(2026, 7, 1), value=Decimal(value),
                ),
            )  # fmt: skip
    return SimpleNamespace(profile=profile, lake=lake)


@pytest.fixture
def shown(database, company):
    def make(scope: Scope, locale: str = "en"):
        with database.tenant(company.profile.id) as session:
            scorecard = session.scalars(select(Scorecard)).one()
            basis = gather(
                session,
                company.lake,
                scorecard.kpi_set_id,
                grain="month",
                day=JUNE,
                scope=scope,
                scorecard=scorecard,
            )
        return produce(basis, company.lake, title="Sales", locale=locale)

    return make


def tiles(document) -> dict:
    return {
        tile.metric: tile
        for section in document.sections
        if section.kind == "tiles"
        for group in section.groups
        for tile in group.tiles
    }


ANN = Scope(dimension="rep", member="ann")


def test_a_representatives_figures_and_targets_stand_where_the_companys_stood(shown):
    mine = tiles(shown(ANN))
    bookings = mine["revenue.bookings"]
    assert (bookings.value.exact, bookings.target.exact, bookings.status) == ("100", "80", "on")
    assert mine["conversion.close_ratio"].value.exact == "0.5"
    assert mine["pipeline.opportunities"].value.exact == "2"
    assert [delta.text for delta in bookings.deltas] == ["+42.9%"]  # 100 after 70 in May


def test_what_isnt_counted_by_representative_has_no_value_and_nobody_elses(shown):
    receivables = tiles(shown(ANN))["cash.receivables"]
    assert receivables.value is None
    assert receivables.reason


def test_nothing_of_anybody_else_is_in_the_document_or_its_files(shown):
    document = shown(ANN)
    everything = json.dumps(to_json(document)) + figures_csv(document)
    for foreign in ("Zq", "5003", "6020", "917", "8000", '"cy"', "bao"):
        assert foreign not in everything, foreign
    kinds = {section.kind for section in document.sections}
    assert kinds & {"funnel", "bars", "cohorts"} == set()
    assert "Ann" in document.cover.scope


def test_a_team_has_its_own_representatives_in_the_ranking(shown):
    document = shown(Scope(dimension="team", member="south"))
    assert tiles(document)["revenue.bookings"].value.exact == "1017"
    rankings = [section for section in document.sections if section.kind == "ranking"]
    assert [row.name for row in rankings[0].rows] == ["Zqbao", "Ann"]
    assert "Zqcy" not in json.dumps(to_json(document))


def test_a_bridge_of_a_members_figure_ends_at_it(shown):
    [bridge] = [section for section in shown(ANN).sections if section.kind == "bridge"]
    assert (bridge.steps[0].figure.exact, bridge.steps[-1].figure.exact) == ("70.0000", "100.0000")


def test_a_member_nobody_knows_is_an_empty_scorecard_with_reasons(shown):
    nobody = tiles(shown(Scope(dimension="rep", member="gone")))
    assert all(tile.value is None and tile.reason for tile in nobody.values())


def test_who_belongs_to_a_scope(database, company):
    with database.tenant(company.profile.id) as session:
        data = tenant_data(company.lake, company.profile, company.lake.pinned(session).values())
    assert reps_within(data, Scope(dimension="team", member="south")) == {"ann", "bao"}
    assert reps_within(data, Scope(dimension="team", member="' or 1=1 --")) == frozenset()
    assert reps_within(data, ANN) == {"ann"}


@pytest.mark.parametrize(
    "wrong", [{"dimension": "rep"}, {"member": "ann"}, {"dimension": "account", "member": "a"}]
)
def test_half_a_scope_or_an_unknown_one_is_refused(wrong):
    with pytest.raises(ScopeError):
        Scope(**wrong)
