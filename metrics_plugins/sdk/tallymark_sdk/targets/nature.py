"""Reading from a metric's formula whether its values add up over time, and so whether its target is divided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tallymark_sdk.calendars import Calendar
from tallymark_sdk.expression import reduction
from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Flow,
    Monthly,
    Number,
    Operand,
    Ratio,
    Reference,
    Shifted,
    Stock,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.rows import empty_relation
from tallymark_sdk.targets.book import TargetBook
from tallymark_sdk.targets.rows import Nature, groups_of_reps, read_rows


def nature_of(metric: Metric, metrics: Mapping[str, Metric]) -> Nature:
    """What of the metric decides how its targets behave; `metrics` are those its formula may refer to."""
    return Nature(
        money=metric.unit == "money",
        sums_over_time=_sums(metric.formula, metrics, frozenset({metric.key})),
        sums_over_members=metric.additive,
        not_summed_by=metric.not_additive_by,
    )


def book_of(
    rows: Mapping[str, Iterable[Mapping[str, Any]]], metrics: Mapping[str, Metric], calendar: Calendar
) -> TargetBook:
    """The targets among rows given in memory (dataset → rows), divided in the default way."""

    def nature(key: str) -> Nature | None:
        return nature_of(metrics[key], metrics) if key in metrics else None

    targets, _ = read_rows(rows.get("targets", ()), nature)
    return TargetBook(
        targets, calendar=calendar, nature=nature, members_of_reps=groups_of_reps(rows.get("reps", ()))
    )


def _sums(operand: Operand, metrics: Mapping[str, Metric], seen: frozenset[str]) -> bool:
    """Whether the operand's values over the parts of a period add up to its value over the whole.

    Sums and counts of events do, and so, nearly enough for a target, does such a sum by a stock: sales per rep of a
    year are those of its months together. Distinct counts, other ratios, and what is measured at a boundary (stocks,
    and views by period, whose rows may be either) don't.
    """
    match operand:
        case Flow():
            return reduction(operand.value, empty_relation(operand.dataset)).kernel in {"sum", "count"}
        case Monthly():
            return True
        case Derived(inner) | Total(inner) | Shifted(inner, _):
            return _sums(inner, metrics, seen)
        case Reference(key, "value") if key in metrics and key not in seen:
            return _sums(metrics[key].formula, metrics, seen | {key})
        case Arithmetic("+" | "-", left, right):
            return _sums(left, metrics, seen) and _sums(right, metrics, seen)
        case Arithmetic("*", Number(), scaled) | Arithmetic("*" | "/", scaled, Number()):
            return _sums(scaled, metrics, seen)
        case Ratio(over, under):
            return _sums(over, metrics, seen) and _is_stock(under, metrics)
        case _:
            return False


def _is_stock(operand: Operand, metrics: Mapping[str, Metric]) -> bool:
    match operand:
        case Stock():
            return True
        case Derived(inner):
            return _is_stock(inner, metrics)
        case Reference(key, "value") if key in metrics:
            return isinstance(metrics[key].formula, Stock)
        case _:
            return False
