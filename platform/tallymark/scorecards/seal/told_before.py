"""What readers were last told of a scorecard's earlier periods, and by which edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.scorecards.scope import Scope
from tallymark.scorecards.seal.definitions import Definitions
from tallymark.scorecards.seal.figures import Address
from tallymark.scorecards.seal.figures import read as figures_read
from tallymark.scorecards.seal.restatement import Restated, restored
from tallymark_tenants.models import Edition

EDITIONS = 12
"""Periods that are looked back at."""


@dataclass(frozen=True)
class Sent:
    """A sealed edition of an earlier period."""

    id: UUID
    created_at: datetime
    grain: str
    start: date
    end: date
    basis: Mapping[str, Any]
    document: Mapping[str, Any]

    @cached_property
    def figures(self) -> Mapping[Address, str | None]:
        """Every figure that was sealed."""
        return figures_read(self.basis["figures"])

    @cached_property
    def restated(self) -> Mapping[Address, Restated]:
        """The figures of earlier periods that it told anew."""
        return {
            Address(
                metric=each.metric, part="value", start=each.start.isoformat(), end=each.end.isoformat(),
                dimension=each.dimension, member=each.member,
            ): each
            for each in restored(self.basis["restated"])
        }  # fmt: skip

    @cached_property
    def definitions(self) -> Definitions:
        """The definitions that it was sealed with."""
        return Definitions(self.basis["definitions"])

    @property
    def was_over(self) -> bool:
        """Whether the period was over when it was made: what a running one has isn't restated, it goes on."""
        as_of = self.basis["calendar"]["as_of"]
        return as_of is not None and date.fromisoformat(as_of) >= self.end - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Last:
    """A figure as it was last told."""

    value: Decimal | None
    by: Sent


def editions_before(session: Session, scorecard_id: UUID, scope: Scope, start: date) -> list[Sent]:
    """The newest edition of each period before `start`, made when the period was over; the newest period first."""
    rows = session.execute(
        select(
            Edition.id,
            Edition.created_at,
            Edition.grain,
            Edition.period_start,
            Edition.period_end,
            Edition.basis,
            Edition.document,
        )
        .where(
            Edition.scorecard_id == scorecard_id,
            Edition.scope == scope.stored(),
            Edition.period_end <= start,
            Edition.seal.is_not(None),
        )
        .order_by(Edition.period_start.desc(), Edition.created_at.desc(), Edition.id.desc())
        .execution_options(yield_per=10)
    )
    found: dict[date, Sent] = {}
    for row in rows:
        sent = Sent(*row)
        if sent.start not in found and sent.was_over:
            found[sent.start] = sent
        if len(found) == EDITIONS:
            break
    return list(found.values())


def last_told(address: Address, sent: Sent, editions: Sequence[Sent]) -> Last | None:
    """What was last said of a figure of an edition: by itself, or by a later edition that restated it."""
    later = [each for each in editions if each.created_at > sent.created_at and address in each.restated]
    if later:
        newest = max(later, key=lambda each: each.created_at)
        return Last(value=newest.restated[address].now, by=newest)
    if address not in sent.figures:
        return None
    value = sent.figures[address]
    return Last(value=None if value is None else Decimal(value), by=sent)
