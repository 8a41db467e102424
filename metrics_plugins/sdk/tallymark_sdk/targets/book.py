"""One place that answers what the target of a metric is, for any member and period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.targets.decomposition import PARTLY, Decomposition, Stretch
from tallymark_sdk.targets.rows import GROUPS, Nature, TargetRow, settled
from tallymark_sdk.targets.spread import EVENLY, LEVEL, Spread, TargetError, Works, day_weights

NO_TARGET = "no target set"
MISFIT = "its weights don't fit its period"
OF_REPS = tuple(GROUPS)

SCOPES = (*OF_REPS, "rep", "product_group", "product", "source")
"""Whose targets make the company's where it has none, the first of these that covers the period."""

SeasonOf = Callable[[str, str, str, Period], "Decimal | int | None"]
"""(metric, dimension, member, month of the target) → the metric's value in the same month of last year."""


class TargetSource(Protocol):
    """What the evaluation of `Target(key)` asks."""

    def value(
        self, key: str, dimension: str, member: str, period: Period
    ) -> tuple[Decimal | None, str | None]:
        """The target, or None and the reason there is none."""
        ...

    def members(self, key: str, dimension: str, periods: Iterable[Period]) -> Iterable[str]:
        """The members that have a target in any of the periods."""
        ...


@dataclass(frozen=True, kw_only=True)
class TargetAnswer:
    """A target with where it comes from: "set", "spread", or "sum of rep" (or another scope)."""

    value: Decimal | None
    reason: str | None = None
    how: str = ""


