"""Checking a declaration against the empty model, with no data, when its pack is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import ibis.expr.types as ir

from tallymark_sdk.choices import impossible_values
from tallymark_sdk.computing_checks import can_be_handed_over, computing_problems
from tallymark_sdk.dimensions import DIMENSIONS, is_available, is_known
from tallymark_sdk.errors import (
    InvalidExpression,
    InvalidMetric,
    TallymarkError,
    did_you_mean,
)
from tallymark_sdk.formula import Boundary, Computed, Flow, Formula, Leaf, PerPeriod, Stock
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.leaves import computations, leaves
from tallymark_sdk.metric import Better, Metric, Unit
from tallymark_sdk.model import DATASETS, Kind
from tallymark_sdk.rows import described, empty_relation, grain, holds_words, parameters_of, placing_columns
from tallymark_sdk.shapes import shape_problems
from tallymark_sdk.view import View

KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\.[a-z][a-z0-9]*(_[a-z0-9]+)*")


def check(metric: Metric) -> None:
    """Refuse a metric that isn't right.

    Raises:
        InvalidMetric: with every problem found, one sentence each.
    """
    problems = tuple(problems_of(metric))
    if problems:
        raise InvalidMetric(metric.key, problems)


def problems_of(metric: Metric) -> Iterator[str]:
    """Everything that is wrong with the metric, in plain words."""
    wrong_shapes = tuple(shape_problems(metric))
    yield from dict.fromkeys(wrong_shapes)
    if wrong_shapes:
        return
    yield from _header_problems(metric)
    # An author's file need not have been type-checked.
    kinds = {type(formula) for formula in metric.all_formulas()} - set(get_args(Formula))
    if kinds:
        yield f"a formula is a Flow, Stock, PerPeriod, Ratio, Derived or @computed, not {kinds.pop().__name__}"
        return
    wrong_leaves = [problem for leaf in _all_leaves(metric) for problem in _leaf_problems(leaf)]
    for computation in _all_computations(metric):
        wrong_leaves.extend(computing_problems(computation))
    yield from dict.fromkeys(wrong_leaves)
    if not wrong_leaves:
        yield from _input_problems(metric)
        yield from _parameter_problems(metric)
        yield from _breakdown_problems(metric)


def can_break_down(leaf: Leaf, dimension: str) -> bool:
    """Whether the leaf's rows have members of the dimension."""
    if dimension == "customer_type" and not isinstance(leaf, Flow):
        return False
    return is_available(dimension, holds_words(leaf.dataset), grain(leaf.dataset))


def _header_problems(metric: Metric) -> Iterator[str]:
    if not KEY.fullmatch(metric.key):
        yield f'the key "{metric.key}" isn\'t "family.name" in lower case with underscores'
    if metric.unit not in get_args(Unit):
        yield f'unit "{metric.unit}" is none of {", ".join(get_args(Unit))}.{did_you_mean(metric.unit, get_args(Unit))}'
    if metric.better not in get_args(Better):
        yield f'better "{metric.better}" is none of {", ".join(get_args(Better))}'
    if not metric.name.strip() or not metric.description.strip():
        yield "a name and a description are needed"
    if metric.version < 1:
        yield "the version counts from 1"
    if "value" in metric.parts:
        yield 'no part may be called "value": that is the metric itself'


def _all_leaves(metric: Metric) -> Iterator[Leaf]:
    for formula in metric.all_formulas():
        yield from leaves(formula)


def _all_computations(metric: Metric) -> Iterator[Computed]:
    for formula in metric.all_formulas():
        yield from computations(formula)


