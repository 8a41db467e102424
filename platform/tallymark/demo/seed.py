"""Bringing the sample company into a tenant: its datasets, KPI set, targets and scorecard."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark.demo.sample import VERSION, Basis, Sample, make_sample
from tallymark.demo.scorecard import last_full_month
from tallymark.demo.speaking import speaker, spoken
from tallymark.engine_jobs.asking import request_facts
from tallymark.lake import Lake
from tallymark.scorecards.composition import DEFAULT_SECTIONS, Composition
from tallymark_tenants.db import Database
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import (
    Connection,
    Kpi,
    KpiSet,
    Scorecard,
    ScorecardAction,
    ScorecardRemark,
    Sync,
    Target,
)
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
LAYOUT = Composition(
    sections=tuple(
        replace(choice, shown=True) if choice.kind in {"score", "cohorts"} or choice.by == "team" else choice
        for choice in DEFAULT_SECTIONS
    )
)
"""The usual sections, and those that show what else a scorecard can hold."""

#: What was agreed: text, who, days from today, whether it is done.
_AGREED = (
    ("Call every customer who was lost over the price", "Sofia Castell", 9, False),
    ("Book one showroom visit a week for each rep", "Grace Hargrove", 16, False),
    ("Negotiating without discounts", "Marcus Fairley", -6, True),
)
_REMARK = "Two large orders slipped into next month; both customers have confirmed."

#: What the KPIs read, landed first; the others take exchange rates and dates from the first three.
_FIRST = (
    "fx_rates",
    "orders",
    "opportunities",
    "order_lines",
    "accounts",
    "reps",
    "teams",
    "regions",
    "products",
    "stages",
    "stage_history",
    "leads",
)

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
    ready: Callable[[UUID], None] | None = None,
) -> Seeded:
    """Land the sample in the tenant's currency, zone and calendar, and make what watches it.

    All in one transaction (`transaction` opens it; the tenant's own session unless given), so that it is there
    whole or not at all. With `ready`, what the scorecard reads is committed before the rest, and `ready` is called
    with the scorecard's id in between. Repeating it on the same day changes nothing, after a failure it goes on.
    KPI sets, scorecards and targets of the tenant's own stay as they are. `sample` is used where it is what would
    be made now. Raises LakeError.
    """
    tell = progress or (lambda _fraction, _step: None)
    begin = transaction or partial(database.tenant, profile.id)
    basis = _basis(profile, today or datetime.now(ZoneInfo(profile.timezone)).date())
    with begin() as session:
        done = _connection(session).settings == _signature(basis, profile)
        scorecard = _scorecard(session, profile)
    if done:
        if ready:
            ready(scorecard)
        return Seeded(scorecard_id=scorecard, datasets=0, rows=0)
    if sample is None or sample.basis != basis:
        tell(0.02, "Inventing three years of sales")
        sample = make_sample(basis)
    seeding = _Seeding(lake=lake, profile=profile, sample=sample, tell=tell)
    if ready:
        with begin() as session:
            seeding.targets(session)
            seeding.land(session, _FIRST)
        ready(scorecard)
    with begin() as session:
        if not ready:
            seeding.targets(session)
            seeding.land(session, _FIRST)
        seeding.land(session, sorted(set(sample.tables) - set(_FIRST)))
        _connection(session).settings = _signature(basis, profile)
        request_facts(session, profile.id)
    return Seeded(scorecard_id=scorecard, datasets=len(sample.tables), rows=seeding.rows)


@dataclass(kw_only=True)
class _Seeding:
    """A seeding under way; `landed` and `rows` count what has been landed."""

    lake: Lake
    profile: TenantProfile
    sample: Sample
    tell: Progress
    landed: int = 0
    rows: int = 0

    def land(self, session: Session, names: Iterable[str]) -> None:
        """Land these datasets."""
        connection = _connection(session).id
        tables = spoken(self.sample.of_source(str(connection)), self.profile.locale)
        for name in names:
            label = name.replace("_", " ")
            self.tell(0.1 + 0.9 * self.landed / len(tables), f"Landing {label}")
            sync = Sync(id=uuid7(), connection_id=connection, dataset=name, rows_in=tables[name].num_rows)
            session.add(sync)
            session.flush()
            batches = tables[name].to_batches()
            landed = self.lake.land(session, self.profile, name, batches, sync_id=sync.id, replace=True)
            sync.status, sync.snapshot_id, sync.finished_at = "done", landed.snapshot_id, datetime.now(UTC)
            self.rows += tables[name].num_rows
            self.landed += 1

    def targets(self, session: Session) -> None:
        """Set the targets that the tenant has not set itself."""
        rows = [
            {
                "tenant_id": self.profile.id,
                "id": uuid7(),
                "metric_key": goal.metric,
                "dimension": goal.dimension,
                "member": goal.member,
                "period_start": goal.start,
                "period_end": goal.end,
                "value": goal.value,
            }
            for goal in self.sample.goals
        ]
        session.execute(insert(Target).on_conflict_do_nothing(constraint="uq_targets_period"), rows)


def _signature(basis: Basis, profile: TenantProfile) -> dict[str, Any]:
    """What the rows depend on, as it is kept with the connection."""
    language = speaker(profile.locale).language
    return {"version": VERSION, "language": language, **asdict(basis), "today": basis.today.isoformat()}


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


def _scorecard(session: Session, profile: TenantProfile) -> UUID:
    say = speaker(profile.locale).say
    known = session.scalar(select(Scorecard.id).where(Scorecard.name == say(NAME)))
    if known is not None:
        return known
    scorecard = Scorecard(
        kpi_set_id=_kpi_set(session, say),
        name=say(NAME),
        grain="month",
        locale=profile.locale,
        layout=LAYOUT.stored(),
    )
    session.add(scorecard)
    session.flush()
    _agree(session, scorecard.id, profile)
    return scorecard.id


def _agree(session: Session, scorecard_id: UUID, profile: TenantProfile) -> None:
    """What the team agreed on in its last meeting, and what its manager wrote about the month."""
    say, today = speaker(profile.locale).say, datetime.now(ZoneInfo(profile.timezone)).date()
    for position, (text, owner, days, done) in enumerate(_AGREED, 1):
        day = today + timedelta(days=days)
        session.add(
            ScorecardAction(
                scorecard_id=scorecard_id,
                text=say(text),
                owner=say(owner),
                due_on=day,
                done_on=day if done else None,
                position=position,
            )
        )
    session.add(
        ScorecardRemark(scorecard_id=scorecard_id, period_start=last_full_month(profile), text=say(_REMARK))
    )
    session.flush()


def _kpi_set(session: Session, say: Callable[[str], str]) -> UUID:
    known = session.scalar(select(KpiSet.id).where(KpiSet.name == say(NAME)))
    if known is not None:
        return known
    has_default = session.scalar(select(KpiSet.id).where(KpiSet.is_default)) is not None
    made = KpiSet(name=say(NAME), is_default=not has_default)
    session.add(made)
    session.flush()
    weights = [(section, key, weight) for section, keys in _SECTIONS.items() for key, weight in keys.items()]
    for position, (section, key, weight) in enumerate(weights):
        session.add(
            Kpi(
                kpi_set_id=made.id,
                metric_key=key,
                position=position,
                section=say(section),
                weight=Decimal(weight),
            )
        )
    session.flush()
    return made.id
