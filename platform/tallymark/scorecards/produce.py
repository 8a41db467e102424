"""From a basis to a document: compute the cells, name the members, compose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from tallymark.calendars.tenant import day_of
from tallymark.engine import Cell, TenantData, compute
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.engine.targets import TenantTargets
from tallymark.i18n import Formatter
from tallymark.lake import Lake
from tallymark.plugins.own import with_own
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose import Heading, Layout, MetricFacts, compose
from tallymark.scorecards.document import Document
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.goals import paces_of, targets_of, tenant_targets
from tallymark_sdk import Metric
from tallymark_sdk.attribution import AS_WAS

BREAKDOWNS = ("rep", "region")
"""What a scorecard breaks its numbers down by: the ranking, and the table."""

Progress = Callable[[float, str], None]


def produce(
    basis: Basis, lake: Lake, *, title: str, locale: str, progress: Progress | None = None
) -> Document:
    """The scorecard of the basis' period, in a language.

    Args:
        title: what the cover says.
        progress: told how far the work is (0 to 1) and what it is at.
    """
    tell = progress or (lambda _fraction, _step: None)
    known = with_own(registry().with_parameters(basis.parameters), basis.own_kpis)
    data = tenant_data(lake, basis.profile, basis.snapshots.values())
    keys = [kpi.metric for kpi in basis.kpis if kpi.metric in known.metrics]
    own = basis.profile
    formatter = Formatter.of(
        locale, own.currency, own.calendar, own.timezone, money_display=own.money_display
    )
    tell(0.1, formatter.texts.gettext("Computing the numbers"))
    wording = Wording(known, locale)
    goals = tenant_targets(basis, data, known)
    cells = [worded(cell, wording) for cell in _cells(basis, known, keys, data, goals)]
    as_of = _as_of(basis)
    tell(0.5, formatter.texts.gettext("Composing the scorecard"))
    return compose(
        heading=Heading(company=basis.profile.name, title=title),
        timeline=basis.timeline,
        kpis=basis.kpis,
        cells=cells,
        metrics=[_facts(known[key], wording) for key in keys],
        formatter=formatter,
        as_of=as_of,
        targets=targets_of(goals, cells),
        paces=paces_of(goals, cells, basis.timeline.current, day_of(basis.profile, as_of)),
        sources=basis.sources,
        layout=Layout(members=labels(data, BREAKDOWNS)),
        notes=[*_missing(basis, known, formatter), *_by_whom(basis, formatter)],
        locale=locale,
    )


def _cells(
    basis: Basis, known: Registry, keys: list[str], data: TenantData, goals: TenantTargets
) -> Sequence[Cell]:
    """Totals and members for every period shown, asked at once so that each dataset is scanned once."""
    compared = basis.comparison
    return compute(
        known,
        keys,
        basis.timeline.needed,
        BREAKDOWNS,
        data=data,
        calendar=compared.calendar,
        targets=goals,
        as_of=compared.as_of,
        comparison=compared,
        attribution=basis.profile.attribution,
    )


def worded(cell: Cell, wording: Wording) -> Cell:
    """The cell with its reasons in the reader's words."""
    left_out: dict[str, int] = {}
    for reason, rows in cell.left_out.items():
        said = wording.reason(cell.metric, reason)
        left_out[said] = left_out.get(said, 0) + rows
    why = None if cell.reason is None else wording.reason(cell.metric, cell.reason)
    return replace(cell, left_out=left_out, reason=why)


def _facts(metric: Metric, wording: Wording) -> MetricFacts:
    pack = wording.registry.pack_of(metric.key)
    return MetricFacts(
        key=metric.key,
        name=wording.name(metric.key),
        unit=metric.unit,
        better=metric.better,
        formula=wording.formula(metric.key),
        inputs=wording.registry.columns_of(metric.key),
        pack=f"{pack.distribution} {pack.version}",
        version=metric.version,
        additive=metric.additive,
    )


def _missing(basis: Basis, known: Registry, formatter: Formatter) -> list[str]:
    """KPIs of the set whose metric no installed pack has."""
    return [
        formatter.texts.gettext(
            "%(metric)s is in the KPI set, but no installed metric pack has it.",
            metric=formatter.name(kpi.metric),
        )
        for kpi in basis.kpis
        if kpi.metric not in known.metrics
    ]


def _by_whom(basis: Basis, formatter: Formatter) -> list[str]:
    """By whom breakdowns count, where that is not as things are now."""
    if basis.profile.attribution != AS_WAS:
        return []
    return [
        formatter.texts.gettext(
            "Breakdowns by rep, team and region count a row for whoever owned it then, not for its owner now."
        )
    ]


def _as_of(basis: Basis) -> datetime:
    """The age of the data: the newest load, or now where nothing is loaded."""
    return max((source.loaded_at for source in basis.sources), default=datetime.now(UTC))
