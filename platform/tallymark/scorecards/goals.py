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
from tallymark.targets.season import usual_shares
from tallymark_sdk.calendars import Period


def tenant_targets(basis: Basis, data: TenantData, known: Registry) -> TenantTargets:
    """The targets as of the basis."""
    return TenantTargets(
        stored=basis.targets,
        data=data,
        registry=known,
        calendar=calendar_of(basis.profile),
        profile=basis.profile,
        given_workdays=basis.comparison.workdays,
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
    targets: TenantTargets,
    cells: Iterable[Cell],
    period: Period,
    as_of: date,
    *,
    dimension: str = "",
    member: str = "",
) -> list[Pace]:
    """How a running period stands on the way to its targets (see `running`): the company's, or a member's.

    What is usual by now is learned from the whole company, also for a member.

    Args:
        as_of: the last day that the data covers.
    """
    found: list[tuple[Cell, Decimal, Decimal]] = []
    for cell in _whole(cells, period, dimension, member):
        goal, _ = targets.value(cell.metric, dimension, member, period)
        if goal is not None and cell.value is not None:
            found.append((cell, Decimal(cell.value), goal))
    usual = usual_shares(targets, [cell.metric for cell, _, _ in found], period, as_of)
    paces = []
    for cell, value, goal in found:
        stands = running(targets, cell.metric, value, goal, period, as_of, usual.get(cell.metric))
        if stands is not None and stands.usual is not None:
            by = stands.usual
            paces.append(
                Pace(
                    metric=cell.metric,
                    pace=stands.pace,
                    needed=stands.needed,
                    share=stands.share,
                    day=by.day,
                    days=by.days,
                    learned=by.learned,
                )
            )
    return paces


def _whole(cells: Iterable[Cell], period: Period, dimension: str, member: str) -> Sequence[Cell]:
    return [
        cell
        for cell in cells
        if cell.part == "value"
        and (cell.dimension, cell.member) == (dimension, member)
        and cell.period == period
    ]
