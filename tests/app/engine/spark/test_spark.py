"""Spark against DuckDB: the same plan over the same files, on a cluster of two workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine.compute import compute
from tallymark.engine.fuse import fuse
from tallymark.engine.plan import Plan, make_plan
from tallymark.engine.session import EngineError, TenantData
from tallymark.engine.spark import SPARK, Answers, SparkSettings, run
from tallymark.engine.spark.question import SparkQuestion
from tallymark.engine.spark.session import opened
from tallymark.jobs.errors import TimeLimitReached
from tallymark.jobs.limits import time_limit
from tallymark.plugins.registry import Registry, registry
from tallymark_sdk import Flow, Metric, Stock, _
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import Period, calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.formula import Formula
from tallymark_sdk.model import DATASETS, Kind, dataset

from ..test_oracle import random_company  # noqa: TID252  the folders of tests are no packages
from . import odd

LakeOf = Callable[[Mapping[str, Any]], TenantData]
Answering = Callable[..., Answers]
GREGORIAN, JALALI = calendar("gregorian"), calendar("jalali")
MAY = GREGORIAN.parse("2024-05")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("attribution", [AS_IS, AS_WAS])
def test_every_cell_of_the_catalogue_is_the_same(
    lake_of: LakeOf, on_spark: Answering, on_duckdb: Answering, attribution: Attribution
) -> None:
    plan, data = catalogue(), lake_of(in_large_amounts(random_company(11)))
    spark, duck = on_spark(plan, data, attribution), on_duckdb(plan, data, attribution)
    assert spark.failed == {}
    differing = {
        cell: (spark.figures.get(cell), duck.figures.get(cell))
        for cell in spark.figures.keys() | duck.figures.keys()
        if spark.figures.get(cell) != duck.figures.get(cell)
    }
    assert {(cell[0].formula, *cell[1:]): both for cell, both in differing.items()} == {}
    assert spark.members == duck.members
    assert {leaf for leaf, *_ in duck.figures} == set(plan.breakdowns)
    assert len(duck.figures) > 20_000


def catalogue() -> Plan:
    """Every metric with every breakdown, for months of two calendars and all that those are compared with."""
    metrics = registry()
    by = sorted({dimension for metric in metrics for dimension in metric.by})
    plans = [
        make_plan(list(metrics), cut.range(first, 2), by, metrics, Comparison(calendar=cut))
        for cut, first in [(GREGORIAN, MAY), (JALALI, JALALI.parse("1403-03"))]
    ]
    periods = {each for plan in plans for each in plan.periods}
    years_before = {cut.year_before(each) for cut, plan in zip((GREGORIAN, JALALI), plans, strict=True)
                    for each in plan.asked}  # fmt: skip
    return replace(plans[0], periods=tuple(sorted(periods | years_before)))


@pytest.mark.parametrize("attribution", [AS_IS, AS_WAS])
def test_cells_are_the_same_when_the_engine_asks_spark(
    lake_of: LakeOf, cluster: SparkSettings, monkeypatch: pytest.MonkeyPatch, attribution: Attribution
) -> None:
    metrics, data = registry(), lake_of(random_company(1))
    keys = sorted(key for key in metrics.metrics if key.startswith(("opportunities.", "profit.", "revenue.")))
    ask = partial(compute, metrics, keys, GREGORIAN.range(MAY, 3), ("rep", "team", "product", "customer_type"), data=data,
                  calendar=GREGORIAN, attribution=attribution)  # fmt: skip
    expected = list(ask())
    monkeypatch.setattr(
        "tallymark.engine.question.Question.of",
        lambda plan, by_whom, facts, _known: SparkQuestion.of(plan, by_whom, facts, cluster),
    )
    assert list(ask()) == expected
    assert len(expected) > 100
    assert {cell.metric for cell in expected} == set(keys)


def in_large_amounts(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The company in a currency of large amounts: their products and quotients fill decimals and doubles."""
    money = {name: {column.name for column in each.stored_columns if column.kind is Kind.MONEY}
             for name, each in DATASETS.items()}  # fmt: skip
    return {
        name: [
            {column: value * 99_991 if column in money[name] else value for column, value in row.items()}
            for row in given
        ]
        for name, given in rows.items()
    }


