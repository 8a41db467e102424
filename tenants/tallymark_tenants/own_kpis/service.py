"""Making, changing and removing own KPIs. Nothing is kept that would not work, nor that breaks another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tallymark_sdk.metric import Metric
from tallymark_sdk.own import Laid, OwnKpi, WrongKpi, lay, written
from tallymark_sdk.own.kpi import keys_of
from tallymark_tenants.accounts.clock import at
from tallymark_tenants.models import Kpi, KpiSet, OwnKpiRow, Target, TargetSpread, Tenant
from tallymark_tenants.own_kpis.errors import OwnKpiInUse, OwnKpiRefused
from tallymark_tenants.own_kpis.history import last_version, record
from tallymark_tenants.own_kpis.stored import StoredKpi, definitions, find, stored

MOST = 200
"""Own KPIs of one tenant."""


def drafted(session: Session, kpi: OwnKpi, known: Mapping[str, Metric]) -> Laid:
    """The tenant's own KPIs as they would be with this one, in place of one of the same key.

    Args:
        known: the metrics of the installed packs.
    """
    return lay([*(each for each in definitions(session) if each.key != kpi.key), kpi], known)


def create(
    session: Session, kpi: OwnKpi, known: Mapping[str, Metric], *, kpi_set_id: UUID | None = None
) -> StoredKpi:
    """Keep a new KPI; one for a single KPI set is added to that set's end.

    Raises:
        WrongKpi: its definition is wrong, with the field and the place.
        OwnKpiRefused: there is one of this key, there are too many, or there is no such set.
    """
    _one_at_a_time(session)
    there = definitions(session)
    if any(each.key == kpi.key for each in there):
        raise OwnKpiRefused(f"There is a KPI with the key {kpi.key} already; choose another.")
    if len(there) >= MOST:
        raise OwnKpiRefused(f"A company has at most {MOST} own KPIs; remove one first.")
    if kpi_set_id is not None and session.get(KpiSet, (session.info["tenant"], kpi_set_id)) is None:
        raise OwnKpiRefused("This KPI set doesn't exist.")
    # A key that was used before goes on counting, so that stored numbers of both are never taken for one.
    kpi = replace(kpi, within=_within(kpi_set_id), version=last_version(session, kpi.key) + 1)
    _check(drafted(session, kpi, known), kpi)
    row = OwnKpiRow(kpi_set_id=kpi_set_id, key=kpi.key, version=kpi.version)
    _fill(row, kpi)
    session.add(row)
    if kpi_set_id is not None:
        last = session.scalar(select(func.max(Kpi.position)).where(Kpi.kpi_set_id == kpi_set_id))
        position = 0 if last is None else last + 1
        session.add(Kpi(kpi_set_id=kpi_set_id, metric_key=kpi.key, position=position, section="Own"))
    session.flush()
    session.refresh(row)
    made = stored(row)
    record(session, "created", row.id, made.kpi)
    return made


def change(session: Session, own_kpi_id: UUID, kpi: OwnKpi, known: Mapping[str, Metric]) -> StoredKpi:
    """Change a KPI; its key and its set stay.

    Where the number's meaning changes, its version is raised, and that of all own KPIs that stand on it.

    Raises:
        OwnKpiUnknown: the tenant has none of this id.
        WrongKpi: the new definition is wrong, with the field and the place.
        OwnKpiRefused: another own KPI would no longer work.
    """
    _one_at_a_time(session)
    old = find(session, own_kpi_id)
    kpi = replace(kpi, key=old.kpi.key, within=old.kpi.within, version=old.kpi.version)
    before, after = drafted(session, old.kpi, known), drafted(session, kpi, known)
    _check(after, kpi)
    for key in before.metrics:
        if (problem := after.problem(key)) is not None:
            raise OwnKpiRefused(f"{key} uses this KPI and would no longer work: {problem}")
    row = session.get_one(OwnKpiRow, (session.info["tenant"], own_kpi_id))
    if _meaning(before, old.kpi) != _meaning(after, kpi):
        kpi = replace(kpi, version=old.kpi.version + 1)
        _raise_dependents(session, kpi.key)
    _fill(row, kpi)
    row.version, row.changed_at = kpi.version, at(None)
    session.flush()
    changed = stored(row)
    record(session, "changed", row.id, changed.kpi, before=old.kpi.expression)
    return changed


def remove(session: Session, own_kpi_id: UUID) -> None:
    """Remove a KPI, with the targets that were set for it. One that belongs to a single set leaves that set.

    Raises:
        OwnKpiUnknown: the tenant has none of this id.
        OwnKpiInUse: another KPI or set uses it.
    """
    _one_at_a_time(session)
    old = find(session, own_kpi_id)
    kpis = tuple(each.key for each in definitions(session) if old.kpi.key in _others(each))
    shown = session.execute(
        select(KpiSet.id, KpiSet.name)
        .join(Kpi, Kpi.kpi_set_id == KpiSet.id)
        .where(Kpi.metric_key == old.kpi.key)
        .order_by(KpiSet.name)
    ).all()
    sets = tuple(name for set_id, name in shown if set_id != old.kpi_set_id)
    if kpis or sets:
        raise OwnKpiInUse(old.kpi.key, kpis=kpis, sets=sets)
    session.execute(delete(Kpi).where(Kpi.metric_key == old.kpi.key))
    # Else a later KPI of the same key would be measured against them.
    targets = session.scalars(
        delete(Target).where(Target.metric_key == old.kpi.key).returning(Target.id)
    ).all()
    session.execute(delete(TargetSpread).where(TargetSpread.metric_key == old.kpi.key))
    session.delete(session.get_one(OwnKpiRow, (session.info["tenant"], own_kpi_id)))
    session.flush()
    record(session, "removed", own_kpi_id, old.kpi, targets=len(targets))


def _others(kpi: OwnKpi) -> frozenset[str]:
    return keys_of(kpi) - {kpi.key}


def _one_at_a_time(session: Session) -> None:
    """Let one person at a time change a tenant's KPIs: two changes could make a cycle that neither has."""
    session.scalar(select(Tenant.id).where(Tenant.id == session.info["tenant"]).with_for_update())


def _check(laid: Laid, kpi: OwnKpi) -> None:
    problem: WrongKpi | None = laid.problem(kpi.key)
    if problem is not None:
        raise problem


def _meaning(laid: Laid, kpi: OwnKpi) -> tuple[str, str]:
    """What makes the number what it is: the formula, however it is spaced, and its unit."""
    read = laid.read.get(kpi.key)
    return (kpi.expression if read is None else written(read.formula)), kpi.unit


def _raise_dependents(session: Session, key: str) -> None:
    there = definitions(session)
    for name in _standing_on(key, there):
        row = session.scalars(select(OwnKpiRow).where(OwnKpiRow.key == name)).one()
        row.version += 1
        record(session, "changed", row.id, stored(row).kpi, because=key)


def _standing_on(key: str, there: Iterable[OwnKpi]) -> list[str]:
    """The keys of all KPIs that refer to `key`, directly or through others."""
    found = {key}
    while further := {kpi.key for kpi in there if kpi.key not in found and found & _others(kpi)}:
        found |= further
    return sorted(found - {key})


def _fill(row: OwnKpiRow, kpi: OwnKpi) -> None:
    row.name, row.description = kpi.name.strip(), kpi.description.strip()
    row.unit, row.better = kpi.unit, kpi.better
    row.expression, row.breakdowns = kpi.expression.strip(), list(kpi.breakdowns)


def _within(kpi_set_id: UUID | None) -> str:
    return "" if kpi_set_id is None else str(kpi_set_id)
