"""The targets of what a scorecard shows, and how its running period stands on the way to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tallymark.calendars import calendar_of
from tallymark.engine.cell import Cell
from tallymark.engine.session import TenantData
from tallymark.engine.targets import TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.scorecards.compose import Pace, Target
from tallymark.scorecards.gather import Basis
from tallymark_sdk.calendars import Period
from tallymark_sdk.targets import elapsed, needed_per_day, pace


def tenant_targets(basis: Basis, data: TenantData, known: Registry) -> TenantTargets:
    """The targets as of the basis."""
    return TenantTargets(
        stored=basis.targets,
        data=data,
        registry=known,
        calendar=calendar_of(basis.profile),
        profile=basis.profile,
    )


def targets_of(targets: TenantTargets, cells: Iterable[Cell]) -> list[Target]:
    """The target of each cell that has one."""
    found = []
    for cell in cells:
        if cell.part != "value" or not cell.period.is_whole:
            continue  # a target is for a whole period
        value, _ = targets.value(cell.metric, cell.dimension, cell.member, cell.period)
        if value is not None:
            found.append(
                Target(
                    metric=cell.metric,
                    period_start=cell.period.start,
                    value=value,
                    dimension=cell.dimension,
                    member=cell.member,
                )
            )
    return found


def paces_of(
    targets: TenantTargets, cells: Iterable[Cell], period: Period, as_of: date, better: Mapping[str, str]
) -> list[Pace]:
    """How the totals stand on the way to their targets while the period runs; none before and after.

    Only of metrics that add up over time: half a month's sales are half of something, half a month's close ratio
    isn't. What is still needed is said only where higher is better.

    Args:
        as_of: the last day that the data covers.
        better: metric → which direction is good.
    """
    if not period.start <= as_of < period.end:
        return []
    share = elapsed(period, as_of, targets.workdays.is_workday)
    left = targets.workdays.remaining(period, as_of)
    found = []
    for cell in _totals(cells, period):
        nature = targets.nature(cell.metric)
        goal, _ = targets.value(cell.metric, "", "", period)
        if nature is None or not nature.sums_over_time or goal is None or cell.value is None or share is None:
            continue
        value = Decimal(cell.value)
        needed = needed_per_day(value, goal, left) if better.get(cell.metric) == "higher" else None
        found.append(Pace(metric=cell.metric, pace=pace(value, goal, share), needed=needed))
    return found


def _totals(cells: Iterable[Cell], period: Period) -> Sequence[Cell]:
    return [cell for cell in cells if cell.part == "value" and not cell.dimension and cell.period == period]
