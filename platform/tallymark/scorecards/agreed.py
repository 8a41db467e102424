"""Agreed actions and remarks, as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import ScorecardAction, ScorecardRemark

LONGEST_ACTION = 300
LONGEST_REMARK = 4000
"""Characters that are kept."""


def listed(session: Session, scorecard_id: UUID) -> Sequence[ScorecardAction]:
    """The actions of a scorecard in the order in which they were agreed."""
    return session.scalars(
        select(ScorecardAction)
        .where(ScorecardAction.scorecard_id == scorecard_id)
        .order_by(ScorecardAction.position, ScorecardAction.id)
    ).all()


def find(session: Session, scorecard_id: UUID, action_id: UUID) -> ScorecardAction | None:
    """One action of that scorecard."""
    return session.scalar(
        select(ScorecardAction).where(
            ScorecardAction.scorecard_id == scorecard_id, ScorecardAction.id == action_id
        )
    )


def add(session: Session, scorecard_id: UUID, *, text: str, owner: str, due_on: date | None) -> UUID:
    """Put an action at the end of the list."""
    mine = ScorecardAction.scorecard_id == scorecard_id
    last = session.scalar(select(func.max(ScorecardAction.position)).where(mine))
    made = ScorecardAction(
        scorecard_id=scorecard_id, text=text, owner=owner, due_on=due_on, position=(last or 0) + 1
    )
    session.add(made)
    session.flush()
    return made.id


def remark_on(session: Session, scorecard_id: UUID, start: date) -> str:
    """What was written about the period that begins on a day; "" where nothing was."""
    mine = ScorecardRemark.scorecard_id == scorecard_id, ScorecardRemark.period_start == start
    return session.scalar(select(ScorecardRemark.text).where(*mine)) or ""


def write_remark(session: Session, scorecard_id: UUID, start: date, text: str) -> None:
    """Keep the remarks on a period; empty ones are removed."""
    mine = ScorecardRemark.scorecard_id == scorecard_id, ScorecardRemark.period_start == start
    if not text:
        session.execute(delete(ScorecardRemark).where(*mine))
        return
    row = insert(ScorecardRemark).values(id=uuid7(), scorecard_id=scorecard_id, period_start=start, text=text)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "scorecard_id", "period_start"], set_={"text": text}
        )
    )
