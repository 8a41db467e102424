"""What a bridge is: where it starts, the terms in their order, where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias
from uuid import UUID

from tallymark.bridge.amounts import Move
from tallymark.bridge.ratios import RateMove
from tallymark.bridge.rounding import rounded, summing
from tallymark_sdk.calendars import Period
from tallymark_sdk.metric import Unit
from tallymark_sdk.said import Said

TermKey: TypeAlias = Literal[
    "restatement",
    "organisation",
    "volume",
    "mix",
    "price",
    "without_quantity",
    "currency",
    "price_and_currency",
    "rate",
    "without_base",
    "rate_and_mix",
]
Cause: TypeAlias = Literal["deleted", "redated", "reowned", "changed", "dropped", "added", "counted"]

MONEY_PLACES, RATIO_PLACES = 4, 10


ONE_SEGMENT = Said("there is one segment only")


@dataclass(frozen=True, kw_only=True)
class Term:
    """One step of the bridge.

    Attributes:
        value: what it adds, exactly, in the metric's unit.
        note: why it is 0 by definition, or what it holds that its name doesn't say; empty where the name says all.
    """

    key: TermKey
    value: Fraction
    note: Said = Said()  # noqa: RUF009  frozen


@dataclass(frozen=True, kw_only=True)
class Restated:
    """What one cause adds to the restatement, and how many rows it is."""

    cause: Cause
    rows: int
    value: Fraction


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """The change of a metric between two periods.

    Attributes:
        dimension, member: whose change; both "" for the total.
        mix: the breakdown whose members are the segments; "" where there is one segment only.
        counted: what a unit of volume is: "quantity", or the dataset whose rows are counted; "" of a ratio.
        start: the earlier period's value then, or now where no earlier snapshot is known.
        end: the later period's value now.
        moves: the same by segment, of money; `rate_moves` of ratios. Restatement and organisation aren't in them.
        restated: the restatement by cause; empty for ratios and where there is none.
        known_at, edition_id: as of when the earlier period's first value is known, None for now.
        notes: what else must be said.
    """

    metric: str
    unit: Unit
    earlier: Period
    later: Period
    dimension: str = ""
    member: str = ""
    mix: str = ""
    counted: str = ""
    start: Fraction
    end: Fraction
    terms: tuple[Term, ...]
    moves: tuple[Move, ...] = ()
    rate_moves: tuple[RateMove, ...] = ()
    restated: tuple[Restated, ...] = ()
    known_at: datetime | None = None
    edition_id: UUID | None = None
    notes: tuple[Said, ...] = ()

    @property
    def change(self) -> Fraction:
        """The whole change, which the terms sum to."""
        return self.end - self.start

    @property
    def places(self) -> int:
        """With how many places its figures are written: those of stored money, ten of a ratio."""
        return MONEY_PLACES if self.unit == "money" else RATIO_PLACES

    def written(self, places: int | None = None) -> Written:
        """Its figures with so many places, which sum up as they are written."""
        digits = self.places if places is None else places
        start, end = rounded(self.start, digits), rounded(self.end, digits)
        return Written(
            start=start,
            end=end,
            terms=tuple(summing([term.value for term in self.terms], end - start, digits)),
        )


@dataclass(frozen=True, kw_only=True)
class Written:
    """A bridge's figures as decimals: `start` plus `terms` is `end`, exactly."""

    start: Decimal
    end: Decimal
    terms: Sequence[Decimal]

    @property
    def change(self) -> Decimal:
        """The whole change."""
        return self.end - self.start
