"""Scorecards of a tenant: reading and making them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tallymark_tenants.models import Edition, KpiSet, Run, Scorecard

KIND = "scorecard"


class ScorecardRefused(ValueError):
    """The scorecard can't be made; the message says why."""


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """An edition, or a run that is still to make one (then `id` is None)."""

    id: UUID | None
    run_id: UUID
    start: date
    created_at: datetime
    status: str
    pdf: bool


def create(session: Session, *, name: str, kpi_set_id: UUID, grain: str, locale: str) -> UUID:
    """Make a scorecard; raises `ScorecardRefused` for a taken name or an unknown set."""
    if session.scalar(select(Scorecard.id).where(Scorecard.name == name)):
        raise ScorecardRefused("There is a scorecard of this name already; choose another.")
    if session.scalar(select(KpiSet.id).where(KpiSet.id == kpi_set_id)) is None:
        raise ScorecardRefused("This KPI set doesn't exist any more; choose another.")
    made = Scorecard(name=name, kpi_set_id=kpi_set_id, grain=grain, locale=locale)
    session.add(made)
    session.flush()
    return made.id


def lines_of(session: Session) -> Mapping[UUID, list[EditionLine]]:
    """The newest edition of each period of each scorecard, with unfinished runs on top."""
    found: dict[UUID, list[EditionLine]] = {}
    unfinished = (
        select(Run).where(Run.kind == KIND, Run.status != "done").order_by(Run.created_at.desc()).limit(20)
    )
    for run in session.scalars(unfinished):
        line = EditionLine(
            id=None, run_id=run.id, start=date.fromisoformat(run.params["period_start"]), created_at=run.created_at,
            status=run.status, pdf=False,
        )  # fmt: skip
        found.setdefault(UUID(run.params["scorecard_id"]), []).append(line)
    newest = (
        select(
            Edition.id,
            Edition.run_id,
            Edition.scorecard_id,
            Edition.period_start,
            Edition.created_at,
            Edition.pdf_path,
        )
        .ext(distinct_on(Edition.scorecard_id, Edition.period_start))
        .order_by(Edition.scorecard_id, Edition.period_start.desc(), Edition.created_at.desc())
    )
    for row in session.execute(newest):
        line = EditionLine(
            id=row.id, run_id=row.run_id, start=row.period_start, created_at=row.created_at,
            status="done", pdf=row.pdf_path is not None,
        )  # fmt: skip
        found.setdefault(row.scorecard_id, []).append(line)
    return found
