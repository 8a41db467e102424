"""What a number means: the rules that catch silent wrong answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.session import EngineError, confined
from tallymark.plugins.registry import Registry, UnknownMetric, registry
from tallymark_sdk import Flow, Metric, _
from tallymark_sdk.calendars import calendar

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN = calendar("gregorian")
JUNE = GREGORIAN.parse("2026-06")


def won(name: str, amount: str, day: date, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": "won", "amount": Decimal(amount), "amount_base": Decimal(amount), "closed_on": day,
            "created_on": day, **more}  # fmt: skip


def ask(
    data: TenantData, key: str, by: tuple[str, ...] = (), name: str = "gregorian"
) -> dict[tuple[str, ...], Cell]:
    cut = calendar(name)
    period = cut.period("month", JUNE.start)
    cells = compute(registry(), [key], [period], by, data=data, calendar=cut)
    return {(cell.part, cell.dimension, cell.member): cell for cell in cells}


TOTAL = ("value", "", "")


def test_a_dataset_that_is_not_connected_gives_no_value_and_says_so(lake_of: LakeOf) -> None:
    cell = ask(lake_of({}), "revenue.bookings")[TOTAL]
    assert cell.value is None
    assert cell.reason == "not connected: opportunities"


def test_a_dataset_that_is_connected_and_empty_counts_zero(lake_of: LakeOf) -> None:
    data = lake_of({"opportunities": []})
    assert ask(data, "revenue.bookings")[TOTAL].value == 0
    assert ask(data, "pipeline.opportunities")[TOTAL].value == 0
    assert ask(data, "pipeline.open_pipeline")[TOTAL].value == 0


def test_dividing_by_nothing_is_no_value_with_a_reason(lake_of: LakeOf) -> None:
    cell = ask(lake_of({"opportunities": []}), "conversion.close_ratio")[TOTAL]
    assert (cell.value, cell.numerator, cell.denominator) == (None, 0, 0)
    assert cell.reason == "nothing to divide by"


def test_a_ratio_is_a_ratio_of_sums(lake_of: LakeOf) -> None:
    deals = [won("a", "1", JUNE.start, rep_id="x")] + [
        {**won(f"b{n}", "1", JUNE.start, rep_id="y"), "status": "won" if n == 0 else "lost"} for n in range(9)
    ]
    cells = ask(lake_of({"opportunities": deals}), "conversion.close_ratio", ("rep",))
    assert cells[TOTAL].value == Decimal("0.2")  # 2 of 10; the mean of the reps' ratios would be 0.56
    assert cells["value", "rep", "x"].value == 1


def test_rows_that_cannot_be_used_are_counted_with_their_reason(lake_of: LakeOf) -> None:
    deals = [
        won("ok", "10", JUNE.start, created_on=JUNE.start - timedelta(days=4)),
        won("backwards", "10", JUNE.start, created_on=JUNE.start + timedelta(days=4)),
        won("unknown", "10", JUNE.start, created_on=None),
        won("undated", "10", JUNE.start, closed_on=None),
    ]
    cell = ask(lake_of({"opportunities": deals}), "conversion.cycle_length")[TOTAL]
    assert (cell.value, cell.rows) == (4, 1)
    assert cell.left_out == {
        "closed before it was created": 1,
        "no date of creation": 1,
        "no date (closed on)": 1,
    }


def test_a_row_without_a_rate_is_left_out_and_never_taken_at_one(lake_of: LakeOf) -> None:
    deals = [won("a", "10", JUNE.start), won("b", "7", JUNE.start, amount_base=None, currency="EUR")]
    cell = ask(lake_of({"opportunities": deals}), "revenue.bookings")[TOTAL]
    assert cell.value == 10
    assert cell.left_out == {"no exchange rate": 1}


def test_periods_are_half_open_in_the_tenants_calendar(lake_of: LakeOf) -> None:
    days = [date(2026, 5, 21), date(2026, 5, 22), date(2026, 6, 21), date(2026, 6, 22)]
    data = lake_of({"opportunities": [won(str(day), "1", day) for day in days]})
    assert ask(data, "revenue.bookings", name="jalali")[TOTAL].value == 2  # Khordad 1405: 22 May to 21 June
    assert ask(data, "revenue.bookings")[TOTAL].value == 2


def test_an_unmatched_member_keeps_its_money(lake_of: LakeOf) -> None:
    deals = [
        won("a", "60", JUNE.start, product_id="GTX Pro"),
        won("b", "40", JUNE.start, product_id="GTXPro"),
    ]
    products = [{"id": "GTX Pro", "product_group": "GTX"}]
    data = lake_of({"opportunities": deals, "products": products})
    by_product = ask(data, "revenue.bookings", ("product", "product_group"))
    assert by_product["value", "product", "GTXPro"].value == 40
    assert by_product["value", "product_group", "GTX"].value == 60
    assert by_product["value", "product_group", "unassigned"].value == 40


def test_a_link_never_multiplies_rows(lake_of: LakeOf) -> None:
    deals = [won("a", "60", JUNE.start, rep_id="7"), won("b", "1", JUNE.start, rep_id="8", source_id="crm")]
    reps = [
        {"id": "7", "source_id": "crm", "region_id": "north"},
        {"id": "7", "source_id": "files", "region_id": "south"},
        {"id": "8", "source_id": "files", "region_id": "east"},
    ]
    cells = ask(lake_of({"opportunities": deals, "reps": reps}), "revenue.bookings", ("region",))
    assert cells[TOTAL].value == 61
    # "7" is in two sources, neither of them the deal's own: ambiguous. "8" is in one only.
    assert cells["value", "region", "unassigned"].value == 60
    assert cells["value", "region", "east"].value == 1


def test_a_deal_without_a_product_is_split_over_its_lines(lake_of: LakeOf) -> None:
    deals = [
        won("lines", "100", JUNE.start),
        won("odd", "10", JUNE.start),
        won("own", "5", JUNE.start, product_id="p1"),
        won("bare", "7", JUNE.start),
    ]
    lines = [
        {"id": "1", "opportunity_id": "lines", "product_id": "p1", "amount": Decimal(60)},
        {"id": "2", "opportunity_id": "lines", "product_id": "p2", "amount": Decimal(15)},
        {"id": "3", "opportunity_id": "lines", "product_id": "p2", "amount": Decimal(25)},
        *[
            {"id": f"o{n}", "opportunity_id": "odd", "product_id": f"q{n}", "amount": Decimal(1)}
            for n in range(3)
        ],
        {"id": "9", "opportunity_id": "own", "product_id": "p2", "amount": Decimal(5)},
    ]
    data = lake_of({"opportunities": deals, "opportunity_lines": lines})
    money = ask(data, "revenue.bookings", ("product", "rep"))
    assert money[TOTAL].value == 122
    assert money["value", "rep", "unassigned"].value == 122
    assert money["value", "product", "p1"].value == 65
    assert money["value", "product", "p2"].value == 40
    assert money["value", "product", "unassigned"].value == 7
    thirds = [Decimal(money["value", "product", f"q{n}"].value or 0) for n in range(3)]
    assert sum(thirds) == 10
    assert max(thirds) - min(thirds) <= Decimal("0.0001")
    counts = ask(data, "pipeline.opportunities", ("product",))
    assert counts[TOTAL].value == 4
    assert counts["value", "product", "p2"].value == 1


def test_money_is_summed_exactly(lake_of: LakeOf) -> None:
    amount = "10000000000000.0001"  # ten thousand billion đồng and a fraction; as floats the fractions vanish
    deals = [won(str(n), amount, JUNE.start) for n in range(10_000)]
    assert ask(lake_of({"opportunities": deals}), "revenue.bookings")[TOTAL].value == Decimal(amount) * 10_000


def test_a_product_of_large_amounts_does_not_overflow(lake_of: LakeOf) -> None:
    deal = {**won("a", "60000000000000", JUNE.start), "status": "open", "closed_on": None}
    data = lake_of({"opportunities": [{**deal, "probability": Decimal("0.333333")}]})
    cells = ask(data, "pipeline.open_pipeline")
    assert cells["weighted", "", ""].value == Decimal(19999980000000)


def test_lines_without_orders_connected_have_no_revenue_rather_than_none(lake_of: LakeOf) -> None:
    cell = ask(
        lake_of({"order_lines": [{"id": "l", "order_id": "o", "amount_base": Decimal(5)}]}), "revenue.revenue"
    )
    assert (cell[TOTAL].value, cell[TOTAL].reason) == (None, "not connected: orders")


def sales(*rows: tuple[str, str, str | None, str]) -> dict[str, Any]:
    """Orders of June with one line each: source, id, amount in base, amount."""
    return {
        "orders": [
            {"source_id": source, "id": name, "ordered_on": JUNE.start} for source, name, _, _ in rows
        ],
        "order_lines": [
            {
                "source_id": source,
                "id": name,
                "order_id": name,
                "amount": Decimal(amount),
                "amount_base": None if base is None else Decimal(base),
            }
            for source, name, base, amount in rows
        ],
    }


def test_orders_of_two_sources_with_one_number_are_two(lake_of: LakeOf) -> None:
    data = lake_of(sales(("shop", "1", "100", "100"), ("erp", "1", "300", "300")))
    assert ask(data, "revenue.revenue")[TOTAL].value == 400
    assert ask(data, "revenue.average_order_value")[TOTAL].value == 200


def test_an_order_whose_money_is_unknown_is_in_neither_side_of_the_average(lake_of: LakeOf) -> None:
    cell = ask(
        lake_of(sales(("shop", "1", "100", "100"), ("shop", "2", None, "40"))), "revenue.average_order_value"
    )
    assert (cell[TOTAL].value, cell[TOTAL].denominator) == (100, 1)
    assert cell[TOTAL].left_out == {"no exchange rate": 1}


def test_a_line_never_takes_another_sources_order(lake_of: LakeOf) -> None:
    rows = sales(("shop", "1", "100", "100"))
    rows["order_lines"].append({"source_id": "erp", "id": "x", "order_id": "1", "amount_base": Decimal(900)})
    assert ask(lake_of(rows), "revenue.revenue")[TOTAL].value == 100


def test_growth_tells_what_is_missing_in_the_period_before(lake_of: LakeOf) -> None:
    rows = sales(("shop", "1", "100", "100"), ("shop", "2", None, "900"), ("shop", "3", "10", "10"))
    for order in rows["orders"][1:]:
        order["ordered_on"] = date(2026, 5, 31)
    cell = ask(lake_of(rows), "revenue.sales_growth")[TOTAL]
    assert cell.value == 9
    assert cell.left_out == {"no exchange rate (in the period compared with)": 1}


def test_shares_and_crossed_breakdowns(lake_of: LakeOf) -> None:
    rows = sales(("shop", "1", "75", "75"), ("shop", "2", "25", "25"))
    rows["orders"][0] |= {"region_id": "north", "rep_id": "an"}
    for line in rows["order_lines"]:
        line |= {"cost_base": Decimal(5), "product_id": "p"}
    data = lake_of({**rows, "products": [{"id": "p", "product_group": "tools"}]})
    by_region = ask(data, "revenue.sales_by_region", ("region",))
    assert by_region["share", "region", "north"].value == Decimal("0.75")
    crossed = ask(data, "revenue.profit_margin", ("rep x product_group", "order"))
    margin = crossed["value", "rep x product_group", "an × tools"]
    assert (margin.numerator, margin.denominator) == (70, 75)
    assert crossed["value", "order", "2"].value == Decimal("0.8")


def test_a_member_whose_rows_are_all_left_out_is_shown(lake_of: LakeOf) -> None:
    deals = [won("a", "7", JUNE.start, amount_base=None, rep_id="an")]
    cell = ask(lake_of({"opportunities": deals}), "revenue.bookings", ("rep",))["value", "rep", "an"]
    assert (cell.value, cell.left_out) == (0, {"no exchange rate": 1})


def test_a_metric_that_fails_leaves_the_others_their_numbers(lake_of: LakeOf) -> None:
    data = lake_of({"opportunities": [won("a", "7", JUNE.start)]})
    huge = Metric(
        key="acme.huge",
        name="Huge",
        description="Overflows on purpose.",
        unit="count",
        better="higher",
        inputs=("opportunities.amount_base", "opportunities.closed_on"),
        formula=Flow(
            "opportunities", on="closed_on", value=(_.amount_base.abs().cast("int64") * 2**62).sum()
        ),
    )
    known = registry()
    wider = Registry(metrics={**known.metrics, huge.key: huge}, packs=known.packs)
    cells = compute(wider, ["revenue.bookings", huge.key], [JUNE], data=data, calendar=GREGORIAN)
    assert cells[0].value == 7
    assert cells[1].value is None
    assert cells[1].reason is not None
    assert cells[1].reason.startswith("could not be computed")


def test_a_missing_file_is_one_sentence(lake_of: LakeOf) -> None:
    data = lake_of({"opportunities": []})
    data.files["opportunities"][0].unlink()
    with pytest.raises(EngineError, match="A file of opportunities is missing"):
        ask(data, "revenue.bookings")


def test_a_cancelled_deal_stays_in_the_pipeline_of_earlier_periods(lake_of: LakeOf) -> None:
    deal = {**won("a", "5", date(2026, 7, 2), created_on=JUNE.start), "status": "cancelled"}
    assert ask(lake_of({"opportunities": [deal]}), "pipeline.open_pipeline")[TOTAL].value == 5


def test_a_region_that_sold_before_stays_with_zero(lake_of: LakeOf) -> None:
    orders = [{"id": "o", "ordered_on": date(2025, 1, 1), "region_id": "north", "status": "paid"}]
    lines = [{"id": "l", "order_id": "o", "amount": Decimal(5), "amount_base": Decimal(5)}]
    cells = ask(lake_of({"orders": orders, "order_lines": lines}), "revenue.sales_by_region", ("region",))
    assert cells["value", "region", "north"].value == 0
    assert cells["growth", "region", "north"].reason == "nothing to divide by"


def test_an_unknown_metric_is_named_with_the_nearest(lake_of: LakeOf) -> None:
    with pytest.raises(UnknownMetric, match=r'Did you mean "revenue\.bookings"'):
        ask(lake_of({}), "revenue.booking")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('{other}')",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/other.db'",
        "SELECT * FROM read_text('{mine}/../../secret.txt')",
        "COPY (SELECT 1) TO '{mine}/mine.parquet'",
        "ATTACH '{mine}/mine.db'",
        "SET allowed_directories = ['/']",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_a_session_reaches_only_its_tenants_folder(lake_of: LakeOf, statement: str) -> None:
    mine = lake_of({"opportunities": []})
    other: Path = lake_of({"opportunities": [won("a", "1", JUNE.start)]}).files["opportunities"][0]
    with confined(mine) as connection:
        assert connection.execute("SELECT count(*) FROM opportunities").fetchone() == (0,)
        with pytest.raises(duckdb.Error, match=r"Permission|permission|locked|disabled"):
            connection.execute(statement.format(other=other, mine=mine.folder))
