"""A tenant's targets, imported and set in Tallymark, as one book that scorecards and formulas ask alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from tallymark.calendars import workdays_of
from tallymark.calendars.own_days import own_days
from tallymark.engine.cell import Figure
from tallymark.engine.compute import compute
from tallymark.engine.session import TenantData, confined
from tallymark.plugins.registry import Registry
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.calendars.workdays import Workdays
from tallymark_sdk.targets import (
    Nature,
    Spread,
    TargetAnswer,
    TargetBook,
    TargetRow,
    groups_of_reps,
    read_rows,
)
from tallymark_sdk.targets.nature import nature_of
from tallymark_tenants.profile import TenantProfile
from tallymark_tenants.targets import TargetValue, list_targets, spreads

_TARGET_COLUMNS = (
    *("metric", "scope", "scope_id", "period_start", "period_end", "value", "value_base", "deleted_at"),
)
_REP_COLUMNS = ("id", "team_id", "department", "region_id")

Seasons = Mapping[tuple[str, str, str, Period], Figure | None]


@dataclass(frozen=True, kw_only=True)
class SetTargets:
    """What a tenant has set in Tallymark: its targets, and how each metric's are divided ("" for every metric)."""

    targets: tuple[TargetValue, ...] = ()
    spreads: Mapping[str, str] = field(default_factory=dict)


def read_set_targets(session: Session) -> SetTargets:
    """Read them in the tenant's session."""
    return SetTargets(targets=tuple(list_targets(session)), spreads=spreads(session))


@dataclass(frozen=True, kw_only=True)
class TenantTargets:
    """The targets of one computation. Nothing is read before the first question, since few formulas have one.

    Attributes:
        data: the snapshots, among them the datasets `targets` and `reps`.
        profile: the tenant's settings; a divided target has its currency's money places, and its working days.
        given_workdays: the tenant's working days, where not as its settings and its own rows have them now.
    """

    stored: SetTargets
    data: TenantData
    registry: Registry
    calendar: Calendar
    profile: TenantProfile
    given_workdays: Workdays | None = None

    def value(
        self, key: str, dimension: str, member: str, period: Period
    ) -> tuple[Decimal | None, str | None]:
        """The target, or None and the reason there is none."""
        return self.book.value(key, dimension, member, period)

    def members(self, key: str, dimension: str, periods: Iterable[Period]) -> list[str]:
        """The members that have a target in any of the periods."""
        return self.book.members(key, dimension, periods)

    def answer(self, key: str, dimension: str, member: str, period: Period) -> TargetAnswer:
        """The target with where it comes from."""
        return self.book.answer(key, dimension, member, period)

    def nature(self, key: str) -> Nature | None:
        """How targets of the metric behave; None for one that isn't installed."""
        metrics = self.registry.metrics
        return nature_of(metrics[key], metrics) if key in metrics else None

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many imported targets can't be used, by reason."""
        return self._imported[1]

    @cached_property
    def book(self) -> TargetBook:
        """All targets."""
        return TargetBook(
            (*self._imported[0], *(_row(each) for each in self.stored.targets)),
            calendar=self.calendar,
            nature=self._nature_once,
            places=get_currency_precision(self.profile.currency),
            members_of_reps=groups_of_reps(_read(self.data, "reps", _REP_COLUMNS)),
            spreads={key: Spread(method=method) for key, method in self.stored.spreads.items()},
            season=self._season,
            works=self._works,
        )

    def _works(self, day: date) -> bool:
        """Asked only where a target is divided by working days, so that holidays are looked up only then."""
        return self.workdays.is_workday(day)

    @cached_property
    def workdays(self) -> Workdays:
        """The tenant's working days."""
        return self.given_workdays or workdays_of(self.profile, own_days(self.data))

    @cached_property
    def _imported(self) -> tuple[list[TargetRow], dict[str, int]]:
        return read_rows(_read(self.data, "targets", _TARGET_COLUMNS), self._nature_once)

    @cached_property
    def _natures(self) -> dict[str, Nature | None]:
        return {}

    def _nature_once(self, key: str) -> Nature | None:
        if key not in self._natures:
            self._natures[key] = self.nature(key)
        return self._natures[key]

    def _season(self, key: str, dimension: str, member: str, month: Period) -> Figure | None:
        return self._seasons.get((key, dimension, member, self.calendar.year_before(month)))

    @cached_property
    def _seasons(self) -> Seasons:
        """Last year's months of everything that is divided by them, computed at once."""
        seasonal = [row for row in self._all_rows() if self.book.spread_of(row).method == "seasonality"]
        keys = sorted({row.metric for row in seasonal if row.metric in self.registry.metrics})
        if not keys:
            return {}
        by = sorted({row.dimension for row in seasonal if row.dimension})
        cells = compute(
            self.registry,
            keys,
            self._months_before(seasonal),
            by,
            data=self.data,
            calendar=self.calendar,
            attribution=self.profile.attribution,
        )
        return {
            (cell.metric, cell.dimension, cell.member, cell.period): cell.value
            for cell in cells
            if cell.part == "value"
        }

    def _all_rows(self) -> list[TargetRow]:
        return [*self._imported[0], *(_row(each) for each in self.stored.targets)]

    def _months_before(self, rows: Sequence[TargetRow]) -> list[Period]:
        months: set[Period] = set()
        for row in rows:
            month = self.calendar.period("month", row.start)
            while month.start < row.end:
                months.add(self.calendar.year_before(month))
                month = self.calendar.step(month, 1)
        return sorted(months)


def _row(target: TargetValue) -> TargetRow:
    spread = Spread(method=target.spread, weights=target.weights) if target.spread else None
    return TargetRow(
        metric=target.metric,
        start=target.start,
        end=target.end,
        value=target.value,
        dimension=target.dimension,
        member=target.member,
        spread=spread,
        own=True,
    )


def _read(data: TenantData, dataset: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """A dataset's rows; none where it isn't connected."""
    if not data.is_connected(dataset):
        return []
    with confined(data, threads=1, only=(dataset,)) as connection:
        # The names are the model's own, never a person's.
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {dataset}").fetchall()  # noqa: S608
    return [dict(zip(columns, row, strict=True)) for row in rows]
