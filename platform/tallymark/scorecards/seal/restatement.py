"""Figures that were sent and are others now, as plain data without language: was, is, and why, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tallymark.scorecards.seal.plain import plain, read

NAMED = 5
"""Rows of a cause that are named."""
MOST = 20
"""Figures that are told; the further ones are counted."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One reason why a figure is another now.

    Attributes:
        kind: deleted, redated, reowned, changed, rate, dropped, added or counted, of rows; definition, target,
            calendar or attribution, of what is made of them; else unknown.
        dataset: whose rows they are.
        side: "over" or "under" for a ratio's numerator or denominator, whose change it is then; "" for the figure's own.
        rows: how many.
        change: what it adds; None where rows of that figure don't add up, as those of a median.
        named: the first of the rows, by name or id, those that add most first.
        before, after: versions of a definition.
    """

    kind: str
    dataset: str = ""
    side: str = ""
    rows: int = 0
    change: Decimal | None = None
    named: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Restated:
    """A figure of an earlier period.

    Attributes:
        dimension, member: whose; both "" for the company's.
        member_name: what people call the member.
        start, end: the period's days, the end exclusive.
        was: as it was last told, in the edition of `edition` that was made at `told_at`; None for no value.
        now: as it is by today's data, definitions and settings.
        causes: they sum to the difference, in their order, where they add up at all.
    """

    metric: str
    unit: str
    dimension: str = ""
    member: str = ""
    member_name: str = ""
    grain: str
    start: date
    end: date
    was: Decimal | None
    now: Decimal | None
    edition: UUID
    told_at: datetime
    causes: tuple[Cause, ...] = ()

    @property
    def size(self) -> Decimal:
        """How much of the figure has changed, as a part of the larger of its values; 1 where one of them is missing."""
        if self.was is None or self.now is None:
            return Decimal(1)
        largest = max(abs(self.was), abs(self.now))
        return abs(self.now - self.was) / largest if largest else Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was restated: the largest changes first, and how many more there are."""

    rows: tuple[Restated, ...] = ()
    omitted: int = 0


def ordered(found: Sequence[Restated]) -> list[Restated]:
    """Totals before members, newer periods first where changes are of one size, else the largest first."""
    return sorted(
        found,
        key=lambda each: (bool(each.member), -each.size, -each.start.toordinal(), each.metric, each.member),
    )


def stored(found: Sequence[Restated]) -> list[Any]:
    """As an edition's basis keeps them."""
    written: list[Any] = plain(tuple[Restated, ...], tuple(found))
    return written


def restored(data: Sequence[Mapping[str, Any]]) -> tuple[Restated, ...]:
    """Those that `stored` wrote."""
    found: tuple[Restated, ...] = read(tuple[Restated, ...], data)
    return found
