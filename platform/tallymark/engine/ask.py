"""Asking the engine in a tenant's own terms: names of metrics and periods, current snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from tallymark.calendars import calendar_of, comparison_of
from tallymark.calendars.own_days import own_days
from tallymark.calendars.tenant import day_of
from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute
from tallymark.engine.session import TenantData
from tallymark.engine.spark.settings import SparkSettings
from tallymark.engine.targets import TenantTargets, read_set_targets
from tallymark.lake import Lake, Snapshot
from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import Registry, UnknownMetric
from tallymark_sdk.attribution import Attribution
from tallymark_sdk.binding import bind
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.dimensions import DIMENSIONS, UnknownDimension, is_known
from tallymark_sdk.errors import did_you_mean
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

ALL = "all"


def ask(
    database: Database,
    lake: Lake,
    profile: TenantProfile,
    keys: str,
    *,
    first: str,
    count: int,
    grain: str,
    by: Sequence[str] = (),
    as_of: date | None = None,
    kpi_set_id: UUID | None = None,
    parameters: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    attribution: Attribution | None = None,
) -> Sequence[Cell]:
    """Compute metrics over a tenant's current snapshots.

    Args:
        keys: metric keys with commas between, or "all".
        first: the first period as the tenant's calendar writes it, such as "2017-03" or "1405-07".
        as_of: the last day that the data reaches; without it, the day of the newest snapshot.
        kpi_set_id: the KPI set whose parameter values hold; the default set's without it.
        parameters: metric → values that hold instead.
        attribution: by whom breakdowns count a row, where not as the tenant's settings have it.

    Raises:
        UnknownMetric, UnknownDimension, InvalidParameter, CalendarError: with a sentence that says what to write instead.
    """
    if attribution is not None:
        profile = replace(profile, attribution=attribution)
    with database.tenant(profile.id) as session:
        known = registry_of(session, kpi_set_id)
        snapshots = lake.pinned(session)
        stored = read_set_targets(session)
    for key, given in parameters.items():
        bind(known[key], given)  # refused here in a sentence rather than later as a missing metric
    known = known.with_parameters(parameters)
    wanted = chosen(known, keys)
    offered = {dimension for key in wanted for dimension in known[key].by}
    for dimension in by:
        if not is_known(dimension) and dimension not in offered:
            raise UnknownDimension(
                f'There is no breakdown "{dimension}".{did_you_mean(dimension, (*DIMENSIONS, *offered))}'
            )
    cut = calendar_of(profile)
    periods = cut.range(cut.parse(first, grain), count)
    data = tenant_data(lake, profile, snapshots.values())
    targets = TenantTargets(stored=stored, data=data, registry=known, calendar=cut, profile=profile)
    compared = comparison_with(profile, data, snapshots.values(), as_of=as_of)
    return compute(
        known,
        wanted,
        periods,
        tuple(dict.fromkeys(by)),
        data=data,
        calendar=cut,
        targets=targets,
        as_of=compared.as_of,
        comparison=compared,
        attribution=profile.attribution,
    )


def chosen(known: Registry, keys: str) -> list[str]:
    """The metric keys that a comma-separated choice names, each once, in its order."""
    if keys.strip() == ALL:
        return sorted(known.metrics)
    names = dict.fromkeys(part.strip() for part in keys.split(",") if part.strip())
    if not names:
        raise UnknownMetric(f'No metric is named; write keys with commas between, or "{ALL}".')
    return [known[name].key for name in names]


def comparison_with(
    profile: TenantProfile, data: TenantData, snapshots: Iterable[Snapshot], *, as_of: date | None = None
) -> Comparison:
    """How the tenant's periods are compared on the day of its data: that of its newest snapshot in its zone."""
    newest = max((snapshot.created_at for snapshot in snapshots), default=None)
    if as_of is None and newest is not None:
        as_of = day_of(profile, newest)
    return comparison_of(profile, as_of=as_of, own=own_days(data))


def tenant_data(lake: Lake, profile: TenantProfile, snapshots: Iterable[Snapshot]) -> TenantData:
    """What an engine session of this tenant may read: these snapshots, in the tenant's own folder."""
    return TenantData(
        folder=lake.root / str(profile.id),
        files={snapshot.dataset: snapshot.files for snapshot in snapshots},
        facts=lake.root.parent / "facts" / str(profile.id),
        spark=SparkSettings.from_env(lake.root.parent) if profile.engine == "spark" else None,
    )
