"""The engine's one entry: from metrics and periods to cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tallymark.engine.assemble import Assembly
from tallymark.engine.cell import Cell
from tallymark.engine.fuse import fuse
from tallymark.engine.plan import make_plan
from tallymark.engine.run import run
from tallymark.engine.runs import with_runs
from tallymark.engine.session import TenantData, confined
from tallymark.plugins.registry import Registry
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.calendars import calendar as any_calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.targets import TargetSource


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
) -> list[Cell]:
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
    queries = fuse(plan, attribution)
    with confined(data, threads=threads) as connection:
        answers = run(queries, plan.periods, connection, {each.history for each in metrics if each.history})
        answers = with_runs(answers, plan, connection, data.is_connected)
    assembly = Assembly(
        plan=plan,
        answers=answers,
        registry=registry,
        comparison=compared,
        is_connected=data.is_connected,
        targets=targets,
        as_of=as_of,
    )
    return [cell for metric in metrics for cell in assembly.cells(metric, tuple(by))]


def prepare(registry: Registry, keys: Sequence[str], by: Sequence[str] = ()) -> None:
    """Compile what these metrics need, without data: queries name no tenant and no period, so they are reused."""
    cut = any_calendar()
    month = cut.period("month", date(2000, 1, 1))
    plan = make_plan([registry[key] for key in keys], [month], by, registry, Comparison(calendar=cut))
    for attribution in (AS_IS, AS_WAS):
        fuse(plan, attribution)
