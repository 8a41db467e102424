"""The editions of a tenant: which there are, and finding one to verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from tallymark.scorecards.scope import Scope
from tallymark.scorecards.seal.errors import SealError
from tallymark.scorecards.seal.findings import Verification
from tallymark.scorecards.seal.sealing import Seal
from tallymark_tenants.models import Edition, Scorecard


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """An edition in a list; `seal` is the beginning of its hash, empty for one that isn't sealed."""

    id: UUID
    scorecard: str
    grain: str
    start: date
    end: date
    locale: str
    scope: Scope
    made_at: datetime
    seal: str


def editions(session: Session) -> list[EditionLine]:
    """Every edition of the session's tenant, the newest first."""
    rows = session.execute(
        select(
            Edition.id,
            Scorecard.name,
            Edition.grain,
            Edition.period_start,
            Edition.period_end,
            Edition.locale,
            Edition.scope,
            Edition.created_at,
            Edition.seal,
        )
        .join(Scorecard, Scorecard.id == Edition.scorecard_id)
        .order_by(Edition.created_at.desc(), Edition.id.desc())
    )
    return [
        EditionLine(
            id=row.id,
            scorecard=row.name,
            grain=row.grain,
            start=row.period_start,
            end=row.period_end,
            locale=row.locale,
            scope=Scope.read(row.scope),
            made_at=row.created_at,
            seal=short(row.seal),
        )
        for row in rows
    ]


def find_edition(session: Session, edition_id: UUID) -> Edition | None:
    """An edition of the session's tenant with its basis."""
    return session.scalar(select(Edition).where(Edition.id == edition_id).options(undefer(Edition.basis)))


def each_edition(session: Session) -> Iterator[UUID]:
    """The ids of all editions, the oldest first."""
    yield from session.scalars(select(Edition.id).order_by(Edition.created_at, Edition.id))


def short(seal: str | None) -> str:
    """The beginning of a seal's hash, enough to tell editions apart by eye; empty where there is none."""
    if not seal:
        return ""
    try:
        return Seal.read(seal).short
    except SealError:
        return seal[:12]


def as_object(found: Verification) -> dict[str, Any]:
    """What verifying found, as plain values for JSON; sentences in English."""
    return {
        "edition_id": found.edition_id,
        "sealed_at": found.sealed_at,
        "seal": found.seal,
        "verdict": found.verdict.value,
        "problems": [str(each) for each in found.problems],
        "notes": [str(each) for each in found.notes],
        "figures": found.figures,
        "equal": found.equal,
        "by_sealed_definition": found.by_sealed_definition,
        "not_computed": found.not_computed,
        "composed_alike": found.composed_alike,
        "differences": [
            {
                "metric": each.address.metric,
                "part": each.address.part,
                "period_start": each.address.start,
                "period_end": each.address.end,
                "dimension": each.address.dimension,
                "member": each.address.member,
                "was": each.was,
                "now": each.now,
            }
            for each in found.differences
        ],
        "changes": [
            {"place": each.place, "was": str(each.was), "now": str(each.now)} for each in found.changes
        ],
    }
