"""The rows that a scorecard in the making stands on."""

from __future__ import annotations

from tallymark.engine.ask import tenant_data
from tallymark.explain.basis import Basis as Explained
from tallymark.lake import Lake
from tallymark.plugins.own import with_own
from tallymark.plugins.registry import registry
from tallymark.scorecards.exports.gathering import references
from tallymark.scorecards.exports.references import RowRefs
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.goals import tenant_targets


def rows_behind(basis: Basis, lake: Lake, locale: str) -> dict[str, RowRefs]:
    """KPI → the rows of its figure in the basis' period, as `render_pdf` and `workbook` take them.

    Costs a fraction of computing the figures, whose prepared facts it reads.
    """
    known = with_own(registry().with_parameters(basis.parameters), basis.own_kpis)
    data = tenant_data(lake, basis.profile, basis.snapshots.values())
    explained = Explained(
        registry=known,
        data=data,
        comparison=basis.comparison,
        attribution=basis.profile.attribution,
        targets=tenant_targets(basis, data, known),
    )
    keys = [kpi.metric for kpi in basis.kpis if kpi.metric in known.metrics]
    return references(
        explained,
        dict.fromkeys(keys),
        basis.timeline.current,
        locale=locale,
        dimension=basis.scope.dimension,
        member=basis.scope.member,
    )
