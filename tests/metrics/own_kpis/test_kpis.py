"""Own KPIs that refer to each other, and what makes one unusable."""

from __future__ import annotations

from typing import Any

import pytest

from tallymark_sdk import Metric, check
from tallymark_sdk.own import OwnKpi, lay
from tallymark_sdk.own.kpi import MOST_LEVELS

Metrics = dict[str, Metric]


def kpi(key: str, expression: str, **more: Any) -> OwnKpi:
    facts = {"name": key, "unit": "money", "better": "higher"} | more
    return OwnKpi(key=key, expression=expression, **facts)


def test_an_own_kpi_becomes_a_metric(metrics: Metrics) -> None:
    laid = lay([kpi("own.costs", "sales.revenue - sales.profit", name="Costs", version=3)], metrics)
    made = laid.metrics["own.costs"]
    assert (made.key, made.name, made.unit, made.version) == ("own.costs", "Costs", "money", 3)
    assert made.inputs == ("sales.profit", "sales.revenue")
    assert made.by == ("region", "rep")
    assert made.additive
    assert made.not_additive_by == ("region",)
    assert laid.refused == ()
    check(made)


def test_own_kpis_may_stand_on_each_other_in_any_order(metrics: Metrics) -> None:
    laid = lay(
        [
            kpi("own.a", "own.b / own.z", unit="ratio"),
            kpi("own.b", "own.z - sales.profit"),
            kpi("own.z", "sales.revenue"),
        ],
        metrics,
    )
    assert list(laid.metrics) == ["own.a", "own.b", "own.z"]
    assert laid.metrics["own.a"].kind == "ratio"


def test_a_cycle_is_refused_by_name_in_each_of_its_kpis_and_harms_no_other(metrics: Metrics) -> None:
    laid = lay(
        [
            kpi("own.a", "sales.revenue + own.b"),
            kpi("own.b", "own.c"),
            kpi("own.c", "own.a - 1"),
            kpi("own.d", "own.a"),
            kpi("own.e", "sales.revenue"),
            kpi("own.self", "own.self + 1"),
        ],
        metrics,
    )
    assert list(laid.metrics) == ["own.e"]
    told = {each.key: str(each.problem) for each in laid.refused}
    assert told["own.a"] == "This refers to itself: own.a → own.b → own.c → own.a."
    assert told["own.b"] == "This refers to itself: own.b → own.c → own.a → own.b."
    assert told["own.c"] == "This refers to itself: own.c → own.a → own.b → own.c."
    assert told["own.self"] == "This refers to itself: own.self → own.self."
    assert told["own.d"].startswith("own.a can't be used: This refers to itself")
    problem = laid.problem("own.a")
    assert problem is not None
    assert (getattr(problem, "at", None), getattr(problem, "length", None)) == (16, 5)


def test_a_kpi_of_a_set_is_seen_in_that_set_alone(metrics: Metrics) -> None:
    laid = lay(
        [
            kpi("own.wide", "sales.revenue"),
            kpi("own.inner", "own.wide * 2", within="set 1"),
            kpi("own.beside", "own.inner", within="set 1"),
            kpi("own.outer", "own.inner"),
            kpi("own.other", "own.inner", within="set 2"),
        ],
        metrics,
    )
    assert list(laid.metrics) == ["own.beside", "own.inner", "own.wide"]
    assert all('There is no metric "own.inner".' in str(each.problem) for each in laid.refused)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"key": "own.Costs"}, "key", '"own.name" in lower case'),
        ({"key": "revenue.x"}, "key", '"own.name" in lower case'),
        ({"key": "own." + "x" * 80}, "key", "at most 60"),
        ({"name": " "}, "name", "A name of at most 80 characters is needed."),
        ({"name": "x" * 81}, "name", "A name of at most 80 characters is needed."),
        ({"name": "Co\0sts"}, "name", "control characters"),
        ({"description": "\ud800"}, "description", "control characters"),
        ({"unit": "cuont"}, "unit", '"cuont" is none of .*Did you mean "count"'),
        ({"better": "up"}, "better", '"up" is none of higher, lower, neutral'),
        ({"unit": "count"}, "unit", 'The formula gives money, not "count". Did you mean "money"'),
        (
            {"breakdowns": ("product",)},
            "breakdowns",
            'can be broken down by "product"; these can: rep, region.',
        ),
        ({"expression": "sales.revenu"}, "expression", 'Did you mean "sales.revenue"'),
    ],
)
def test_what_makes_one_unusable(
    metrics: Metrics, changes: dict[str, Any], field: str, sentence: str
) -> None:
    facts = {"key": "own.costs", "expression": "sales.revenue"} | changes
    (refused,) = lay([kpi(**facts)], metrics).refused
    assert refused.problem.field == field
    with pytest.raises(type(refused.problem), match=sentence):
        raise refused.problem


def test_chosen_breakdowns_are_kept(metrics: Metrics) -> None:
    (made,) = lay([kpi("own.a", "sales.revenue", breakdowns=("region",))], metrics).metrics.values()
    assert made.by == ("region",)


def test_a_tower_of_kpis_is_refused_where_it_grows_too_high(metrics: Metrics) -> None:
    tower = [kpi("own.k0", "sales.revenue"), *(kpi(f"own.k{n}", f"own.k{n - 1} + 1") for n in range(1, 15))]
    laid = lay(tower, metrics)
    assert len(laid.metrics) == MOST_LEVELS
    assert f"More than {MOST_LEVELS} own KPIs" in str(laid.problem(f"own.k{MOST_LEVELS}"))


def test_a_few_kpis_that_multiply_into_millions_of_steps_are_refused(metrics: Metrics) -> None:
    row = [kpi("own.k0", "sales.revenue")]
    row += [kpi(f"own.k{n}", f"rolling(own.k{n - 1}, 36) + own.k{n - 1}") for n in range(1, 5)]
    laid = lay(row, metrics)
    assert "own.k1" in laid.metrics
    assert "steps to calculate" in str(laid.problem("own.k3"))
