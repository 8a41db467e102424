"""What every contestant is asked: which KPIs, in which periods, by which breakdowns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import Calendar, Period, calendar

AS_OF = date(2026, 9, 30)
"""The last day of the data."""

BREAKDOWNS = (
    *("rep", "team", "region", "source", "product_group"),
    *(
        "stage",
        "plan",
        "segment",
        "ageing_band",
        "loss_reason",
        "skill",
        "competitor",
        "duration_band",
        "icp_fit",
    ),
)
"""Chosen so that no metric of the catalogue declares more than five of them."""

MONTHS = 13


@dataclass(frozen=True, kw_only=True)
class Question:
    """Metrics × periods × (the total and each breakdown that a metric declares)."""

    keys: tuple[str, ...]
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    calendar: Calendar

    @property
    def breakdowns(self) -> int:
        """How many metric-and-breakdown pairs are asked for, totals included."""
        return sum(len(dims) + 1 for dims in self.dimensions().values())

    def dimensions(self) -> Mapping[str, tuple[str, ...]]:
        """Metric → the breakdowns asked for that it declares."""
        known = registry()
        return {key: tuple(each for each in self.by if each in known[key].by) for key in self.keys}


def whole_catalogue(kind: str = "gregorian", months: int = MONTHS) -> Question:
    """Every metric, in the newest months of the data, by up to five breakdowns each."""
    return of_keys(sorted(registry().metrics), BREAKDOWNS, kind=kind, months=months)


def of_keys(
    keys: Sequence[str], by: Sequence[str], *, kind: str = "gregorian", months: int = MONTHS
) -> Question:
    """Some metrics by some breakdowns."""
    cut = calendar(kind)
    newest = cut.period("month", AS_OF)
    periods = cut.range(cut.step(newest, 1 - months), months)
    return Question(keys=tuple(keys), periods=tuple(periods), by=tuple(by), calendar=cut)


class MonthlyTarget:
    """One target for the company each month, so that target attainment has something to divide by."""

    def value(
        self, key: str, dimension: str, member: str, period: Period
    ) -> tuple[Decimal | None, str | None]:
        """A million for the company's whole month; no other member has a target."""
        return (Decimal(1_000_000), None) if not dimension else (None, "no target set")

    def members(self, key: str, dimension: str, periods: Iterable[Period]) -> Iterable[str]:
        """Nobody beside the company has one."""
        return ()
