"""KPI sets: the metrics a tenant watches, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.models import Kpi, KpiSet


class KpiSetRefused(ValueError):
    """The set can't be made or found; the message says why."""


@dataclass(frozen=True, kw_only=True)
class KpiSetRow:
    """A set with the keys of its metrics, in order."""

    id: UUID
    name: str
    is_default: bool
    keys: tuple[str, ...]


def list_sets(session: Session) -> list[KpiSetRow]:
    """All sets of the tenant, the default one first."""
    keys: dict[UUID, list[str]] = {}
    for kpi in session.scalars(select(Kpi).order_by(Kpi.position, Kpi.metric_key)):
        keys.setdefault(kpi.kpi_set_id, []).append(kpi.metric_key)
    rows = session.scalars(select(KpiSet).order_by(KpiSet.is_default.desc(), KpiSet.name))
    return [
        KpiSetRow(id=row.id, name=row.name, is_default=row.is_default, keys=tuple(keys.get(row.id, ())))
        for row in rows
    ]


def find_set(session: Session, name: str) -> KpiSetRow:
    """The set of that name; raises `KpiSetRefused`, naming those there are."""
    sets = list_sets(session)
    for row in sets:
        if row.name == name:
            return row
    there = ", ".join(f'"{row.name}"' for row in sets) or "none yet"
    raise KpiSetRefused(f'There is no KPI set "{name}"; there is: {there}.')


def create_set(session: Session, name: str, keys: Sequence[str]) -> UUID:
    """Make a set of these metrics; the tenant's first one becomes its default. Raises `KpiSetRefused`."""
    names = set(session.scalars(select(KpiSet.name)))
    if name in names:
        raise KpiSetRefused("There is a KPI set of this name already; choose another.")
    made = KpiSet(name=name, is_default=not names)
    session.add(made)
    session.flush()
    for position, key in enumerate(keys):
        section = key.partition(".")[0].replace("_", " ").capitalize()
        session.add(Kpi(kpi_set_id=made.id, metric_key=key, position=position, section=section))
    session.flush()
    return made.id


def kpis_of(session: Session, kpi_set_id: UUID) -> list[Kpi]:
    """The set's KPIs, in order."""
    return list(
        session.scalars(
            select(Kpi).where(Kpi.kpi_set_id == kpi_set_id).order_by(Kpi.position, Kpi.metric_key)
        )
    )


def find_kpi(session: Session, kpi_id: UUID) -> Kpi | None:
    """A KPI of one of the tenant's sets."""
    return session.scalar(select(Kpi).where(Kpi.id == kpi_id))


def parameters_of(session: Session, kpi_set_id: UUID | None = None) -> dict[str, dict[str, Any]]:
    """Metric → the values that a set's KPIs give its parameters; of the default set where none is named."""
    if kpi_set_id is None:
        kpi_set_id = session.scalar(select(KpiSet.id).where(KpiSet.is_default))
    if kpi_set_id is None:
        return {}
    return {row.metric_key: row.parameters for row in kpis_of(session, kpi_set_id) if row.parameters}


def set_parameters(session: Session, kpi_set_id: UUID, key: str, values: Mapping[str, Any]) -> None:
    """Give a KPI's parameters these values; those not named go back to their defaults.

    Args:
        values: as they are stored: whole numbers, texts, None; a decimal as text.

    Raises:
        KpiSetRefused: the set doesn't have the KPI.
    """
    _keep(session, _kpi(session, kpi_set_id, key), "parameters", values)


def thresholds_of(session: Session, kpi_set_id: UUID, key: str) -> dict[str, Any]:
    """A KPI's thresholds as they are stored; `KpiSetRefused` where the set doesn't have the KPI."""
    return dict(_kpi(session, kpi_set_id, key).thresholds)


def set_thresholds(session: Session, kpi_set_id: UUID, key: str, values: Mapping[str, Any]) -> None:
    """Give a KPI these thresholds, as they are stored; `KpiSetRefused` where the set doesn't have the KPI."""
    _keep(session, _kpi(session, kpi_set_id, key), "thresholds", values)


def _kpi(session: Session, kpi_set_id: UUID, key: str) -> Kpi:
    found = session.scalar(select(Kpi).where(Kpi.kpi_set_id == kpi_set_id, Kpi.metric_key == key))
    if found is None:
        raise KpiSetRefused(f"The KPI set doesn't have {key}.")
    return found


def _keep(session: Session, kpi: Kpi, name: str, values: Mapping[str, Any]) -> None:
    before = dict(getattr(kpi, name))
    setattr(kpi, name, dict(values))
    session.flush()
    audit(
        session,
        f"kpi.{name}",
        object_kind="kpi",
        object_id=kpi.id,
        metric=kpi.metric_key,
        before=before,
        after=dict(values),
    )
