"""Datasets and columns of a pack in the lake: there, added later, without their pack, and there again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tallymark.engine.session import TenantData, confined
from tallymark.lake import Lake, Landed
from tallymark.lake.landing import Layout
from tallymark_sdk.model import CANONICAL, DATASETS, Column, Dataset, Kind, catalogue
from tallymark_sdk.model.packs import Extension, Model, extended
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]
Switch = Callable[..., None]

CALLS = Dataset(
    name="callcenter_calls",
    description="Calls taken.",
    money_date="started_at",
    columns=(
        Column(name="rep_id", kind=Kind.ID, description="Who.", refers_to="reps"),
        Column(name="started_at", kind=Kind.TIMESTAMP, description="When."),
        Column(name="fee", kind=Kind.MONEY, description="How much."),
    ),
)
BONUS = Extension(
    dataset="activities",
    money_date="occurred_at",
    columns=(
        Column(name="callcenter_bonus", kind=Kind.MONEY, description="The bonus."),
        Column(name="callcenter_called_at", kind=Kind.TIMESTAMP, description="When."),
        Column(name="callcenter_rank", kind=Kind.DECIMAL, description="The rank.", places=9),
    ),
)
WITH_PACK = Model(
    datasets={
        **CANONICAL,
        CALLS.name: CALLS,
        "activities": extended(CANONICAL["activities"], BONUS),
    },
    refused=(),
)
NOON = datetime(2026, 5, 4, 20, tzinfo=UTC)


@pytest.fixture(params=[Layout(), Layout(floor=0, share=1000)], ids=["whole", "change files"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", layout=request.param)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Switch:
    """Install and remove the pack."""

    def switch(*, there: bool) -> None:
        model = WITH_PACK if there else Model(datasets=CANONICAL, refused=())
        monkeypatch.setattr(catalogue._FOUND, "_model", model)

    return switch


@pytest.fixture
def query(lake: Lake, database: Database, tenant: TenantProfile) -> Callable[[str], list[tuple[Any, ...]]]:
    """Ask the engine's own session over everything that is pinned."""

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with database.tenant(tenant.id) as session:
            files = {name: snapshot.files for name, snapshot in lake.pinned(session).items()}
        with confined(TenantData(folder=lake.root / str(tenant.id), files=files)) as connection:
            return connection.sql(sql).fetchall()

    return ask


def test_an_own_dataset_is_derived_and_read_like_any_other(
    land: Land, installed: Switch, query: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    installed(there=True)
    land("fx_rates", [{"id": "1", "currency": "USD", "on": date(2026, 5, 4), "rate": Decimal("1.25")}])
    land(
        "callcenter_calls",
        [
            {"id": "1", "started_at": NOON, "fee": Decimal(8), "currency": "USD"},
            {"id": "2", "fee": Decimal(3)},
        ],
    )
    rows = query("select id, started_on, fee_base from callcenter_calls order by id")
    assert [(row[0], row[2]) for row in rows] == [("1", Decimal(10)), ("2", Decimal(3))]
    assert abs((rows[0][1] - NOON.date()).days) <= 1
    assert query("select count(*), count(callcenter_bonus) from activities") == [(0, 0)]


def test_new_rates_derive_an_own_dataset_anew(land: Land, installed: Switch) -> None:
    installed(there=True)
    land("callcenter_calls", [{"id": "1", "started_at": NOON, "fee": Decimal(8), "currency": "USD"}])
    rates = [{"id": "1", "currency": "USD", "on": date(2026, 5, 4), "rate": Decimal("1.25")}]
    assert land("fx_rates", rates).rederived == ("callcenter_calls",)


def test_a_snapshot_older_than_its_columns_reads_as_empty_in_them(
    land: Land, installed: Switch, query: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    installed(there=False)
    land("activities", [{"id": "old", "occurred_at": NOON}])
    installed(there=True)
    asked = "select id, callcenter_bonus_base, currency from activities order by id"
    assert query(asked) == [("old", None, None)]
    land("activities", [{"id": "new", "callcenter_bonus": Decimal(5)}])
    assert query(asked) == [("new", Decimal(5), None), ("old", None, None)]


def test_without_its_pack_nothing_breaks_and_nothing_is_lost(
    lake: Lake,
    land: Land,
    database: Database,
    tenant: TenantProfile,
    installed: Switch,
    query: Callable[[str], list[tuple[Any, ...]]],
) -> None:
    installed(there=True)
    land("fx_rates", [{"id": "1", "currency": "USD", "on": date(2026, 5, 4), "rate": Decimal("1.25")}])
    land("callcenter_calls", [{"id": "1", "fee": Decimal(8)}])
    own = {"callcenter_called_at": NOON, "callcenter_rank": Decimal("0.123456789")}
    row = {"id": "a", "subject": "A", "occurred_at": NOON}
    land("activities", [row | own | {"callcenter_bonus": Decimal(4), "currency": "USD"}])

    installed(there=False)
    assert "callcenter_calls" not in DATASETS
    assert query("select subject from activities") == [("A",)]
    assert land("activities", [row]).unchanged == 1, "what is not named any more is no change"
    landed = land("activities", [row | {"subject": "B"}, {"id": "b"}])
    assert (landed.updated, landed.added) == (1, 1)
    with database.tenant(tenant.id) as session:
        assert lake.rederive(session, tenant) == ()
        assert "callcenter_calls" in lake.pinned(session), "kept for when the pack is back"
    assert query("select subject from activities order by id") == [("B",), (None,)]

    installed(there=True)
    assert query(
        "select id, callcenter_bonus, callcenter_bonus_base, callcenter_rank, callcenter_called_at is not null "
        "from activities order by id"
    ) == [("a", Decimal(4), Decimal(5), Decimal("0.123456789"), True), ("b", None, None, None, False)]
    assert query("select fee_base from callcenter_calls") == [(Decimal(8),)]
