"""From a basis to a document: compute the cells, name the members, compose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tallymark.calendars.tenant import day_of
from tallymark.engine import Cell, TenantData
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.i18n import Formatter, mark
from tallymark.lake import Lake
from tallymark.plugins.own import with_own
from tallymark.plugins.registry import Registry, registry
from tallymark.plugins.wording import Wording
from tallymark.scorecards.compose import Heading, MetricFacts, compose
from tallymark.scorecards.compose.funnel import STAGE
from tallymark.scorecards.compose.inputs import Members
from tallymark.scorecards.computing import breakdowns_of, cells_of
from tallymark.scorecards.document import Document, Restatements
from tallymark.scorecards.further import further_of
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.goals import paces_of, targets_of, tenant_targets
from tallymark.scorecards.lookups import reps_within
from tallymark.scorecards.scope import Scope
from tallymark.scorecards.scoping import scoped_cells, scoped_targets
from tallymark_sdk import Metric
from tallymark_sdk.attribution import AS_WAS

Progress = Callable[[float, str], None]


def produce(
    basis: Basis,
    lake: Lake,
    *,
    title: str,
    locale: str,
    progress: Progress | None = None,
    heading: Heading | None = None,
    restatements: Restatements | None = None,
    known: Registry | None = None,
    data: TenantData | None = None,
) -> Document:
    """The scorecard of the basis' period, in a language.

    Args:
        title: what the cover says.
        progress: told how far the work is (0 to 1) and what it is at.
        heading: the cover's further words and looks; without it, the company's name and the title alone.
        restatements: what changed in figures that were sent already.
        known: the metrics to compute by, where not as they are installed now.
        data: the snapshots to compute from, where not as they lie ready.
    """
    tell = progress or (lambda _fraction, _step: None)
    known = known or with_own(registry().with_parameters(basis.parameters), basis.own_kpis)
    data = data or tenant_data(lake, basis.profile, basis.snapshots.values())
    keys = [kpi.metric for kpi in basis.kpis if kpi.metric in known.metrics]
    own = basis.profile
    heading = heading or Heading(company=own.name, title=title)
    formatter = Formatter.of(
        locale, own.currency, own.calendar, own.timezone, money_display=own.money_display
    )
    tell(0.1, mark("Computing the numbers"))
    wording = Wording(known, locale)
    goals = tenant_targets(basis, data, known)
    cells = [worded(cell, wording) for cell in cells_of(basis, known, keys, data, goals)]
    as_of = _as_of(basis)
    names = labels(data, (*breakdowns_of(basis), STAGE))
    scope = basis.scope
    targets = targets_of(goals, cells)
    paces = paces_of(
        goals,
        cells,
        basis.timeline.current,
        day_of(own, as_of),
        dimension=scope.dimension,
        member=scope.member,
    )
    further = further_of(basis, known, data, goals, locale, restatements)
    if not scope.is_everybody:
        reps = reps_within(data, scope)
        cells, targets = (
            scoped_cells(cells, scope, reps.__contains__),
            scoped_targets(targets, scope, reps.__contains__),
        )
    tell(0.5, mark("Composing the scorecard"))
    beside = dict.fromkeys([*(cell.metric for cell in cells), *further.cohorts])
    return compose(
        heading=replace(heading, scope=_scope_name(scope, names, formatter)),
        timeline=basis.timeline,
        kpis=basis.kpis,
        cells=cells,
        metrics=[_facts(known[key], wording, formatter) for key in dict.fromkeys((*keys, *beside))],
        formatter=formatter,
        as_of=as_of,
        targets=targets,
        paces=paces,
        sources=basis.sources,
        composition=basis.composition,
        members=names,
        further=further,
        notes=[*_missing(basis, known, formatter), *_by_whom(basis, formatter), *_of_whom(basis, formatter)],
        locale=locale,
    )


def _scope_name(scope: Scope, names: Members, formatter: Formatter) -> str | None:
    if scope.is_everybody:
        return None
    return formatter.texts.gettext(
        "Only rows of %(name)s",
        name=formatter.name(names.get(scope.dimension, {}).get(scope.member, scope.member)),
    )


def worded(cell: Cell, wording: Wording) -> Cell:
    """The cell with its reasons in the reader's words."""
    left_out: dict[str, int] = {}
    for reason, rows in cell.left_out.items():
        said = wording.reason(cell.metric, reason)
        left_out[said] = left_out.get(said, 0) + rows
    why = None if cell.reason is None else wording.reason(cell.metric, cell.reason)
    return replace(cell, left_out=left_out, reason=why)


def _facts(metric: Metric, wording: Wording, formatter: Formatter) -> MetricFacts:
    pack = wording.registry.pack_of(metric.key)
    return MetricFacts(
        key=metric.key,
        name=wording.name(metric.key),
        unit=metric.unit,
        better=metric.better,
        formula=wording.formula(metric.key),
        inputs=wording.registry.columns_of(metric.key),
        reads=_reads(metric.key, wording, formatter),
        pack=f"{pack.distribution} {pack.version}",
        version=metric.version,
        additive=metric.additive,
        parameters=tuple(
            formatter.texts.gettext(
                "%(parameter)s: %(value)s",
                parameter=wording.parameter(metric.key, each),
                value=formatter.name(str(metric.values.get(each.name, each.default))),
            )
            for each in metric.parameters
            if metric.values.get(each.name, each.default) is not None
        ),
    )


def _reads(key: str, wording: Wording, formatter: Formatter) -> tuple[str, ...]:
    """The metric's columns by dataset, in words."""
    columns: dict[str, list[str]] = {}
    for path in wording.registry.columns_of(key):
        dataset, _dot, column = path.partition(".")
        columns.setdefault(dataset, []).append(wording.word(key, column))
    return tuple(
        formatter.texts.gettext(
            "%(dataset)s: %(columns)s", dataset=wording.word(key, dataset), columns=formatter.listing(names)
        )
        for dataset, names in columns.items()
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


def _of_whom(basis: Basis, formatter: Formatter) -> list[str]:
    """What a scorecard of one member's rows leaves out."""
    if basis.scope.is_everybody:
        return []
    return [
        formatter.texts.gettext(
            "This scorecard counts one member's rows only. KPIs that aren't counted by member have no value here, and "
            "funnel, losses and cohorts are left out."
        )
    ]


def _as_of(basis: Basis) -> datetime:
    """The age of the data: the newest load, or when it was looked at where nothing is loaded."""
    return max((source.loaded_at for source in basis.sources), default=basis.read_at)
