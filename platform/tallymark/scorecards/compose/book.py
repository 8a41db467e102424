"""Finds cells and targets; writes figures."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from tallymark.engine.cell import Cell
from tallymark.i18n import Formatter
from tallymark.i18n.formatter import exact
from tallymark.scorecards.compose.inputs import (
    Further,
    Kpi,
    Members,
    MetricFacts,
    Pace,
    Source,
    Target,
    Timeline,
)
from tallymark.scorecards.composition import Composition
from tallymark.scorecards.document import Figure
from tallymark_sdk.calendars import Period

VALUE = "value"
UNASSIGNED = "unassigned"


def plain(value: Decimal) -> str:
    """A decimal as text without an exponent."""
    return f"{value:f}"


class Book:
    """Everything one scorecard is composed from, indexed."""

    def __init__(
        self,
        *,
        timeline: Timeline,
        kpis: Iterable[Kpi],
        cells: Iterable[Cell],
        metrics: Iterable[MetricFacts],
        targets: Iterable[Target],
        paces: Iterable[Pace],
        sources: Iterable[Source],
        composition: Composition,
        members: Members,
        further: Further,
        today: date,
        formatter: Formatter,
        scope: str = "",
    ) -> None:
        self.timeline = timeline
        self.kpis = sorted(kpis, key=lambda kpi: kpi.position)
        self.metrics = {facts.key: facts for facts in metrics}
        self.sources = {source.dataset: source for source in sources}
        self.composition = composition
        self.names = members
        self.further = further
        self.today = today
        self.scope = scope
        self.format = formatter
        self.texts = formatter.texts
        self.paces = {each.metric: each for each in paces}
        self._cells = {self._address(cell): cell for cell in cells}
        self._members: dict[tuple[str, str], list[str]] = {}
        for cell in self._cells.values():
            if cell.part == VALUE and cell.period == timeline.current:
                self._members.setdefault((cell.metric, cell.dimension), []).append(cell.member)
        self._targets = {
            (each.metric, each.period_start, each.dimension, each.member): each.value for each in targets
        }

    @staticmethod
    def _address(cell: Cell) -> tuple[str, str, date, date, str, str]:
        return (cell.metric, cell.part, cell.period.start, cell.period.end, cell.dimension, cell.member)

    def cell(
        self, metric: str, period: Period | None, *, dimension: str = "", member: str = "", part: str = VALUE
    ) -> Cell | None:
        """The computed cell, or None when nobody computed it."""
        if period is None:
            return None
        return self._cells.get((metric, part, period.start, period.end, dimension, member))

    def value(
        self, metric: str, period: Period | None, *, dimension: str = "", member: str = ""
    ) -> Decimal | None:
        """The cell's value as a decimal, None where there is none."""
        cell = self.cell(metric, period, dimension=dimension, member=member)
        return None if cell is None or cell.value is None else exact(cell.value)

    def target(self, metric: str, period: Period, *, dimension: str = "", member: str = "") -> Decimal | None:
        """What the metric should reach in that period."""
        return self._targets.get((metric, period.start, dimension, member))

    def members(self, metric: str, dimension: str) -> list[str]:
        """The members that have a cell in the reported period."""
        return self._members.get((metric, dimension), [])

    def member_name(self, dimension: str, member: str) -> str:
        """What people call the member."""
        if member == UNASSIGNED:
            return self.texts.gettext("Unassigned")
        return self.names.get(dimension, {}).get(member, member)

    def figure(self, value: Decimal | None, unit: str) -> Figure | None:
        """A figure for the value, None for none."""
        return None if value is None else self.known(value, unit)

    def known(self, value: Decimal, unit: str) -> Figure:
        """A figure for a value that is there."""
        return Figure(
            exact=plain(value),
            text=self.format.value(value, unit),
            full=self.format.value(value, unit, compact=False),
            unit=unit,
        )

    def weightiest(self, dimension: str = "") -> str | None:
        """The KPI of the greatest weight that has a value, among equals the first of the set."""
        current = self.timeline.current
        able = [
            kpi
            for kpi in self.kpis
            if kpi.metric in self.metrics
            and (
                self.members(kpi.metric, dimension)
                if dimension
                else self.value(kpi.metric, current) is not None
            )
        ]
        return max(able, key=lambda kpi: kpi.weight).metric if able else None
