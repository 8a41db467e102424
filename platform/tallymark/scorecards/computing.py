"""The cells that a scorecard's sections stand on, asked in as few questions as there are kinds of periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.targets import TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.scorecards.compose.cohorts import AGES, HORIZON
from tallymark.scorecards.compose.funnel import NEEDED as FUNNEL_METRICS
from tallymark.scorecards.compose.funnel import STAGE
from tallymark.scorecards.compose.inputs import Ages
from tallymark.scorecards.compose.losses import LOSSES, REASON
from tallymark.scorecards.compose.members import BROKEN_DOWN_BY, RANKED_BY
from tallymark.scorecards.gather import Basis
from tallymark_sdk.calendars import Period

COHORT_METRICS = ("conversion.lead_to_sale", "conversion.conversion_rate")
"""The metrics with a horizon that a cohort section without a metric of its own takes, the first that has data."""


def cells_of(
    basis: Basis, known: Registry, keys: Sequence[str], data: TenantData, goals: TenantTargets
) -> list[Cell]:
    """Totals and members for every period shown, and what the drawn sections need of the reported one."""
    by = breakdowns_of(basis)
    cells = list(_computed(basis, known, keys, basis.timeline.needed, by, data=data, goals=goals))
    if beside := [key for key in metrics_beside(basis, known) if key not in keys]:
        cells += _computed(basis, known, beside, basis.timeline.needed, by, data=data, goals=goals)
    current = (basis.timeline.current,)
    if basis.scope.is_everybody:
        for metrics, dimension in _of_one_period(basis):
            present = [key for key in metrics if key in known.metrics]
            found = _computed(basis, known, present, current, (dimension,), data=data, goals=goals)
            cells += [cell for cell in found if cell.dimension or cell.metric not in keys]
    return cells


def breakdowns_of(basis: Basis) -> tuple[str, ...]:
    """The breakdowns that the composition's sections and the scope need."""
    shown = basis.composition.shown
    wanted = [choice.by or RANKED_BY for choice in shown("ranking")]
    wanted += [choice.by or BROKEN_DOWN_BY for choice in shown("breakdown")]
    wanted += [
        chart.by for choice in shown("chart") if (chart := basis.charts.get(choice.chart)) and chart.by
    ]
    return tuple(dict.fromkeys([*wanted, *([basis.scope.dimension] if basis.scope.dimension else [])]))


def metrics_beside(basis: Basis, known: Registry) -> list[str]:
    """Metrics that sections name themselves, whether or not they are KPIs of the set."""
    named: list[str] = []
    for choice in basis.composition.sections:
        if choice.shown and choice.kind in ("trend", "ranking", "breakdown"):
            named += [choice.metric, *choice.beside]
        if choice.shown and choice.kind == "chart" and choice.chart in basis.charts:
            named += basis.charts[choice.chart].metrics
    return [key for key in dict.fromkeys(named) if key in known.metrics]


def cohort_cells(basis: Basis, known: Registry, data: TenantData, goals: TenantTargets) -> Mapping[str, Ages]:
    """Each cohort metric's totals with the horizons of `AGES`, for the periods shown; none for a scope."""
    wanted = [choice.metric for choice in basis.composition.shown("cohorts")]
    if not wanted or not basis.scope.is_everybody:
        return {}
    keys = [
        key for key in dict.fromkeys([*filter(None, wanted), *COHORT_METRICS]) if _has_horizon(known, key)
    ]
    if "" not in wanted:
        keys = [key for key in keys if key in wanted]
    found: dict[str, Ages] = {}
    for key in keys:
        ages = {}
        for age in AGES:
            aged = known.with_parameters({key: {HORIZON: age}})
            ages[age] = _computed(basis, aged, [key], basis.timeline.periods, (), data=data, goals=goals)
        if key in wanted or any(cell.value is not None for cells in ages.values() for cell in cells):
            found[key] = ages
            if key not in wanted:
                break  # one is enough for a section that names none
    return found


def _has_horizon(known: Registry, key: str) -> bool:
    return key in known.metrics and any(each.name == HORIZON for each in known[key].parameters)


def _of_one_period(basis: Basis) -> Iterable[tuple[tuple[str, ...], str]]:
    if basis.composition.shown("funnel"):
        yield FUNNEL_METRICS, STAGE
    if basis.composition.shown("losses"):
        yield (LOSSES,), REASON


def _computed(
    basis: Basis,
    known: Registry,
    keys: Sequence[str],
    periods: Sequence[Period],
    by: Sequence[str],
    *,
    data: TenantData,
    goals: TenantTargets,
) -> Sequence[Cell]:
    compared = basis.comparison
    return compute(
        known,
        keys,
        periods,
        by,
        data=data,
        calendar=compared.calendar,
        targets=goals,
        as_of=compared.as_of,
        comparison=compared,
        attribution=basis.profile.attribution,
    )
