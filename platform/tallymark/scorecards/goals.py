"""The targets of what a scorecard shows, and how its running period stands on the way to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from tallymark.calendars import calendar_of
from tallymark.engine.cell import Cell
from tallymark.engine.session import TenantData
from tallymark.engine.targets import TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.scorecards.compose import Pace, Target
from tallymark.scorecards.gather import Basis
from tallymark.targets.running import running
from tallymark_sdk.calendars import Period


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


def paces_of(targets: TenantTargets, cells: Iterable[Cell], period: Period, as_of: date) -> list[Pace]:
    """How the totals of a running period stand on the way to their targets (see `running`).

    Args:
        as_of: the last day that the data covers.
    """
    found = []
    for cell in _totals(cells, period):
        goal, _ = targets.value(cell.metric, "", "", period)
        if goal is None or cell.value is None:
            continue
        stands = running(targets, cell.metric, Decimal(cell.value), goal, period, as_of)
        if stands is not None:
            found.append(Pace(metric=cell.metric, pace=stands.pace, needed=stands.needed))
    return found


def _totals(cells: Iterable[Cell], period: Period) -> Sequence[Cell]:
    return [cell for cell in cells if cell.part == "value" and not cell.dimension and cell.period == period]
