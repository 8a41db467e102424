"""Filling a KPI's parameter values into a metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.formula import Flow, Leaf, Operand, PerPeriod, Stock
from tallymark_sdk.leaves import with_leaves
from tallymark_sdk.metric import Metric
from tallymark_sdk.parameters import Bound, InvalidParameter, ParameterValue
from tallymark_sdk.view import View


def bind(metric: Metric, values: Mapping[str, object]) -> Metric:
    """The metric with these values of its parameters; the others keep their defaults.

    Raises:
        InvalidParameter: the metric has no such parameter, or the value isn't allowed.
    """
    known = {parameter.name: parameter for parameter in metric.parameters}
    for name in values:
        if name not in known:
            hint = did_you_mean(name, known) or (f" It has {', '.join(known)}." if known else " It has none.")
            raise InvalidParameter(f'{metric.key} has no parameter "{name}".{hint}')
    if not known:
        return metric
    given = {name: known[name].read(value) for name, value in values.items()}
    return _bound(metric, frozenset(given.items()))


@lru_cache(maxsize=1024)
def _bound(metric: Metric, given: frozenset[tuple[str, ParameterValue]]) -> Metric:
    """The same object for the same values, so that what is compiled for it is found again."""
    bound = {parameter.name: parameter.default for parameter in metric.parameters}
    bound |= {**metric.values, **dict(given)}

    def fill(formula: Any) -> Any:
        return with_leaves(formula, lambda leaf: _bind_leaf(leaf, bound))

    def each_filled(formulas: Mapping[str, Any]) -> dict[str, Any]:
        return {dimension: fill(formula) for dimension, formula in formulas.items()}

    return replace(
        metric,
        formula=fill(metric.formula),
        parts={
            name: replace(part, formula=fill(part.formula), by_member=each_filled(part.by_member))
            for name, part in metric.parts.items()
        },
        by_member=each_filled(metric.by_member),
        pending=None if metric.pending is None else fill(metric.pending),
        values=bound,
    )


def _bind_leaf(leaf: Leaf, bound: Bound) -> Operand:
    match leaf:
        case PerPeriod(view):
            return replace(leaf, view=bind_view(view, bound), bound=bound)
        case Flow(dataset) | Stock(dataset):
            of = dataset if isinstance(dataset, str) else bind_view(dataset, bound)
            return replace(leaf, dataset=of, bound=bound)


def bind_view(view: View, bound: Bound) -> View:
    """The view with these values; the same object for the same values, so that it is computed once."""
    wanted = {parameter.name for parameter in view.parameters}
    return _bound_view(view, frozenset((name, bound[name]) for name in sorted(wanted & bound.keys())))


@lru_cache(maxsize=1024)
def _bound_view(view: View, values: frozenset[tuple[str, ParameterValue]]) -> View:
    return replace(view, bound=dict(values)) if values else view
