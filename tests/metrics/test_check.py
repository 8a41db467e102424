"""What a declaration is refused for, and in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis
import pytest

from tallymark_sdk import Flow, InvalidMetric, Metric, Part, Ratio, Stock, View, _, check, metric_value
from tallymark_sdk.text import in_words

GOOD = Metric(
    key="acme.bookings",
    name="Bookings",
    description="Money of deals won.",
    unit="money",
    better="higher",
    inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
    formula=Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won")),
    by=("rep",),
)


def valued(value: Any) -> Metric:
    return replace(GOOD, formula=Flow("opportunities", on="closed_on", value=value))


def changed(**fields: Any) -> Metric:
    return replace(GOOD, **fields)


BAD: dict[str, tuple[Metric, str]] = {
    "typo": (valued(_.amout_base.sum()), 'no column "amout_base". Did you mean "amount_base"'),
    "text summed": (valued(_.name.sum()), "the sum of text is no number"),
    "no aggregate": (valued(_.amount_base), "nothing is aggregated"),
    "now": (valued((_.closed_on < ibis.now().date()).sum()), "now() is not allowed"),
    "random": (valued((_.amount_base * ibis.random()).sum()), "random() is not allowed"),
    "first": (valued(_.amount_base.first()), "First is not one of sum"),
    "window": (valued((_.amount_base - _.amount_base.lag()).sum()), "is not allowed"),
    "mean": (valued(_.amount_base.mean()), "a mean is a ratio of sums"),
    "division of sums": (valued(_.amount_base.sum() / _.count()), "use Ratio"),
    "division in a row": (valued((_.amount_base / _.recurring_amount_base).sum()), "a row can't divide"),
    "two reductions": (valued(_.amount_base.sum() - _.recurring_amount_base.sum()), "exactly one reduction"),
    "own currency": (valued(_.amount.sum()), 'use "amount_base"'),
    "a constant": (valued(_.count), "can't be read|is no value"),
    "unknown dataset": (
        replace(GOOD, formula=Flow("oportunities", on="closed_on", value=_.count())),
        'no dataset "oportunities". Did you mean "opportunities"',
    ),
    "unknown date": (
        replace(GOOD, formula=Flow("opportunities", on="close_on", value=_.count())),
        'no column "close_on". Did you mean "closed_on"',
    ),
    "a time for a date": (
        replace(GOOD, formula=Flow("opportunities", on="closed_at", value=_.count())),
        "isn't a date",
    ),
    "condition that is none": (
        replace(GOOD, formula=Flow("opportunities", on="closed_on", value=_.count(), where=_.amount_base)),
        "is not a condition",
    ),
    "value outside the choices": (
        valued(_.count(where=_.status == "Won")),
        '"status" is never "Won". Did you mean "won"',
    ),
    "values outside the choices": (
        valued(_.count(where=_.status.fill_null("open").isin(["won", "signed"]))),
        '"status" is never "signed". It is one of open, won, lost, cancelled',
    ),
    "undeclared input": (replace(GOOD, inputs=GOOD.inputs[:2]), '"opportunities.status" is used but'),
    "unused input": (
        replace(GOOD, inputs=(*GOOD.inputs, "opportunities.amount")),
        '"opportunities.amount" is among the inputs but isn\'t used',
    ),
    "unknown breakdown": (replace(GOOD, by=("repp",)), 'no breakdown "repp". Did you mean "rep"'),
    "impossible breakdown": (replace(GOOD, by=("department", "manager")), 'no breakdown "manager"'),
    "breakdown of other rows": (
        replace(
            GOOD,
            inputs=("reps.hired_on", "reps.left_on"),
            formula=Stock("reps", start="hired_on", end="left_on", at="during", value=_.count()),
            by=("product",),
        ),
        'reps can\'t be broken down by "product"',
    ),
    "other rows": (valued(_.filter(_.status == "won").count()), "reads the metric's own rows"),
    "other rows' column": (
        valued(_.filter(_.status == "won").amount_base.sum()),
        "reads the metric's own rows",
    ),
    "floating": (valued(_.amount_base.cast("float64").sum()), "floating numbers lose digits"),
    "text cast": (valued(_.id.cast("int64").sum()), "text can't be cast"),
    "a date": (valued(_.closed_on.max()), "is no number"),
    "no formula": (changed(formula=None), "not NoneType"),
    "bad boundary": (
        changed(formula=Stock("reps", start="hired_on", end="left_on", at="strat", value=_.count())),  # type: ignore[arg-type]
        'at="strat" is none of',
    ),
    "reserved reason": (
        changed(
            formula=Flow(
                "opportunities",
                on="closed_on",
                value=_.amount_base.sum(),
                leave_out={"deleted in the source": _.status == "lost"},
            )
        ),
        "is given already",
    ),
    "part by another breakdown": (
        changed(
            by=("product",),
            parts={
                "heads": Part(
                    name="Heads",
                    unit="count",
                    formula=Stock("reps", start="hired_on", end="left_on", at="end", value=_.count()),
                )
            },
        ),
        'reps can\'t be broken down by "product"',
    ),
    "bad key": (replace(GOOD, key="Acme.Bookings"), 'isn\'t "family.name"'),
    "bad unit": (changed(unit="mony"), 'Did you mean "money"'),
    "bad direction": (changed(better="up"), 'better "up" is none of'),
    "no name": (replace(GOOD, name=" "), "a name and a description are needed"),
    "bad version": (replace(GOOD, version=0), "counts from 1"),
}


def test_a_good_metric_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize("case", BAD)
def test_a_bad_metric_is_refused_with_its_reason(case: str) -> None:
    metric, words = BAD[case]
    with pytest.raises(InvalidMetric) as refusal:
        check(metric)
    assert any(part in str(refusal.value) for part in words.split("|")), str(refusal.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InvalidMetric) as refusal:
        check(changed(unit="mony", by=("repp",), inputs=()))
    assert len(refusal.value.problems) == 5


def test_a_view_may_read_only_what_it_declares() -> None:
    sneaky = View(
        name="sneaky",
        grain="orders",
        requires=(),
        columns={"ordered_on": "orders.ordered_on"},
        build=lambda tables: tables["orders"].filter(tables["orders"].amount_base > 0),
    )
    metric = replace(
        GOOD, inputs=("orders.ordered_on",), by=(), formula=Flow(sneaky, on="ordered_on", value=_.count())
    )
    with pytest.raises(InvalidMetric, match="amount_base"):
        check(metric)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda tables: tables["orders"].join(ibis.table({"id": "string"}, name="costs"), "id"),
            'reads "costs"',
        ),
        (lambda tables: tables["orders"].filter(ibis.random() < 1), "RandomScalar"),
        (lambda tables: tables["orders"].limit(1), "Limit"),
        (lambda tables: tables["orders"].drop("ordered_on"), "doesn't yield its column ordered_on"),
    ],
)
def test_a_view_is_checked_like_a_formula(build: Any, words: str) -> None:
    view = View(
        name="bad", grain="orders", requires=(), columns={"ordered_on": "orders.ordered_on"}, build=build
    )
    metric = replace(
        GOOD, inputs=("orders.ordered_on",), by=(), formula=Flow(view, on="ordered_on", value=_.count())
    )
    with pytest.raises(InvalidMetric, match=words):
        check(metric)


def test_a_formula_reads_as_words() -> None:
    assert in_words(GOOD.formula) == (
        "sum of amount over opportunities where status is won, by the day “closed on”"
    )
    ratio = Ratio(metric_value("acme.bookings"), Flow("opportunities", on="closed_on", value=_.count()))
    assert (
        in_words(ratio, name_of=lambda _key: "Bookings")
        == "Bookings ÷ (number of opportunities, by the day “closed on”)"
    )
