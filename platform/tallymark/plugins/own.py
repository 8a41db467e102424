"""A tenant's own KPIs, laid over the metrics of the installed packs."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.plugins.loader import Broken, Pack
from tallymark.plugins.registry import Registry, registry
from tallymark_sdk.own import FAMILY, Laid, OwnKpi, lay
from tallymark_sdk.texts import Domain
from tallymark_tenants.kpi_sets import parameters_of
from tallymark_tenants.own_kpis import definitions

DISTRIBUTION = "own KPIs"


def registry_of(session: Session, kpi_set_id: UUID | None = None) -> Registry:
    """Every metric that the session's tenant can use: those of the packs, and its own KPIs.

    Their parameters have the values of a KPI set: the one named, or the tenant's default set.
    """
    known = registry().with_parameters(parameters_of(session, kpi_set_id))
    return with_own(known, definitions(session))


def registry_for_sets(session: Session) -> Registry:
    """What a new KPI set of the session's tenant may take: all but the own KPIs of single other sets."""
    return with_own(registry(), (kpi for kpi in definitions(session) if not kpi.within))


def with_own(known: Registry, kpis: Iterable[OwnKpi]) -> Registry:
    """The registry with these own KPIs; those that can't be used are among its broken ones, with the reason."""
    given = tuple(kpis)
    return overlaid(known, lay(given, known.metrics)) if given else known


def overlaid(known: Registry, laid: Laid) -> Registry:
    """The registry with own KPIs that were made metrics of already."""
    packs = [
        Pack(
            family=FAMILY,
            distribution=DISTRIBUTION,
            version=str(metric.version),
            metrics=(metric,),
            domain=Domain("", FAMILY),
        )
        for metric in laid.metrics.values()
    ]
    broken = [
        Broken(family=FAMILY, distribution=DISTRIBUTION, version="", reason=f"{each.key}: {each.problem}")
        for each in laid.refused
    ]
    return known.laid_over(packs, broken)