def plan_of(metrics: Iterable[Metric], *periods: Period) -> Plan:
    """A plan for these metrics alone, by all that they offer."""
    known = Registry(metrics={metric.key: metric for metric in metrics})
    by = sorted({dimension for metric in known for dimension in metric.by})
    return make_plan(list(known), periods or (MAY,), by, known, Comparison(calendar=GREGORIAN))


def metric(formula: Formula, *by: str) -> Metric:
    return Metric(key=f"acme.x{id(formula)}", name="X", description="X.", unit="count", better="higher", inputs=(),
                  formula=formula, by=by)  # fmt: skip


def totals(answers: Answers) -> list[Any]:
    """The values of the first period, leaf by leaf."""
    return [answer.value for (_leaf, by, _member, period), answer in answers.figures.items()
            if not by and period == 0]  # fmt: skip


def test_words_numbers_and_dates_are_taken_as_in_duckdb(
    lake_of: LakeOf, on_spark: Answering, on_duckdb: Answering
) -> None:
    plan, data = plan_of(odd.metrics()), lake_of({"opportunities": odd.rows()})
    spark, duck = on_spark(plan, data), on_duckdb(plan, data)
    assert spark.failed == {}
    told = {leaf: str(leaf.formula.value) for leaf in plan.breakdowns}
    assert {(told[leaf], *cell): answer for (leaf, *cell), answer in spark.figures.items()} == {
        (told[leaf], *cell): answer for (leaf, *cell), answer in duck.figures.items()
    }
    assert len({leaf for leaf, *_cell in spark.figures}) == len(odd.VALUES)


def test_a_median_of_large_amounts_is_exact_to_the_half(lake_of: LakeOf, on_spark: Answering) -> None:
    amounts = [
        Decimal("12345678901234.5678"),
        Decimal("0.0001"),
        None,
        Decimal("99999999999999.9999"),
        Decimal(7),
    ]
    rows = [{"id": str(n), "closed_on": date(2024, 5, 2), "amount": each} for n, each in enumerate(amounts)]
    plan = plan_of([metric(Flow("opportunities", on="closed_on", value=_.amount.median()))])
    answers = on_spark(plan, lake_of({"opportunities": rows}))
    assert totals(answers) == [Decimal("6172839450620.78390")]


def test_a_leaf_that_fails_has_the_reason_and_others_their_figure(
    lake_of: LakeOf, on_spark: Answering
) -> None:
    amount = Decimal("99999999999999.9999")
    rows = [{"id": "1", "closed_on": date(2024, 5, 2), "amount": amount, "status": "won"}]
    won, too_much = (Flow("opportunities", on="closed_on", value=value)
                     for value in (_.count(where=_.status == "won"), (_.amount * _.amount * _.amount).sum()))  # fmt: skip
    answers = on_spark(plan_of([metric(won), metric(too_much)]), lake_of({"opportunities": rows}))
    assert {leaf.formula: why for leaf, why in answers.failed.items()} == {
        too_much: "could not be computed: OutOfRangeException"
    }
    assert totals(answers) == [1]


def test_changes_take_the_place_of_the_rows_whose_keys_they_have(
    lake_of: LakeOf, on_spark: Answering
) -> None:
    def deal(name: str, amount: int, **more: Any) -> dict[str, Any]:
        return {"id": name, "closed_on": date(2024, 5, 2), "amount": Decimal(amount), **more}

    data = lake_of({"opportunities": [deal("a", 1), deal("b", 10), deal("b", 100, source_id="other")]})
    old = data.files["opportunities"][0]
    gone = datetime(2024, 5, 3, tzinfo=UTC)
    changes = [
        [deal("b", 1_000), deal("c", 10_000)],
        [deal("c", 100_000, deleted_at=gone), deal("d", 1_000_000)],
    ]
    files = [old]
    for number, change in enumerate(changes):
        rows = pa.Table.from_pylist(
            [{"source_id": "test", **row} for row in change], dataset("opportunities").stored_schema
        )
        # A file may lack a column of the model, hold it as something else, and hold others beside.
        rows = rows.drop_columns(["team_id", "rep_id"]).append_column("rep_id", pa.array([1] * len(rows)))
        files.append(old.with_name(f"change{number}.parquet"))
        pq.write_table(rows.append_column("_replaces", pa.nulls(len(rows), pa.int64())), files[-1])
    plan = plan_of([metric(Flow("opportunities", on="closed_on", value=_.amount.sum()), "rep")])
    answers = on_spark(plan, replace(data, files={"opportunities": files}))
    assert totals(answers) == [Decimal(1 + 100 + 1_000 + 1_000_000)]
    assert [dict(answer.left_out) for answer in answers.figures.values()] == [
        {"deleted in the source": 1}
    ] * 2


