"""What the gate looks at, gathered for one edition from its document and the tenant's loads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tallymark.plugins.own import registry_of
from tallymark.plugins.registry import Registry
from tallymark.scorecards.document import Document
from tallymark_tenants.kpi_sets import kpis_of
from tallymark_tenants.models import Edition, Scorecard, Snapshot, Sync
from tallymark_tenants.profile import TenantProfile

from .broken import is_breakdown
from .gate import DatasetFact, Facts, KpiFact


def facts_of(
    session: Session,
    profile: TenantProfile,
    scorecard: Scorecard,
    edition: Edition,
    document: Document,
    now: datetime,
) -> Facts:
    """The facts about an edition, `now` being the moment it would be sent."""
    known = registry_of(session, scorecard.kpi_set_id)
    keys = [row.metric_key for row in kpis_of(session, scorecard.kpi_set_id)]
    over_at = datetime.combine(edition.period_end, time(), tzinfo=ZoneInfo(profile.timezone))
    return Facts(
        now=now,
        over_at=over_at if over_at <= now else None,
        datasets=tuple(_datasets(session, _read(known, keys), edition)),
        kpis=tuple(_kpis(document, known)),
    )


def _read(known: Registry, keys: Iterable[str]) -> list[str]:
    columns = {column for key in keys if key in known.metrics for column in known.columns_of(key)}
    return sorted({column.partition(".")[0] for column in columns})


def _datasets(session: Session, names: list[str], edition: Edition) -> Iterable[DatasetFact]:
    made = {
        row.dataset: row.created_at
        for row in session.scalars(select(Snapshot).where(Snapshot.id.in_(edition.snapshots.values())))
    }
    newest = {
        sync.dataset: sync
        for sync in session.scalars(
            select(Sync).ext(distinct_on(Sync.dataset)).order_by(Sync.dataset, Sync.started_at.desc())
        )
    }
    ended = (
        select(Sync.dataset, func.max(Sync.finished_at)).where(Sync.status == "done").group_by(Sync.dataset)
    )
    loaded = {name: when for name, when in session.execute(ended)}  # noqa: C416  rows, for mypy
    last = max((when for when in loaded.values() if when is not None), default=None)
    for name in names:
        sync = newest.get(name)
        # What is derived from other datasets has no load of its own: it is as fresh as the newest of them.
        times = [when for when in (made.get(name), loaded.get(name, last)) if when is not None]
        yield DatasetFact(
            name=name,
            loaded_at=max(times) if name in made else None,
            rows=sync.rows_in if sync else 0,
            rejected=sync.rows_rejected if sync and sync.status == "done" else 0,
            failed_at=sync.finished_at or sync.started_at if sync and sync.status == "failed" else None,
        )


def _kpis(document: Document, known: Registry) -> Iterable[KpiFact]:
    passports = {
        passport.metric: passport
        for section in document.sections
        if section.kind == "appendix"
        for passport in section.passports
    }
    for section in document.sections:
        if section.kind != "tiles":
            continue
        for tile in (tile for group in section.groups for tile in group.tiles):
            passport = passports.get(tile.metric)
            reason = tile.reason or ""
            yield KpiFact(
                name=tile.name,
                has_value=tile.value is not None,
                reason=reason,
                used=_number(passport.rows.exact) if passport else 0,
                left_out=sum(_number(each.rows.exact) for each in passport.left_out) if passport else 0,
                broke=tile.value is None
                and (tile.metric not in known.metrics or is_breakdown(reason, document.locale)),
            )


def _number(exact: str) -> int:
    return int(exact.partition(".")[0] or 0)
