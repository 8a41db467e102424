"""Several targets of one metric and member standing together: the finer one wins, the rest of the wider is spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from tallymark_sdk.targets.rows import TargetRow
from tallymark_sdk.targets.spread import divide, to_decimal

PARTLY = "no target set for the whole period"
CHANGES = "its target changes within the period"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What the targets give a run of days.

    Attributes:
        value: the sum of the days that have a target; None where none has, or `reason` says why it can't be said.
        days: the days covered, as ordinals.
    """

    value: Decimal | None
    days: frozenset[int]
    reason: str | None = None


class Decomposition:
    """The targets of one metric and member, by day.

    Rows are taken from the shortest period to the longest. Each claims the days that no shorter one has; what the
    shorter ones give within its period is subtracted from its value, and the rest is spread over the days it
    claimed. The rest is never less than nothing: where shorter targets already exceed the wider one, the other
    days get 0. A period that a row was set for has that row's value, whatever its parts say.

    Args:
        weights: a row → one weight for each of its days.
        places: decimal places of the parts.
        level: the targets hold in every part of their period instead of being divided.
    """

    def __init__(
        self, rows: Sequence[TargetRow], weights: Callable[[TargetRow], Sequence[Fraction]], *, places: int,
        level: bool = False,
    ) -> None:  # fmt: skip
        self._exact = {(row.start, row.end): row for row in rows}
        self._level = level
        self._owner: dict[int, TargetRow] = {}
        self._faults: dict[int, str] = {}
        self._amounts: dict[int, Fraction] = {}
        for row in sorted(rows, key=lambda row: ((row.end - row.start).days, row.start)):
            self._add(row, weights, places)
        self._first = min(self._owner, default=0)
        last = max(self._owner, default=-1)
        days = range(self._first, last + 1)
        # Running totals make every period one subtraction, however long it is.
        self._running = [
            Fraction(),
            *accumulate(self._amounts.get(day, Fraction()) for day in days),
        ]

    def between(self, start: date, end: date) -> Stretch:
        """What the days from `start` to before `end` should reach together."""
        if (row := self._exact.get((start, end))) is not None:
            covered = frozenset(range(start.toordinal(), end.toordinal()))
            return Stretch(value=row.value, days=covered, reason=row.fault)
        days = frozenset(day for day in range(start.toordinal(), end.toordinal()) if day in self._owner)
        if not days:
            return Stretch(value=None, days=days)
        if fault := next((self._faults[day] for day in sorted(days) if day in self._faults), None):
            return Stretch(value=None, days=days, reason=fault)
        if self._level:
            values = {self._owner[day].value for day in days}
            if len(values) > 1:
                return Stretch(value=None, days=days, reason=CHANGES)
            return Stretch(value=values.pop(), days=days)
        return Stretch(value=to_decimal(self._until(end) - self._until(start)), days=days)

    def _until(self, day: date) -> Fraction:
        return self._running[min(max(day.toordinal() - self._first, 0), len(self._running) - 1)]

    def _add(self, row: TargetRow, weights: Callable[[TargetRow], Sequence[Fraction]], places: int) -> None:
        days = range(row.start.toordinal(), row.end.toordinal())
        free = [day for day in days if day not in self._owner]
        self._owner |= dict.fromkeys(free, row)
        fault = row.fault
        if not self._level:
            # What is left of a target can't be said where a part of it can't.
            fault = fault or next((self._faults[day] for day in days if day in self._faults), None)
        if fault or row.value is None:
            self._faults |= dict.fromkeys(free, fault or PARTLY)
        elif free and not self._level:
            taken = sum((self._amounts.get(day, Fraction()) for day in days), Fraction())
            rest = _same_sign(Fraction(row.value) - taken, row.value)
            shares = dict(zip(days, weights(row), strict=True))
            chosen = [shares[day] for day in free]
            amounts = divide(rest, chosen if any(chosen) else [Fraction(1)] * len(free), places)
            self._amounts |= zip(free, amounts, strict=True)


def _same_sign(rest: Fraction, value: Decimal) -> Decimal:
    kept = max(rest, Fraction()) if value >= 0 else min(rest, Fraction())
    return to_decimal(kept)
