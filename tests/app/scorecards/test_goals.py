"""Targets and pace of what a scorecard shows: from the tenant's rows and its own targets to the words on the tile."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.targets import SetTargets, TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.scorecards.compose import Pace
from tallymark.scorecards.document import Tiles
from tallymark.scorecards.goals import paces_of, targets_of
from tallymark_sdk import Flow, Metric, Ratio, _
from tallymark_sdk.calendars import calendar
from tallymark_sdk.formula import Number
from tallymark_sdk.model import dataset
from tallymark_tenants.profile import TenantProfile
from tallymark_tenants.targets import StoredTarget

CUT = calendar()
MAY = CUT.parse("2026-05")  # 21 working days; 11 of them up to the 15th
FLOW = Flow("opportunities", on="closed_on", value=_.amount_base.sum())


def metric(key: str, formula: Any, better: Any = "higher") -> Metric:
    return Metric(
        key=key, name=key, description="d", unit="money", better=better, additive=True, inputs=(), by=("rep",),
        formula=formula,
    )  # fmt: skip


KNOWN = Registry(
    metrics={
        each.key: each
        for each in (
            metric("t.booked", FLOW),
            metric("t.spent", FLOW, "lower"),
            metric("t.mean", Ratio(FLOW, Number(2))),
        )
    }
)


def lake_of(folder: Path, rows: Mapping[str, list[dict[str, Any]]]) -> TenantData:
    files = {}
    for name, given in rows.items():
        files[name] = [folder / f"{name}.parquet"]
        full = [{"source_id": "test", **row} for row in given]
        pq.write_table(pa.Table.from_pylist(full, dataset(name).stored_schema), files[name][0])
    return TenantData(folder=folder, files=files)


@pytest.fixture
def shown(tmp_path: Path) -> tuple[list[Cell], TenantTargets]:
    """Cells of May and the targets of 2,520 a year that each metric has, in the company and for the rep An."""
    deals = [
        {"id": "1", "closed_on": date(2026, 5, 4), "amount_base": Decimal(121), "rep_id": "an"},
        {"id": "2", "closed_on": date(2026, 5, 5), "amount_base": Decimal(11), "rep_id": "bo"},
    ]
    data = lake_of(tmp_path, {"opportunities": deals})
    own = [
        StoredTarget(
            id=uuid4(), metric=key, start=date(2026, 1, 1), end=date(2027, 1, 1), value=Decimal(2520),
            dimension=dimension, member=member,
        )
        for key in KNOWN.metrics
        for dimension, member in (("", ""), ("rep", "an"))
    ]  # fmt: skip
    targets = TenantTargets(
        stored=SetTargets(targets=tuple(own)), data=data, registry=KNOWN, calendar=CUT,
        profile=TenantProfile(id=uuid4(), slug="t", name="T", currency="EUR"),
    )  # fmt: skip
    cells = compute(KNOWN, list(KNOWN.metrics), [MAY], ("rep",), data=data, calendar=CUT, targets=targets)
    return list(cells), targets


def test_every_cell_that_has_a_target_gets_it(shown):
    cells, targets = shown
    found = {(each.metric, each.dimension, each.member): each.value for each in targets_of(targets, cells)}
    assert found == {
        ("t.booked", "", ""): 210,
        ("t.booked", "rep", "an"): 210,
        ("t.spent", "", ""): 210,
        ("t.spent", "rep", "an"): 210,
        ("t.mean", "", ""): 2520,
        ("t.mean", "rep", "an"): 2520,
    }


def test_pace_and_need_while_the_period_runs(shown):
    cells, targets = shown
    paces = {each.metric: each for each in paces_of(targets, cells, MAY, date(2026, 5, 15))}
    assert paces == {
        "t.booked": Pace(metric="t.booked", pace=Decimal("1.2"), needed=Decimal("7.8")),
        "t.spent": Pace(metric="t.spent", pace=Decimal("1.2"), needed=None),
    }


@pytest.mark.parametrize("as_of", [date(2026, 4, 30), date(2026, 6, 1)])
def test_none_before_and_after_it(shown, as_of):
    cells, targets = shown
    assert paces_of(targets, cells, MAY, as_of) == []


def test_on_the_last_day_nothing_is_needed_any_more(shown):
    cells, targets = shown
    (booked, _spent) = paces_of(targets, cells, MAY, date(2026, 5, 31))
    assert booked.needed is None
    assert round(booked.pace, 6) == Decimal("0.628571")  # 132 of 210


def test_the_tile_says_it(sample):
    paces = [Pace(metric="revenue.bookings", pace=Decimal("0.96"), needed=Decimal(1234))]
    tiles = next(section for section in sample.document(paces=paces).sections if isinstance(section, Tiles))
    said = {tile.metric: tile.pace for group in tiles.groups for tile in group.tiles}
    assert said.pop("revenue.bookings") == "Pace 96%, needs $1.23K a working day"
    assert set(said.values()) == {None}