def test_no_tenant_sees_the_rows_of_another(
    lake_of: LakeOf, on_spark: Answering, cluster: SparkSettings
) -> None:
    plan = plan_of([metric(Flow("opportunities", on="closed_on", value=_.count()))])
    ours = lake_of({"opportunities": [{"id": "1", "closed_on": date(2024, 5, 2)}]})
    assert totals(on_spark(plan, ours)) == [1]
    assert on_spark(plan, lake_of({})).figures == {}
    stray = replace(lake_of({}), files=ours.files)
    with pytest.raises(EngineError, match="isn't in the tenant's own folder"):
        on_spark(plan, stray)
    from pyspark.errors import AnalysisException

    with opened(cluster, {}) as session:
        assert session.catalog.listTables() == []
        with pytest.raises(
            AnalysisException, match=r"TABLE_OR_VIEW_NOT_FOUND|UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY"
        ):
            session.sql(f"SELECT * FROM parquet.`{ours.files['opportunities'][0]}`").collect()


def test_a_file_that_is_not_there_or_damaged_says_what_to_do(lake_of: LakeOf, on_spark: Answering) -> None:
    plan = plan_of([metric(Flow("opportunities", on="closed_on", value=_.amount.sum()))])
    data = lake_of({"opportunities": [{"id": str(n), "closed_on": date(2024, 5, 2)} for n in range(999)]})
    file = data.files["opportunities"][0]
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + bytes(len(whole) - 3000) + whole[-2996:])  # the footer is as it was
    with pytest.raises(EngineError, match="can't be read; import the dataset again"):
        on_spark(plan, data)
    file.write_bytes(b"no Parquet")
    with pytest.raises(EngineError, match="can't be read; import the dataset again"):
        on_spark(plan, data)
    file.unlink()
    with pytest.raises(EngineError, match="opportunities is missing; import it again"):
        on_spark(plan, data)


def test_a_run_that_is_ended_ends_on_spark_too(
    lake_of: LakeOf, on_spark: Answering, cluster: SparkSettings
) -> None:
    plan, data = plan_of([metric(Flow("opportunities", on="closed_on", value=_.count()))]), lake_of({})
    for_hours = replace(fuse(plan, dialect=SPARK)[0], sql="SELECT sum(hash(id)) FROM range(1000000000000)")
    with pytest.raises(TimeLimitReached), time_limit(15):
        run([for_hours] * 3, plan.periods, data, (), cluster)
    assert on_spark(plan, data).figures == {}  # the workers are free again


def test_a_period_without_days_has_no_events(lake_of: LakeOf, on_spark: Answering) -> None:
    rows = [{"id": "1", "closed_on": MAY.start, "created_on": MAY.start}]
    flow = Flow("opportunities", on="closed_on", value=_.count())
    stock = Stock("opportunities", start="created_on", end="closed_on", at="during", value=_.count())
    plan = replace(plan_of([metric(flow), metric(stock)]), periods=(replace(MAY, end=MAY.start), MAY))
    answers = on_spark(plan, lake_of({"opportunities": rows}))
    found = {
        (type(leaf.formula), period): answer.value
        for (leaf, _by, _member, period), answer in answers.figures.items()
    }
    assert found == {(Flow, 1): 1, (Stock, 1): 1}


def test_spans_derived_from_syncs_tell_since_when(lake_of: LakeOf, on_spark: Answering) -> None:
    plan = plan_of([metric(Flow("stage_history", on="entered_on", value=_.count()))])
    spans = [{"id": str(day), "entered_on": date(2024, 5, day), "origin": "derived"} for day in (9, 4)]
    told = on_spark(plan, lake_of({"stage_history": spans}), histories=("stage_history",))
    assert told.since == {"stage_history": date(2024, 5, 4)}
    spans[0]["origin"] = "source"
    assert on_spark(plan, lake_of({"stage_history": spans}), histories=("stage_history",)).since == {}
