"""Values of own KPIs, worked by hand, in the engine and in its oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.plugins.loader import Pack
from tallymark.plugins.own import with_own
from tallymark.plugins.registry import Registry, UnknownMetric
from tallymark_sdk import Flow, Metric, Ratio, _
from tallymark_sdk.calendars import calendar
from tallymark_sdk.own import OwnKpi
from tallymark_sdk.reference import ReferenceEvaluator
from tallymark_sdk.texts import Domain

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN = calendar("gregorian")
JUNE = GREGORIAN.parse("2026-06")


def metric(key: str, unit: Any, formula: Any, **more: Any) -> Metric:
    return Metric(
        key=key, name=key, description=key, unit=unit, better="higher", inputs=(), formula=formula, by=("rep",), **more
    )  # fmt: skip


WON = Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won"))
DEALS = Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won"))
PACK = Pack(
    family="sales",
    distribution="sales-pack",
    version="1",
    metrics=(
        metric("sales.won", "money", WON, additive=True),
        metric("sales.deals", "count", DEALS, additive=True),
        metric("sales.size", "money", Ratio(WON, DEALS)),
    ),
    domain=Domain("", "sales"),
)
KNOWN = Registry().laid_over([PACK])


def deal(name: str, amount: str, day: date, rep: str, status: str = "won") -> dict[str, Any]:
    money = Decimal(amount)
    return {"id": name, "amount": money, "amount_base": money, "closed_on": day, "rep_id": rep, "status": status}  # fmt: skip


ROWS = {
    "opportunities": [
        deal("1", "100", date(2026, 6, 1), "an"),
        deal("2", "50.50", date(2026, 6, 30), "an"),
        deal("3", "49.50", date(2026, 6, 15), "bo"),
        deal("4", "1000", date(2026, 6, 15), "bo", "lost"),
        deal("5", "80", date(2026, 5, 31), "an"),
        deal("6", "20", date(2026, 4, 1), "bo"),
        deal("7", "160", date(2025, 6, 2), "an"),
    ]
}


def cells_of(expression: str, unit: Any, lake_of: LakeOf) -> dict[str, Cell]:
    """The cells for June, by member; each value held equal to the oracle's."""
    made = with_own(KNOWN, [OwnKpi(key="own.x", name="X", expression=expression, unit=unit, better="higher")])
    cells = compute(made, ["own.x"], [JUNE], ["rep"], data=lake_of(ROWS), calendar=GREGORIAN)
    oracle = ReferenceEvaluator(ROWS, GREGORIAN, made)
    for cell in cells:
        assert cell.value == oracle.value(made["own.x"], JUNE, dimension=cell.dimension, member=cell.member)
    return {cell.member: cell for cell in cells}


@pytest.mark.parametrize(
    ("expression", "unit", "total", "an", "bo"),
    [
        ("sales.won / sales.deals", "money", Decimal(200) / 3, Decimal("75.25"), Decimal("49.5")),
        ("sales.won - previous(sales.won)", "money", 120, Decimal("70.5"), Decimal("49.5")),
        ("sales.won / year_before(sales.won) - 1", "ratio", Decimal("0.25"), Decimal("-0.059375"), None),
        ("rolling(sales.won, 3)", "money", 300, Decimal("230.5"), Decimal("69.5")),
        ("share(sales.won)", "ratio", 1, Decimal("0.7525"), Decimal("0.2475")),
        ("if(sales.deals > 1, sales.won / sales.deals, 0)", "money", Decimal(200) / 3, Decimal("75.25"), 0),
        ("if(sales.deals >= 1 and not sales.won == 49.50, 1, 0)", "count", 1, 1, 0),
        ("coalesce(sales.won / year_before(sales.won), 9)", "ratio", Decimal("1.25"), Decimal("0.940625"), 9),
        ("max(sales.won, 100) - min(sales.won, 100)", "money", 100, Decimal("50.5"), Decimal("50.5")),
        ("abs(previous(sales.won) - sales.won * 2)", "money", 320, Decimal(221), Decimal(99)),
        ("round(sales.won / sales.deals, 1)", "money", Decimal("66.7"), Decimal("75.2"), Decimal("49.5")),
        ("-sales.deals * 2", "count", -6, -4, -2),
        ("sales.size * sales.deals", "money", 200, Decimal("150.5"), Decimal("49.5")),
        ("0.1 * sales.deals + 0.2", "count", Decimal("0.5"), Decimal("0.4"), Decimal("0.3")),
    ],
)  # fmt: skip
def test_values_by_hand(lake_of: LakeOf, expression: str, unit: str, total: Any, an: Any, bo: Any) -> None:
    cells = cells_of(expression, unit, lake_of)
    for member, expected in {"": total, "an": an, "bo": bo}.items():
        got = cells[member].value
        if expected is None:
            assert got is None, member
            assert cells[member].reason == "nothing to divide by"
        else:
            assert got is not None
            assert abs(Decimal(got) - expected) < Decimal("1e-25"), (member, got)


def test_a_division_keeps_both_sides(lake_of: LakeOf) -> None:
    total = cells_of("sales.won / sales.deals", "money", lake_of)[""]
    assert (total.numerator, total.denominator) == (200, 3)


def test_own_kpis_on_own_kpis_and_the_registry_beneath_stays(lake_of: LakeOf) -> None:
    kpis = [
        OwnKpi(key="own.half", name="Half", expression="sales.won / 2", unit="money", better="higher"),
        OwnKpi(
            key="own.per_deal", name="P", expression="own.half / sales.deals", unit="money", better="higher"
        ),
        OwnKpi(key="own.bad", name="B", expression="own.half + sales.deals", unit="money", better="higher"),
    ]
    made = with_own(KNOWN, kpis)
    (half, per_deal) = compute(
        made, ["own.half", "own.per_deal"], [JUNE], data=lake_of(ROWS), calendar=GREGORIAN
    )
    assert half.value == 100
    assert round(Decimal(per_deal.value or 0), 4) == Decimal("33.3333")
    assert made.columns_of("own.per_deal") == KNOWN.columns_of("sales.won")
    assert made.pack_of("own.half").distribution == "own KPIs"
    with pytest.raises(UnknownMetric, match="Money and a count can't be added"):
        made["own.bad"]
    assert "own.half" not in KNOWN.metrics


def test_what_can_still_change_makes_the_own_kpi_immature_too(lake_of: LakeOf) -> None:
    open_ones = Flow("opportunities", on="closed_on", value=_.count(where=_.status == "lost"))
    cohort = metric("sales.rate", "ratio", Ratio(DEALS, DEALS), pending=open_ones)
    known = KNOWN.laid_over([replace(PACK, metrics=(cohort,))])
    made = with_own(
        known,
        [
            OwnKpi(key="own.x", name="X", expression="1 - sales.rate", unit="ratio", better="lower"),
            OwnKpi(key="own.y", name="Y", expression="sales.won * 2", unit="money", better="lower"),
        ],
    )
    x, y = compute(made, ["own.x", "own.y"], [JUNE], data=lake_of(ROWS), calendar=GREGORIAN)
    assert (x.pending, y.pending) == (1, 0)
