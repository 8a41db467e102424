"""Bringing the sample company into a tenant: its datasets, KPI set, targets and scorecard."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark.demo.goals import Goal
from tallymark.demo.sample import VERSION, Basis, Sample, make_sample
from tallymark.lake import Lake
from tallymark_sdk.model import DATASETS
from tallymark_tenants.db import Database
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import Connection, Kpi, KpiSet, Scorecard, Sync, Target
from tallymark_tenants.profile import TenantProfile

NAME = "Sales scorecard"
CONNECTION_KIND, CONNECTION_NAME = "sample", "Sample company"

#: section → metric key → weight
_SECTIONS: Mapping[str, Mapping[str, int]] = {
    "Revenue": {
        "revenue.bookings": 3,
        "revenue.revenue": 3,
        "revenue.sales_growth": 1,
        "revenue.average_order_value": 1,
        "revenue.profit_margin": 2,
        "revenue.sales_per_rep": 1,
        "revenue.sales_by_region": 1,
    },
    "Pipeline": {"pipeline.opportunities": 1, "pipeline.open_pipeline": 2},
    "Conversion": {
        "conversion.close_ratio": 2,
        "conversion.cycle_length": 1,
        "deals.average_deal_size": 1,
    },
}
#: Landed before the others, which take exchange rates and dates from them.
_FIRST = ("fx_rates", "orders", "opportunities")

Progress = Callable[[float, str], None]
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What was made: the scorecard, and how many rows its data has (0 where nothing was new)."""

    scorecard_id: UUID
    datasets: int
    rows: int


def seed(
    database: Database,
    lake: Lake,
    profile: TenantProfile,
    progress: Progress | None = None,
    *,
    transaction: Transaction | None = None,
    today: date | None = None,
    sample: Sample | None = None,
) -> Seeded:
    """Land the sample in the tenant's currency, zone and calendar, and make what watches it.

    All in one transaction (`transaction` opens it; the tenant's own session unless given), so that it is there
    whole or not at all. Repeating it on the same day changes nothing. KPI sets, scorecards and targets of the
    tenant's own stay as they are. `sample` is used where it is what would be made now. Raises LakeError.
    """
    tell = progress or (lambda _fraction, _step: None)
    basis = _basis(profile, today or datetime.now(ZoneInfo(profile.timezone)).date())
    with transaction() if transaction else database.tenant(profile.id) as session:
        connection = _connection(session)
        signature = _signature(basis)
        if connection.settings == signature:
            return Seeded(scorecard_id=_scorecard(session, profile), datasets=0, rows=0)
        if sample is None or sample.basis != basis:
            tell(0.02, "Inventing three years of sales")
            sample = make_sample(basis)
        tables = sample.of_source(str(connection.id))
        rows = _land(session, lake, profile, tables, connection.id, tell)
        tell(0.97, "Setting targets")
        _targets(session, profile, sample.goals)
        connection.settings = signature
        scorecard = _scorecard(session, profile)
    return Seeded(scorecard_id=scorecard, datasets=len(sample.tables), rows=rows)


def _signature(basis: Basis) -> dict[str, Any]:
    """What the rows depend on, as it is kept with the connection."""
    return {"version": VERSION, **asdict(basis), "today": basis.today.isoformat()}


def _basis(profile: TenantProfile, day: date) -> Basis:
    return Basis(
        today=day,
        currency=profile.currency,
        timezone=profile.timezone,
        calendar=profile.calendar,
        fiscal_start=profile.fiscal_start,
    )


def _connection(session: Session) -> Connection:
    row = insert(Connection).values(id=uuid7(), kind=CONNECTION_KIND, name=CONNECTION_NAME)
    session.execute(row.on_conflict_do_nothing(index_elements=["tenant_id", "kind", "name"]))
    mine = Connection.kind == CONNECTION_KIND, Connection.name == CONNECTION_NAME
    return session.scalars(select(Connection).where(*mine).with_for_update()).one()


def _land(
    session: Session,
    lake: Lake,
    profile: TenantProfile,
    tables: Mapping[str, pa.Table],
    connection: UUID,
    tell: Progress,
) -> int:
    rows, done = 0, 0
    for name in sorted(tables, key=lambda each: (each not in _FIRST, each)):
        table = tables[name]
        label = DATASETS[name].name.replace("_", " ")
        tell(0.1 + 0.85 * done / len(tables), f"Landing {label}")
        sync = Sync(id=uuid7(), connection_id=connection, dataset=name, rows_in=table.num_rows)
        session.add(sync)
        session.flush()
        landed = lake.land(session, profile, name, table.to_batches(), sync_id=sync.id, replace=True)
        sync.status, sync.snapshot_id, sync.finished_at = "done", landed.snapshot_id, datetime.now(UTC)
        rows, done = rows + table.num_rows, done + 1
    return rows


def _targets(session: Session, profile: TenantProfile, goals: tuple[Goal, ...]) -> None:
    rows = [
        {
            "tenant_id": profile.id,
            "id": uuid7(),
            "metric_key": goal.metric,
            "dimension": goal.dimension,
            "member": goal.member,
            "period_start": goal.start,
            "period_end": goal.end,
            "value": goal.value,
        }
        for goal in goals
    ]
    session.execute(insert(Target).on_conflict_do_nothing(constraint="uq_targets_period"), rows)


def _scorecard(session: Session, profile: TenantProfile) -> UUID:
    known = session.scalar(select(Scorecard.id).where(Scorecard.name == NAME))
    if known is not None:
        return known
    scorecard = Scorecard(kpi_set_id=_kpi_set(session), name=NAME, grain="month", locale=profile.locale)
    session.add(scorecard)
    session.flush()
    return scorecard.id


def _kpi_set(session: Session) -> UUID:
    known = session.scalar(select(KpiSet.id).where(KpiSet.name == NAME))
    if known is not None:
        return known
    has_default = session.scalar(select(KpiSet.id).where(KpiSet.is_default)) is not None
    made = KpiSet(name=NAME, is_default=not has_default)
    session.add(made)
    session.flush()
    weights = [(section, key, weight) for section, keys in _SECTIONS.items() for key, weight in keys.items()]
    for position, (section, key, weight) in enumerate(weights):
        session.add(
            Kpi(
                kpi_set_id=made.id, metric_key=key, position=position, section=section, weight=Decimal(weight)
            )
        )
    session.flush()
    return made.id
