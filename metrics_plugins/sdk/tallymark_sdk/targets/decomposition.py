"""Several targets of one metric and member standing together: the finer one wins, the rest of the wider is spread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

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
        self._weights = weights
        self._places = places
        self._level = level
        self._rows = sorted(rows, key=lambda row: ((row.end - row.start).days, row.start))
        self._exact = {(row.start, row.end): row for row in rows}
        self._owner: dict[int, int] = {}
        self._claimed: list[list[int]] = []
        self._parts: dict[int, dict[int, Fraction] | str] = {}
        for place, row in enumerate(self._rows):
            self._claimed.append([day for day in _days(row.start, row.end) if day not in self._owner])
            self._owner |= dict.fromkeys(self._claimed[-1], place)

    def between(self, start: date, end: date) -> Stretch:
        """What the days from `start` to before `end` should reach together."""
        if (row := self._exact.get((start, end))) is not None:
            return Stretch(value=row.value, days=frozenset(_days(start, end)), reason=row.fault)
        days = [day for day in _days(start, end) if day in self._owner]
        covered = frozenset(days)
        if not days:
            return Stretch(value=None, days=covered)
        if self._level:
            rows = [self._rows[place] for place in dict.fromkeys(self._owner[day] for day in days)]
            fault = next((row.fault for row in rows if row.fault), None)
            if fault or len({row.value for row in rows}) > 1:
                return Stretch(value=None, days=covered, reason=fault or CHANGES)
            return Stretch(value=rows[0].value, days=covered)
        total = self._sum(days)
        if isinstance(total, str):
            return Stretch(value=None, days=covered, reason=total)
        return Stretch(value=to_decimal(total), days=covered)

    def _sum(self, days: Iterable[int]) -> Fraction | str:
        """What these days should reach together, or why it can't be said."""
        by_owner: dict[int, list[int]] = {}
        for day in days:
            by_owner.setdefault(self._owner[day], []).append(day)
        total = Fraction()
        for place, inside in by_owner.items():
            row = self._rows[place]
            if row.value is not None and len(inside) == (row.end - row.start).days:
                total += Fraction(row.value)  # the whole of it, so it need not be divided
                continue
            amounts = self._amounts(place)
            if isinstance(amounts, str):
                return amounts
            total += sum((amounts[day] for day in inside), Fraction())
        return total

    def _amounts(self, place: int) -> dict[int, Fraction] | str:
        """What is left of a row by day, or why it can't be said: divided when it is first asked for."""
        if place not in self._parts:
            self._parts[place] = self._divided(self._rows[place], self._claimed[place])
        return self._parts[place]

    def _divided(self, row: TargetRow, free: Sequence[int]) -> dict[int, Fraction] | str:
        if row.fault or row.value is None:
            return row.fault or PARTLY
        days = _days(row.start, row.end)
        # Only shorter rows have claimed the others, so this comes to an end.
        taken = self._sum(set(days) - set(free))
        if isinstance(taken, str):
            return taken
        shares = dict(zip(days, self._weights(row), strict=True))
        chosen = [shares[day] for day in free]
        rest = _same_sign(Fraction(row.value) - taken, row.value)
        amounts = divide(rest, chosen if any(chosen) else [Fraction(1)] * len(free), self._places)
        return dict(zip(free, amounts, strict=True))


def _days(start: date, end: date) -> range:
    return range(start.toordinal(), end.toordinal())


def _same_sign(rest: Fraction, value: Decimal) -> Decimal:
    kept = max(rest, Fraction()) if value >= 0 else min(rest, Fraction())
    return to_decimal(kept)