def _leaf_problems(leaf: Leaf) -> Iterator[str]:
    if isinstance(leaf.dataset, str) and leaf.dataset not in DATASETS:
        yield f'there is no dataset "{leaf.dataset}".{did_you_mean(leaf.dataset, DATASETS)}'
        return
    if isinstance(leaf, Stock) and leaf.at not in get_args(Boundary):
        yield f'at="{leaf.at}" is none of {", ".join(get_args(Boundary))}'
    if not isinstance(leaf.dataset, str) and leaf.dataset.per_period != isinstance(leaf, PerPeriod):
        yield f'the view "{leaf.dataset.name}" is {"" if leaf.dataset.per_period else "not "}made per period: a PerPeriod reads those, a Flow or Stock all others'
        return
    try:
        table = empty_relation(leaf.dataset)
        yield from _date_problems(leaf, table)
        parts = described(leaf)
    except TallymarkError as error:
        yield str(error)
    except AttributeError as error:
        undeclared = isinstance(error.obj, ir.Table) and isinstance(leaf.dataset, View)
        what = f'reads "{error.name}", which isn\'t among what it declares' if undeclared else str(error)
        yield f"the view {what}" if undeclared else f"it can't be read: {what}"
    except Exception as error:  # noqa: BLE001  a view's build is the author's code and may raise anything
        yield f"it can't be read: {error}"
    else:
        yield from _money_problems(leaf, parts.columns)
        yield from impossible_values(leaf, parts)


def _date_problems(leaf: Leaf, table: ir.Table) -> Iterator[str]:
    for column in placing_columns(leaf):
        if column not in table.columns:
            raise InvalidExpression(f'there is no column "{column}".{did_you_mean(column, table.columns)}')
        if not table[column].type().is_date():
            yield f'"{column}" isn\'t a date, so it can\'t put a row into a period; times have one beside them ("…_on")'


def _money_problems(leaf: Leaf, used: frozenset[str]) -> Iterator[str]:
    for column in sorted(used):
        if _is_foreign_money(leaf.dataset, column):
            yield (
                f"\"{column}\" is in each row's own currency and can't be reduced or compared across rows; "
                f'use "{column}_base"'
            )


def _is_foreign_money(of: str | View, column: str) -> bool:
    if isinstance(of, View):
        return column in of.columns and of.is_foreign_money(column)
    return DATASETS[of].column(column).kind is Kind.MONEY and not column.endswith("_base")


def _input_problems(metric: Metric) -> Iterator[str]:
    used = inputs_used(metric)
    for name in used:
        if name not in metric.inputs:
            yield f'"{name}" is used but isn\'t among the inputs'
    for name in metric.inputs:
        if name not in used:
            yield f'"{name}" is among the inputs but isn\'t used.{did_you_mean(name, used)}'


def _parameter_problems(metric: Metric) -> Iterator[str]:
    used = {parameter for leaf in _all_leaves(metric) for parameter in parameters_of(leaf)}
    for parameter in sorted(used - set(metric.parameters), key=lambda each: each.name):
        yield f"the parameter \"{parameter.name}\" is used but isn't among the metric's parameters"
    for parameter in metric.parameters:
        if parameter not in used:
            yield f'the parameter "{parameter.name}" isn\'t used'
    names = [parameter.name for parameter in metric.parameters]
    if len(set(names)) < len(names):
        yield "two parameters have the same name"
    if metric.horizon and metric.horizon not in names:
        yield f'the horizon "{metric.horizon}" is none of the parameters.{did_you_mean(metric.horizon, names)}'
    if metric.history and metric.history != "stage_history":
        yield f'history "{metric.history}" is no dataset of spans; there is "stage_history"'


def _breakdown_problems(metric: Metric) -> Iterator[str]:
    for dimension in metric.by:
        if not _is_offered(metric, dimension):
            yield f'there is no breakdown "{dimension}".{did_you_mean(dimension, DIMENSIONS)}'
            continue
        for part in ("value", *metric.parts):
            for leaf in leaves(metric.formula_of(part, dimension), totals=False):
                if not can_break_down(leaf, dimension):
                    yield f'{grain(leaf.dataset)} can\'t be broken down by "{dimension}"'
            for computation in computations(metric.formula_of(part, dimension), totals=False):
                if not can_be_handed_over(computation, dimension):
                    yield f'{", ".join(computation.columns)} can\'t be handed over by "{dimension}"'


def _is_offered(metric: Metric, dimension: str) -> bool:
    """Whether there is such a breakdown, or a column of that name among the rows."""
    return (
        is_known(dimension)
        or any(can_break_down(leaf, dimension) for leaf in _all_leaves(metric))
        or any(can_be_handed_over(each, dimension) for each in _all_computations(metric))
    )
