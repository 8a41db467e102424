"""What a scorecard's drawn sections stand on beside cells: stages, cohorts, bridges, and what people wrote."""

from __future__ import annotations

from dataclasses import replace

from tallymark.bridge.asking import Question
from tallymark.bridge.errors import NoBridge
from tallymark.bridge.service import basis_of as bridge_basis
from tallymark.bridge.service import made
from tallymark.bridge.terms import Bridge
from tallymark.engine import TenantData
from tallymark.engine.targets import TenantTargets
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose import Further, PackChart
from tallymark.scorecards.computing import cohort_cells
from tallymark.scorecards.document import Restatements
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.lookups import stages
from tallymark_sdk.said import Said, said_by


def further_of(
    basis: Basis,
    known: Registry,
    data: TenantData,
    goals: TenantTargets,
    locale: str,
    restatements: Restatements | None = None,
) -> Further:
    """What the sections beyond tiles and tables stand on."""
    return Further(
        stages=stages(data) if basis.composition.shown("funnel") and basis.scope.is_everybody else (),
        cohorts=cohort_cells(basis, known, data, goals),
        bridges=bridges_of(basis, known, data),
        actions=basis.actions,
        remarks=basis.remarks,
        restatements=restatements,
        charts={
            key: replace(each, name=_chart_name(each, known, locale)) for key, each in basis.charts.items()
        },
    )


def bridges_of(basis: Basis, known: Registry, data: TenantData) -> dict[str, Bridge | Said]:
    """What moved each chosen metric; a bridge section without a metric takes the weightiest KPI that has one."""
    found: dict[str, Bridge | Said] = {}
    for choice in basis.composition.shown("bridge"):
        weighty = [kpi.metric for kpi in sorted(basis.kpis, key=lambda kpi: -kpi.weight)]
        wanted = [choice.metric] if choice.metric else weighty
        for key in wanted:
            if key not in known.metrics:
                continue
            made = found[key] if key in found else _bridge(basis, known, data, key)
            if choice.metric or isinstance(made, Bridge):
                found[key] = made
                break
    return found


def _bridge(basis: Basis, known: Registry, data: TenantData, key: str) -> Bridge | Said:
    current, scope = basis.timeline.current, basis.scope
    question = Question(
        metric=key, to=basis.comparison.calendar.key(current), by=scope.dimension, member=scope.member
    )
    try:
        return made(
            bridge_basis(
                question, registry=known, profile=basis.profile, comparison=basis.comparison, now=data
            )
        )
    except NoBridge as error:
        return said_by(error)


def _chart_name(chart: PackChart, known: Registry, locale: str) -> str:
    """The chart's title in the reader's language; as it was sealed where its pack is gone."""
    return Wording(known, locale).chart(chart.key) if chart.key in known.charts else chart.name
