"""The engine's one entry: from metrics and periods to cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from tallymark.engine.assemble import Assembly, aimed_members
from tallymark.engine.cells import Cells
from tallymark.engine.evaluate import Evaluation, Setting
from tallymark.engine.facts.groups import needs
from tallymark.engine.facts.members import Members
from tallymark.engine.facts.store import Facts
from tallymark.engine.kernels.axis import axes
from tallymark.engine.plan import Leaf, Plan, Run, make_plan, offered
from tallymark.engine.question import Question, everything, kept_leaves
from tallymark.engine.runs import RunAnswers, figures_on, run_all
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk.attribution import AS_IS, Attribution
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.targets import TargetSource

if TYPE_CHECKING:
    from tallymark.engine.spark.question import SparkQuestion


def compute(
    registry: Registry,
    keys: Sequence[str],
    periods: Sequence[Period],
    by: Sequence[str] = (),
    *,
    data: TenantData,
    calendar: Calendar,
    threads: int | None = None,
    targets: TargetSource | None = None,
    as_of: date | None = None,
    comparison: Comparison | None = None,
    attribution: Attribution = AS_IS,
) -> Cells:
    """Compute metrics for one tenant.

    Args:
        keys: metric keys, in the order the cells come back.
        periods: periods of one grain in the tenant's calendar.
        by: breakdowns; a metric that doesn't offer one gives its total only.
        targets: where targets come from; without it none is set.
        as_of: the day of the data, from which a cohort's horizon counts.
        comparison: with which periods others are compared; by plain steps of the calendar where it isn't given.
        attribution: by whom reps', teams', departments' and regions' rows count: who owns them now, or owned them.

    Raises:
        UnknownMetric: a key that no pack declares.
    """
    metrics = [registry[key] for key in keys]
    compared = comparison or Comparison(calendar=calendar)
    plan = make_plan(metrics, periods, by, registry, compared)
    with Facts(data, threads=threads) as facts:
        question = _question(plan, attribution, facts, registry)
        spans = {group: question.spans(group) for group in question.groups}
        ready = facts.ready(question.groups, spans)
        runs = run_all(plan, facts.connection, data.is_connected)
        since = facts.known_since({each.history for each in metrics if each.history})
        failed: dict[Leaf | Run, str] = dict[Leaf | Run, str](facts.failed.items())
        failed |= dict[Leaf | Run, str](runs.failed.items())
        setting = Setting(
            plan=plan,
            registry=registry,
            comparison=compared,
            is_connected=data.is_connected,
            failed=failed,
            targets=targets,
        )
        _know_members(facts.members, runs, setting, metrics, by)
        kept = kept_leaves(metrics, by, registry)
        evaluations: list[Evaluation] = []
        dimensions = sorted({dimension for metric in metrics for dimension in offered(metric, by)})
        sizes = {dimension: len(facts.members.texts(dimension)) for dimension in dimensions}
        for axis in axes(dimensions, sizes):
            evaluations.append(
                Evaluation(
                    setting=setting,
                    axis=axis,
                    parts=question.figures(ready, axis, kept),
                    runs=figures_on(runs, axis, facts.members, len(plan.periods)),
                    members=lambda dimension: facts.members.texts(dimension).to_pylist(),
                    whole=evaluations[0] if evaluations else None,
                )
            )
    assembly = Assembly(
        setting=setting, evaluations=evaluations, members=facts.members, since=since, as_of=as_of
    )
    return assembly.cells(metrics, tuple(by))


def _question(
    plan: Plan, attribution: Attribution, facts: Facts, registry: Registry
) -> Question | SparkQuestion:
    """The plan's leaves as this tenant's engine answers them: from prepared facts here, or on Spark."""
    if facts.data.spark is None:
        return Question.of(plan, attribution, facts, registry)
    from tallymark.engine.spark.question import SparkQuestion

    return SparkQuestion.of(plan, attribution, facts, facts.data.spark)


def _know_members(
    members: Members, runs: RunAnswers, setting: Setting, metrics: Sequence[Metric], by: Sequence[str]
) -> None:
    """Number the members that no fact has: those that only a function or a target speaks of."""
    for by_dimension in runs.values.values():
        for dimension, answers in by_dimension.items():
            if dimension:
                members.encode(dimension, pa.array(sorted({member for member, _ in answers}), pa.string()))
    for dimension, aimed in aimed_members(setting, metrics, by).items():
        members.encode(dimension, pa.array(sorted(aimed), pa.string()))


def warm(registry: Registry) -> None:
    """Find out beforehand, without data, what every metric stands on: it names no tenant and no period."""
    for wanted in everything(registry, AS_IS).values():
        for leaf in wanted.leaves:
            needs(leaf)
