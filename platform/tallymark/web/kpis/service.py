"""Reading and making KPI sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark_tenants.models import Dataset, Kpi, KpiSet


class KpiSetRefused(ValueError):
    """The set can't be made; the message says why."""


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


def connected_datasets(session: Session) -> list[str]:
    """Names of the datasets that hold a snapshot."""
    return list(session.scalars(select(Dataset.name).where(Dataset.current_snapshot_id.is_not(None))))
