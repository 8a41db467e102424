"""Metrics in Python: their rows taken from the snapshot, their functions run apart, their answers beside the leaves'."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import duckdb
import pyarrow as pa
from ibis.backends.sql.compilers import DuckDBCompiler

from tallymark.engine.expand import TOTAL
from tallymark.engine.plan import Leaf, Plan, Run
from tallymark.engine.run import Answer, Answers
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


def with_runs(
    answers: Answers, plan: Plan, connection: duckdb.DuckDBPyConnection, is_connected: Callable[[str], bool]
) -> Answers:
    """The answers with those of every function of the plan, one after another.

    Whatever a function does is the reason of its own cells; the leaves' answers stay as they are.
    """
    figures, members, failed = dict(answers.figures), dict(answers.members), dict(answers.failed)
    until = time.monotonic() + SECONDS_FOR_ALL
    # Those that ask for little time go first: a slow one must not use up the time of the others.
    for run, (breakdowns, needed) in sorted(plan.runs.items(), key=lambda item: item[0].formula.seconds):
        dimensions, periods = sorted(breakdowns), sorted(needed)
        missing = next((name for name in sorted(run.formula.columns) if not is_connected(name)), None)
        if missing:
            failed[run] = f"not connected: {missing.replace('_', ' ')}"
            continue
        try:
            values = _values(run, dimensions, periods, connection, until - time.monotonic())
        except Verdict as verdict:
            log.warning("the computed metric %s has no value: %s", run.formula.function.__qualname__, verdict)
            failed[run] = str(verdict)
            continue
        seen: dict[tuple[Leaf | Run, str], dict[str, set[int]]] = {}
        for call, period, member, value in values:
            dimension, number = dimensions[call], plan.numbers[periods[period]]
            figures[run, dimension, member, number] = Answer(value=value)
            if dimension != TOTAL:
                seen.setdefault((run, dimension), {}).setdefault(member, set()).add(number)
        members |= {key: {name: frozenset(at) for name, at in found.items()} for key, found in seen.items()}
    return replace(answers, figures=figures, members=members, failed=failed)


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
