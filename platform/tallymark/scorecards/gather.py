"""Gathering what a scorecard stands on: the KPI set, its targets, and the snapshots as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.engine import TenantData
from tallymark.engine.ask import comparison_with, tenant_data
from tallymark.engine.labels import labels
from tallymark.engine.targets import SetTargets, read_set_targets
from tallymark.kpis.thresholds import thresholds_for
from tallymark.lake import Lake, Snapshot
from tallymark.plugins.registry import registry
from tallymark.scorecards.compose import Agreed, Kpi, PackChart, Source, Timeline
from tallymark.scorecards.composition import Composition
from tallymark.scorecards.scope import EVERYBODY, Scope
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.own import OwnKpi
from tallymark_tenants.kpi_sets import kpis_of, parameters_of
from tallymark_tenants.models import Kpi as KpiRow
from tallymark_tenants.models import Scorecard, ScorecardAction, ScorecardRemark, Sync
from tallymark_tenants.own_kpis import definitions
from tallymark_tenants.profile import TenantProfile, load_profile


@dataclass(frozen=True, kw_only=True)
class Basis:
    """One consistent view of everything a scorecard is made from, read in one transaction."""

    profile: TenantProfile
    timeline: Timeline
    kpis: tuple[Kpi, ...]
    targets: SetTargets
    snapshots: Mapping[str, Snapshot]
    comparison: Comparison
    own_kpis: tuple[OwnKpi, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Metric → the values that the set's KPI gives its parameters."""
    scope: Scope = EVERYBODY
    composition: Composition = field(default_factory=lambda: Composition.read({}))
    charts: Mapping[str, PackChart] = field(default_factory=dict)
    actions: tuple[Agreed, ...] = ()
    remarks: str = ""
    rejected: Mapping[UUID, int] = field(default_factory=dict)
    """Snapshot → the rows that its load refused."""
    read_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Each dataset with the time it was loaded."""
        return tuple(
            Source(
                dataset=name,
                loaded_at=snapshot.created_at,
                rows=snapshot.row_count,
                rejected=self.rejected.get(snapshot.id),
            )
            for name, snapshot in sorted(self.snapshots.items())
        )


def gather(
    session: Session,
    lake: Lake,
    kpi_set_id: UUID,
    *,
    grain: str,
    day: date,
    scope: Scope = EVERYBODY,
    scorecard: Scorecard | None = None,
) -> Basis:
    """Read the basis of a scorecard for the period of `grain` that holds `day`."""
    profile = load_profile(session)
    snapshots = dict(lake.pinned(session))
    data = tenant_data(lake, profile, snapshots.values())
    comparison = comparison_with(profile, data, snapshots.values())
    timeline = timeline_of(comparison, grain, day)
    kpis = tuple(_kpi(row, timeline.current) for row in kpis_of(session, kpi_set_id))
    return Basis(
        profile=profile,
        timeline=timeline,
        kpis=kpis,
        targets=read_set_targets(session),
        snapshots=snapshots,
        comparison=comparison,
        own_kpis=definitions(session),
        parameters=parameters_of(session, kpi_set_id),
        scope=scope,
        composition=Composition.read(None if scorecard is None else scorecard.layout),
        charts=_charts(Composition.read(None if scorecard is None else scorecard.layout)),
        actions=() if scorecard is None else _actions(session, scorecard.id, _called(data, scope)),
        # Remarks are written about everybody, and may name anybody: whoever gets one member's rows doesn't get them.
        remarks=""
        if scorecard is None or not scope.is_everybody
        else _remarks(session, scorecard.id, timeline.current),
        rejected=_rejected(session, snapshots),
    )


def timeline_of(comparison: Comparison, grain: str, day: date) -> Timeline:
    """The periods a scorecard shows, ending with the one that holds `day`."""
    cut = comparison.calendar
    return Timeline.ending(cut.period(grain, day), cut, comparison=comparison)


def _kpi(row: KpiRow, period: Period) -> Kpi:
    return Kpi(
        metric=row.metric_key,
        section=row.section,
        position=row.position,
        weight=row.weight,
        thresholds=thresholds_for(row.thresholds, period),
    )


def _charts(composition: Composition) -> dict[str, PackChart]:
    """The charts of metric packs that the composition shows, as far as their packs are installed."""
    found = {}
    for choice in composition.shown("chart"):
        if (chart := registry().chart(choice.chart)) is not None:
            found[chart.key] = PackChart(
                key=chart.key, name=chart.name, kind=chart.kind, metrics=chart.metrics, by=chart.by
            )
    return found


def _called(data: TenantData, scope: Scope) -> frozenset[str] | None:
    """What the scope's member is called as the owner of an action; None where everybody's actions are shown."""
    if scope.is_everybody:
        return None
    name = labels(data, [scope.dimension]).get(scope.dimension, {}).get(scope.member, scope.member)
    return frozenset(each.strip().casefold() for each in (name, scope.member))


def _actions(session: Session, scorecard_id: UUID, owners: frozenset[str] | None) -> tuple[Agreed, ...]:
    rows = session.scalars(
        select(ScorecardAction)
        .where(ScorecardAction.scorecard_id == scorecard_id)
        .order_by(ScorecardAction.position, ScorecardAction.id)
    )
    return tuple(
        Agreed(text=row.text, owner=row.owner, due_on=row.due_on, done_on=row.done_on)
        for row in rows
        if owners is None or row.owner.strip().casefold() in owners
    )


def _remarks(session: Session, scorecard_id: UUID, period: Period) -> str:
    found = session.scalar(
        select(ScorecardRemark.text).where(
            ScorecardRemark.scorecard_id == scorecard_id, ScorecardRemark.period_start == period.start
        )
    )
    return found or ""


def _rejected(session: Session, snapshots: Mapping[str, Snapshot]) -> dict[UUID, int]:
    ids = [snapshot.id for snapshot in snapshots.values()]
    query = select(Sync.snapshot_id, Sync.rows_rejected).where(Sync.snapshot_id.in_(ids))
    return {snapshot_id: count for snapshot_id, count in session.execute(query) if snapshot_id is not None}
