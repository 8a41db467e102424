"""Kinds and kernels that no built-in metric uses yet, worked by hand, in the engine and in its oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import Registry
from tallymark_sdk import Derived, Flow, Metric, Stock, _, check, year_before
from tallymark_sdk.calendars import calendar
from tallymark_sdk.formula import Formula
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.reference import ReferenceEvaluator

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN = calendar("gregorian")
JUNE = GREGORIAN.parse("2026-06")


def metric(formula: Formula) -> Metric:
    bare = Metric(
        key="acme.x", name="X", description="X.", unit="count", better="higher", inputs=(), formula=formula
    )
    made = Metric(**{**bare.__dict__, "inputs": inputs_used(bare)})
    check(made)
    return made


def value(formula: Formula, rows: Mapping[str, Any], lake_of: LakeOf) -> Decimal | int | None:
    """The engine's value for June, held equal to the oracle's."""
    made = metric(formula)
    (cell,) = compute(
        Registry(metrics={made.key: made}), [made.key], [JUNE], data=lake_of(rows), calendar=GREGORIAN
    )
    assert cell.value == ReferenceEvaluator(rows, GREGORIAN, [made]).value(made, JUNE)
    return cell.value


HEADS = [
    {"id": "all along", "hired_on": date(2020, 1, 1)},
    {"id": "first day", "hired_on": date(2026, 6, 1)},
    {"id": "last day", "hired_on": date(2026, 6, 30)},
    {"id": "next month", "hired_on": date(2026, 7, 1)},
    {"id": "left on the first", "hired_on": date(2020, 1, 1), "left_on": date(2026, 6, 1)},
    {"id": "left on the last", "hired_on": date(2020, 1, 1), "left_on": date(2026, 6, 30)},
    {"id": "left after", "hired_on": date(2020, 1, 1), "left_on": date(2026, 7, 1)},
    {"id": "left before", "hired_on": date(2020, 1, 1), "left_on": date(2026, 5, 31)},
    {"id": "unknown start"},
]


@pytest.mark.parametrize(
    ("at", "open_start", "expected"),
    [
        ("start", False, 4),  # all along, and the three that left on 1 June or later
        ("end", False, 4),  # all along, first day, last day, left after
        ("during", False, 6),  # all but those of next month and of before, and the unknown
        ("both", False, 2),  # all along, left after
        ("both", True, 3),
        ("during", True, 7),
    ],
)
def test_a_stock_at_each_boundary(lake_of: LakeOf, *, at: Any, open_start: bool, expected: int) -> None:
    heads = Stock("reps", start="hired_on", end="left_on", at=at, value=_.count(), open_start=open_start)
    assert value(heads, {"reps": HEADS}, lake_of) == expected


def deal(name: str, amount: str, day: date, account: str = "a") -> dict[str, Any]:
    money = Decimal(amount)
    return {"id": name, "amount": money, "amount_base": money, "closed_on": day, "account_id": account}


DEALS = [
    deal("1", "1.0001", date(2026, 6, 1)),
    deal("2", "1.0004", date(2026, 6, 30), "b"),
    deal("3", "9", date(2026, 7, 1), "c"),
    deal("4", "5", date(2025, 6, 15)),
]


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        (_.amount_base.median(), Decimal("1.00025")),  # not cut to the four places of money
        (_.amount_base.min(), Decimal("1.0001")),
        (_.amount_base.max(), Decimal("1.0004")),
        (_.account_id.nunique(), 2),
        ((_.amount_base > 1).sum(), 2),
    ],
)
def test_each_kernel(lake_of: LakeOf, reduction: Any, expected: Any) -> None:
    flow = Flow("opportunities", on="closed_on", value=reduction)
    assert value(flow, {"opportunities": DEALS}, lake_of) == expected


def test_a_year_before(lake_of: LakeOf) -> None:
    money = Flow("opportunities", on="closed_on", value=_.amount_base.sum())
    assert value(Derived(money - year_before(money)), {"opportunities": DEALS}, lake_of) == Decimal("-2.9995")


def test_the_smallest_of_nothing_is_no_value(lake_of: LakeOf) -> None:
    smallest = Flow("opportunities", on="closed_on", value=_.amount_base.min())
    assert value(smallest, {"opportunities": []}, lake_of) is None


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ((_.amount_base * _.probability).sum(), "6172839450.5617"),
        ((_.amount_base * _.probability * _.probability).sum(), "3086419725.2808"),
        (_.amount_base.sum(where=_.amount_base * _.probability > 1), "12345678901.1234"),
    ],
)
def test_products_of_large_amounts_have_room(lake_of: LakeOf, product: Any, expected: str) -> None:
    large = [deal("1", "12345678901.1234", date(2026, 6, 1)) | {"probability": Decimal("0.5")}]
    flow = Flow("opportunities", on="closed_on", value=product)
    assert value(flow, {"opportunities": large}, lake_of) == Decimal(expected)
