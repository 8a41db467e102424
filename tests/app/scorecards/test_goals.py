"""Targets and pace of what a scorecard shows: from the tenant's rows and its own targets to the words on the tile."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.targets import SetTargets, TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.scorecards.compose import Pace, Target, Thresholds
from tallymark.scorecards.compose.status import running_status
from tallymark.scorecards.document import Status, Tiles
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
    return computed(tmp_path, deals)


def computed(tmp_path: Path, deals: list[dict[str, Any]]) -> tuple[list[Cell], TenantTargets]:
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
    share = Decimal(11) / Decimal(21)
    for each in paces.values():
        assert round(each.share - share, 20) == 0
        assert (each.day, each.days, each.learned) == (11, 21, 0)
    assert (paces["t.booked"].pace, paces["t.booked"].needed) == (Decimal("1.2"), Decimal("7.8"))
    assert (paces["t.spent"].pace, paces["t.spent"].needed) == (Decimal("1.2"), None)
    assert set(paces) == {"t.booked", "t.spent"}


def test_what_is_due_follows_the_company_s_own_months(tmp_path):
    """Three months with 80 of 100 on their last day: by May 15 usually a fifth is reached, so 132 of 210 is far ahead."""
    deals = [{"id": "1", "closed_on": date(2026, 5, 4), "amount_base": Decimal(132), "rep_id": "an"}]
    for month, last in ((2, 27), (3, 31), (4, 30)):
        first, end = date(2026, month, 2), date(2026, month, last)
        deals.append({"id": f"{month}a", "closed_on": first, "amount_base": Decimal(20), "rep_id": "an"})
        deals.append({"id": f"{month}b", "closed_on": end, "amount_base": Decimal(80), "rep_id": "bo"})
    cells, targets = computed(tmp_path, deals)
    (booked, spent) = paces_of(targets, cells, MAY, date(2026, 5, 15))
    assert (booked.share, booked.learned) == (Decimal("0.2"), 3)
    assert round(booked.pace, 6) == Decimal("3.142857")  # 132 of 42
    assert booked.needed == Decimal("7.8")
    assert spent.share == Decimal("0.2")
    # A member is held against the same share of its own target.
    (of_an, _spent) = paces_of(targets, cells, MAY, date(2026, 5, 15), dimension="rep", member="an")
    assert (of_an.share, round(of_an.pace, 6)) == (Decimal("0.2"), Decimal("3.142857"))


@pytest.mark.parametrize("as_of", [date(2026, 4, 30), date(2026, 6, 1)])
def test_none_before_and_after_it(shown, as_of):
    cells, targets = shown
    assert paces_of(targets, cells, MAY, as_of) == []


def test_on_the_last_day_nothing_is_needed_any_more(shown):
    cells, targets = shown
    (booked, _spent) = paces_of(targets, cells, MAY, date(2026, 5, 31))
    assert booked.needed is None
    assert round(booked.pace, 6) == Decimal("0.628571")  # 132 of 210


def tiles_of(sample, metric, pace):
    tiles = next(section for section in sample.document(paces=[pace]).sections if isinstance(section, Tiles))
    return {tile.metric: tile for group in tiles.groups for tile in group.tiles}, metric


def said(sample, **given):
    pace = replace(Pace(metric="revenue.bookings", pace=Decimal("0.96"), needed=Decimal(1234)), **given)
    tiles, key = tiles_of(sample, "revenue.bookings", pace)
    assert {tile.pace for name, tile in tiles.items() if name != key} == {None}
    return tiles[key]


def test_the_tile_says_it(sample):
    tile = said(sample, share=Decimal("0.58"), day=14, days=22, learned=9)
    assert tile.pace == (
        "Pace 96%: as of working day 14 of 22, usually 58% is reached by now. $1.23K a working day is needed."
    )
    plain = said(sample, share=Decimal(14) / 22, day=14, days=22, needed=None)
    assert plain.pace == "Pace 96%: as of working day 14 of 22, 64% is due by now."


def test_the_colour_follows_what_is_due_and_not_the_whole_target(sample):
    """Bookings are 1,284,310.50 of 1,250,000; of what is due it would be another matter, so the target is doubled."""
    target = [Target(metric="revenue.bookings", period_start=date(2026, 10, 1), value=Decimal(2_500_000))]
    for share, expected in (("0.5", Status.ON), ("0.55", Status.RISK), ("0.7", Status.OFF)):
        pace = Pace(
            metric="revenue.bookings", pace=Decimal(1), needed=None, share=Decimal(share), day=9, days=22
        )
        document = sample.document(paces=[pace], targets=target)
        tiles = next(section for section in document.sections if isinstance(section, Tiles))
        found = {tile.metric: tile.status for group in tiles.groups for tile in group.tiles}
        assert found["revenue.bookings"] is expected


def test_before_anything_is_due_there_is_no_status_and_a_reason():
    early = Pace(metric="m", pace=Decimal(0), needed=None, share=Decimal("0.04"), day=1, days=22)
    none, hundred = Decimal(0), Decimal(100)
    judge = partial(running_status, thresholds=Thresholds())
    assert judge(none, hundred, "higher", pace=early) is Status.NONE
    assert judge(hundred, hundred, "higher", pace=early) is Status.ON  # reached is reached
    assert judge(none, hundred, "lower", pace=early) is Status.NONE
    assert judge(hundred * 2, hundred, "lower", pace=early) is Status.OFF  # exceeded is exceeded
    assert (
        judge(none, hundred, "higher", pace=None) is Status.OFF
    )  # over, or not summed: against the target itself
    late = Pace(metric="m", pace=Decimal(1), needed=None, share=Decimal("0.5"), day=11, days=22)
    assert judge(Decimal(54), hundred, "lower", pace=late) is Status.RISK  # eight percent over what was due
    assert judge(Decimal(50), hundred, "lower", pace=late) is Status.ON


def test_the_tile_says_why_there_is_no_status_yet(sample):
    tile = said(sample, share=Decimal("0.04"), day=1, days=22)
    assert tile.pace == "No status yet: on working day 1 of 22 too little is due to judge by."
