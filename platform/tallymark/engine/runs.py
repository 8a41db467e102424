"""Metrics in Python: their rows taken from the snapshot, their functions run apart, their answers beside the leaves'."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial

import duckdb
import numpy as np
import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark.engine.cell import Figure
from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.members import Members
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import RunFigures
from tallymark.engine.plan import Plan, Run
from tallymark.sandbox.order import Call
from tallymark.sandbox.process import Question, Value, Verdict
from tallymark.sandbox.process import run as run_apart
from tallymark_sdk.calendars import Period
from tallymark_sdk.computing_rows import handed_over, member_column
from tallymark_sdk.formula import Computed

log = logging.getLogger(__name__)

SECONDS_FOR_ALL = 900.0
"""How long all functions of one computation may take together."""
NO_TIME_LEFT = f"not run: the metrics before it took {SECONDS_FOR_ALL:g} seconds"

_COMPILER = DuckDBCompiler()
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class RunAnswers:
    """What the functions of a plan answered.

    Attributes:
        values: function → breakdown → (member, period's place) → value.
        failed: functions without an answer, with the reason.
    """

    values: dict[Run, dict[str, dict[tuple[str, int], Figure]]] = field(default_factory=dict)
    failed: dict[Run, str] = field(default_factory=dict)


def run_all(
    plan: Plan, connected: Callable[[], duckdb.DuckDBPyConnection], is_connected: Callable[[str], bool]
) -> RunAnswers:
    """Run every function of the plan, one after another. Whatever one does is the reason of its own cells.

    Args:
        connected: opens the tenant's snapshots; asked only where there is a function.
    """
    answers = RunAnswers()
    until = time.monotonic() + SECONDS_FOR_ALL
    # Those that ask for little time go first: a slow one must not use up the time of the others.
    for run, (breakdowns, needed) in sorted(plan.runs.items(), key=lambda item: item[0].formula.seconds):
        dimensions, periods = sorted(breakdowns), sorted(needed)
        missing = next((name for name in sorted(run.formula.columns) if not is_connected(name)), None)
        if missing:
            answers.failed[run] = f"not connected: {missing.replace('_', ' ')}"
            continue
        try:
            values = _values(run, dimensions, periods, connected(), until - time.monotonic())
        except Verdict as verdict:
            log.warning("the computed metric %s has no value: %s", run.formula.function.__qualname__, verdict)
            answers.failed[run] = str(verdict)
            continue
        found = answers.values.setdefault(run, {})
        for call, period, member, value in values:
            if value is None:
                continue
            for place in plan.alike[periods[period]]:
                found.setdefault(dimensions[call], {})[member, place] = value
    return answers


def figures_on(answers: RunAnswers, axis: Axis, members: Members, periods: int) -> dict[Run, RunFigures]:
    """The answers in the places of an axis."""
    found: dict[Run, RunFigures] = {}
    for run, by_dimension in answers.values.items():
        shape = (axis.size, periods)
        figures = RunFigures(np.zeros(shape, object), np.ones(shape, object), np.zeros(shape, bool))
        for block in axis.blocks:
            given = by_dimension.get(block.dimension, {})
            names = pa.array([member for member, _ in given], pa.string())
            numbers = members.encode(block.dimension, names) if block.dimension else np.zeros(len(given), int)
            for number, ((_, period), value) in zip(numbers.tolist(), given.items(), strict=True):
                slot = number - block.first
                if 0 <= slot < block.size:
                    place = (block.offset + slot, period)
                    figures.values[place], figures.divisors[place] = value.as_integer_ratio()
                    figures.has[place] = True
        found[run] = figures
    return found


def _values(
    run: Run,
    dimensions: list[str],
    periods: list[Period],
    connection: duckdb.DuckDBPyConnection,
    seconds: float,
) -> list[Value]:
    if seconds <= 0:
        raise Verdict(NO_TIME_LEFT)
    named = tuple(dimension for dimension in dimensions if dimension != TOTAL)
    calls = [
        Call(
            dimension=dimension,
            members={name: member_column(dimension) for name in run.formula.columns} if dimension else None,
        )
        for dimension in dimensions
    ]
    try:
        question = Question(
            function=run.formula,
            tables=_rows(run.formula, named, connection),
            periods=_numbered(periods),
            calls=calls,
        )
        return run_apart(question, seconds=seconds)
    except duckdb.Error as error:
        raise Verdict(f"could not be computed: {type(error).__name__}") from error


def _rows(
    formula: Computed, dimensions: tuple[str, ...], connection: duckdb.DuckDBPyConnection
) -> dict[str, Callable[[], pa.RecordBatchReader]]:
    def read(dataset: str, columns: tuple[str, ...]) -> pa.RecordBatchReader:
        return connection.sql(_sql(dataset, columns, dimensions)).to_arrow_reader(_ROWS_AT_ONCE)

    return {dataset: partial(read, dataset, columns) for dataset, columns in formula.columns.items()}


@lru_cache(maxsize=256)
def _sql(dataset: str, columns: tuple[str, ...], dimensions: tuple[str, ...]) -> str:
    return str(_COMPILER.to_sqlglot(handed_over(dataset, columns, dimensions)).sql(dialect="duckdb"))


def _numbered(periods: list[Period]) -> pa.Table:
    return pa.table(
        {
            "period": pa.array(range(len(periods)), pa.int64()),
            "first": pa.array([period.start for period in periods], pa.date32()),
            "beyond": pa.array([period.end for period in periods], pa.date32()),
        }
    )