class TargetBook:
    """All targets of a tenant.

    The target of a metric and member in a period is, in this order: the one set for exactly that period; what the
    targets set for other periods give its days (`Decomposition`); the sum over the members below. A team's,
    department's or region's is the sum over its reps; the company's the sum over one scope (`SCOPES`). Days
    without a target make it no value, never a smaller one; but in a sum over members it is enough that every day
    has a member with a target, since reps come and go.

    Args:
        rows: the targets set; see `settled` for what happens to several of one period.
        nature: a metric's key → its nature, None for a metric that isn't known.
        places: decimal places of a money target's parts; others have four.
        members_of_reps: dimension → rep → the member it belongs to, for "team", "department" and "region".
        spreads: metric key → how its targets are divided where they don't say it themselves; "" for every metric.
        season, works: last year's values, and the working days; a method whose one is missing divides evenly.
    """

    def __init__(
        self, rows: Iterable[TargetRow], *, calendar: Calendar, nature: Callable[[str], Nature | None],
        places: int = 2, members_of_reps: Mapping[str, Mapping[str, str]] | None = None,
        spreads: Mapping[str, Spread] | None = None, season: SeasonOf | None = None, works: Works | None = None,
    ) -> None:  # fmt: skip
        self._calendar = calendar
        self._nature = nature
        self._places = places
        self._members_of_reps = members_of_reps or {}
        self._spreads = spreads or {}
        self._season = season
        self._works = works
        self._rows: dict[tuple[str, str, str], list[TargetRow]] = {}
        for row in settled(rows):
            self._rows.setdefault((row.metric, row.dimension, row.member), []).append(row)
        self._decompositions: dict[tuple[str, str, str], Decomposition] = {}
        self._weights: dict[tuple[object, ...], Sequence[Fraction]] = {}
        self._answers: dict[tuple[str, str, str, Period], TargetAnswer] = {}

    def value(
        self, key: str, dimension: str, member: str, period: Period
    ) -> tuple[Decimal | None, str | None]:
        """The target, or None and the reason there is none."""
        answer = self.answer(key, dimension, member, period)
        return answer.value, answer.reason

    def answer(self, key: str, dimension: str, member: str, period: Period) -> TargetAnswer:
        """The target with where it comes from."""
        place = (key, dimension, member, period)
        if place not in self._answers:
            self._answers[place] = self._find(key, dimension, member, period)
        return self._answers[place]

    def rows_of(self, key: str, dimension: str = "", member: str = "") -> tuple[TargetRow, ...]:
        """The targets set for a metric and member."""
        return tuple(self._rows.get((key, dimension, member), ()))

    def members(self, key: str, dimension: str, periods: Iterable[Period] | None = None) -> list[str]:
        """The members of a dimension that have targets of the metric, their own or those of their reps.

        With `periods`, those that have one in any of them, be it one that can't be used.
        """
        own = {member for metric, scope, member in self._rows if (metric, scope) == (key, dimension)}
        groups = self._members_of_reps.get(dimension, {}) if dimension in OF_REPS else {}
        below = {groups[rep] for metric, scope, rep in self._rows
                 if (metric, scope) == (key, "rep") and rep in groups}  # fmt: skip
        found = sorted(own | below)
        if periods is None:
            return found
        asked = list(periods)
        return [
            member
            for member in found
            if any(self.answer(key, dimension, member, period).reason != NO_TARGET for period in asked)
        ]

    def spread_of(self, row: TargetRow) -> Spread:
        """How a target is divided: as it says, else as is set for its metric, else as for every metric, else evenly.

        The target of a metric that doesn't add up over time is level unless its own row or metric says otherwise.
        """
        if row.spread is not None:
            return row.spread
        if row.metric in self._spreads:
            return self._spreads[row.metric]
        nature = self._nature(row.metric)
        if nature is not None and not nature.sums_over_time:
            return LEVEL
        return self._spreads.get("", EVENLY)

    def _find(self, key: str, dimension: str, member: str, period: Period) -> TargetAnswer:
        own = self._own(key, dimension, member, period)
        if own.reason is not None:
            return TargetAnswer(value=None, reason=own.reason)
        if own.value is not None and len(own.days) == period.days:
            exact = any((row.start, row.end) == (period.start, period.end)
                        for row in self.rows_of(key, dimension, member))  # fmt: skip
            return TargetAnswer(value=own.value, how="set" if exact else "spread")
        scopes = self._scopes_of(key, dimension)
        partly = bool(own.days)
        for scope in scopes:
            total = self._sum(key, dimension, member, scope, period)
            if total.reason is not None:
                return TargetAnswer(value=None, reason=total.reason)
            if total.value is not None and len(total.days) == period.days:
                return TargetAnswer(value=total.value, how=f"sum of {scope}")
            partly = partly or bool(total.days)
        return TargetAnswer(value=None, reason=PARTLY if partly else NO_TARGET)

    def _scopes_of(self, key: str, dimension: str) -> tuple[str, ...]:
        """The scopes whose targets can make up those of the dimension, in their order."""
        if dimension:
            return ("rep",) if dimension in OF_REPS else ()
        own = {scope for metric, scope, _ in self._rows if metric == key}
        return tuple(scope for scope in SCOPES if scope in own)

    def _own(self, key: str, dimension: str, member: str, period: Period) -> Stretch:
        """What the member's own targets give the period."""
        place = (key, dimension, member)
        rows = self._rows.get(place)
        if not rows:
            return Stretch(value=None, days=frozenset())
        if place not in self._decompositions:
            level = all(self.spread_of(row).method == "level" for row in rows)
            self._decompositions[place] = Decomposition(
                [self._checked(row) for row in rows],
                self._weights_of,
                places=self._places_of(key),
                level=level,
            )
        return self._decompositions[place].between(period.start, period.end)

    def _sum(self, key: str, dimension: str, member: str, scope: str, period: Period) -> Stretch:
        """The sum over the members of `scope` that make up this member, or the company."""
        nature = self._nature(key)
        if nature is None or not nature.sums_over_members or scope in nature.not_summed_by:
            return Stretch(value=None, days=frozenset())
        parts = [
            self._whole_or_reps(key, scope, each, period) if not dimension else self._own(key, scope, each, period)
            for each in self._below(key, dimension, member, scope)
        ]  # fmt: skip
        if not dimension and scope in OF_REPS and parts:
            placed = self._members_of_reps.get(scope, {})
            parts += [
                self._own(key, "rep", rep, period) for rep in self.members(key, "rep") if rep not in placed
            ]
        return _together(parts)

    def _whole_or_reps(self, key: str, scope: str, member: str, period: Period) -> Stretch:
        own = self._own(key, scope, member, period)
        if scope not in OF_REPS or own.reason is not None or len(own.days) == period.days:
            return own
        reps = self._sum(key, scope, member, "rep", period)
        return reps if len(reps.days) > len(own.days) else own

    def _below(self, key: str, dimension: str, member: str, scope: str) -> list[str]:
        members = self.members(key, scope)
        if not dimension:
            return members
        group = self._members_of_reps.get(dimension, {})
        return [rep for rep in members if group.get(rep) == member]

    def _places_of(self, key: str) -> int:
        nature = self._nature(key)
        return self._places if nature is not None and nature.money else 4

    def _checked(self, row: TargetRow) -> TargetRow:
        """The row, with a fault where its weights don't fit its period (in a calendar that was changed since)."""
        if self.spread_of(row).method != "weights":
            return row
        try:
            self._weights_of(row)
        except TargetError:
            return replace(row, value=None, fault=MISFIT)
        return row

    def _weights_of(self, row: TargetRow) -> Sequence[Fraction]:
        spread = self.spread_of(row)
        if spread.method == "level":
            spread = EVENLY  # beside rows that are divided, it is divided too
        seasonal = (row.metric, row.dimension, row.member) if spread.method == "seasonality" else ()
        place = (row.start, row.end, spread, *seasonal)
        if place not in self._weights:
            of = self._season
            self._weights[place] = day_weights(
                row.start, row.end, spread, calendar=self._calendar, works=self._works,
                season=None if of is None else lambda month: of(row.metric, row.dimension, row.member, month),
            )  # fmt: skip
        return self._weights[place]


def _together(parts: Sequence[Stretch]) -> Stretch:
    """The sum of the parts; its days are those that any of them covers."""
    days = frozenset[int]().union(*(part.days for part in parts))
    if reason := next((part.reason for part in parts if part.reason is not None), None):
        return Stretch(value=None, days=days, reason=reason)
    values = [part.value for part in parts if part.value is not None]
    return Stretch(value=sum(values, Decimal()) if values else None, days=days)
