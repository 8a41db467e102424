"""What rules are judged by: the figures, targets and thresholds of a company on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tallymark.alerts.rules import Rule
from tallymark.engine.compute import compute
from tallymark.engine.labels import labels
from tallymark.engine.targets import TenantTargets
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.calendars.period import Compared

_DAY = timedelta(days=1)
_UNASSIGNED = "unassigned"


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """A company as its rules see it.

    Attributes:
        comparison: with the calendar, the working days and the day of the data.
        thresholds: metric → its KPI's thresholds as they are kept, of the default KPI set.
    """

    targets: TenantTargets
    comparison: Comparison
    as_of: date
    thresholds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def metric(self, rule: Rule) -> Metric:
        """The rule's metric."""
        return self.targets.registry[rule.metric]

    def sums(self, rule: Rule) -> bool:
        """Whether the rule's metric adds up over time."""
        nature = self.targets.nature(rule.metric)
        return nature is not None and nature.sums_over_time

    def current(self, rule: Rule, day: date) -> Period:
        """The period that holds the day."""
        return self.comparison.calendar.period(rule.grain, day)

    def complete(self, rule: Rule, day: date) -> Period:
        """The newest period that is over with the day."""
        current = self.current(rule, day)
        return current if day >= current.end - _DAY else self.comparison.calendar.step(current, -1)

    def on(self, day: date) -> Grounds:
        """The same on another day."""
        return replace(self, as_of=day, comparison=replace(self.comparison, as_of=day))


@dataclass(frozen=True)
class Figures:
    """Member → (first day, first day after) → the value, None where there is none; "" is the company."""

    values: Mapping[str, Mapping[tuple[date, date], Fraction | None]]
    names: Mapping[str, str] = field(default_factory=dict)

    def value(self, member: str, period: Period) -> Fraction | None:
        """A member's value in a period."""
        return self.values.get(member, {}).get((period.start, period.end))

    @property
    def members(self) -> list[str]:
        """Those that have values, in order."""
        return sorted(self.values)

    def since(self, member: str) -> date | None:
        """The first day after the first period that holds something: before it nothing is known, and it may be cut."""
        held = [span for span, value in self.values.get(member, {}).items() if value]
        return min(held)[1] if held else None


def figures_for(rule: Rule, periods: Iterable[Period], grounds: Grounds) -> Figures:
    """The rule's metric in these periods, for the company or for the members the rule is about."""
    asked = sorted(set(periods))
    by = (rule.dimension,) if rule.dimension else ()
    cells = compute(
        grounds.targets.registry,
        [rule.metric],
        asked,
        by,
        data=grounds.targets.data,
        calendar=grounds.comparison.calendar,
        targets=grounds.targets,
        as_of=grounds.as_of,
        comparison=grounds.comparison,
        attribution=grounds.targets.profile.attribution,
    )
    values: dict[str, dict[tuple[date, date], Fraction | None]] = {}
    for cell in cells:
        if cell.part != "value" or cell.dimension != rule.dimension or cell.member == _UNASSIGNED:
            continue
        if rule.member and cell.member != rule.member:
            continue
        span = (cell.period.start, cell.period.end)
        values.setdefault(cell.member, {})[span] = None if cell.value is None else Fraction(cell.value)
    names = labels(grounds.targets.data, [rule.dimension]).get(rule.dimension, {}) if rule.dimension else {}
    return Figures(values, names)


def to_date(period: Period, day: date) -> Period:
    """The period as far as the end of a day."""
    if day >= period.end - _DAY:
        return period
    return replace(period, end=day + _DAY, compared=Compared(asked=period, whole=period))


def steps_back(grounds: Grounds, period: Period, count: int) -> Sequence[Period]:
    """The periods before, the oldest first."""
    cut = grounds.comparison.calendar
    return cut.range(cut.step(period, -count), count)
