"""What the checks vary: the rows of a metric's golden cases, and the cells that those cases look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeAlias

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.metric import Metric
from tallymark_sdk.testing.bench import Bench
from tallymark_sdk.testing.cases import Case
from tallymark_sdk.testing.golden import bound
from tallymark_sdk.testing.installed import installed_metrics
from tallymark_sdk.testing.rows import Row, Rows

Change: TypeAlias = Callable[[str, Row], Mapping[str, Any]]
"""(dataset, row) → the columns to change."""


class Cell(NamedTuple):
    """One value of a metric."""

    period: Period
    part: str = "value"
    by: str = ""
    member: str = ""

    def __str__(self) -> str:
        """The cell in words."""
        part = "" if self.part == "value" else f"{self.part} "
        return f"{part}in {self.period.label}{f', by {self.by} {self.member}' if self.by else ''}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """Rows that golden cases of a metric stand on, and the cells that they look at.

    Attributes:
        metric: with the cases' parameters filled in.
    """

    metric: Metric
    calendar: Calendar
    rows: Rows
    as_of: date | None
    cells: tuple[Cell, ...]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods that the cases look at."""
        return tuple(dict.fromkeys(cell.period for cell in self.cells))

    @cached_property
    def values(self) -> Mapping[Cell, Figure | None]:
        """The metric's values over the rows as they are."""
        return self.over(self.rows)

    @cached_property
    def totals(self) -> tuple[Cell, ...]:
        """The metric's own value and its parts in one period: enough to see whether it can be computed."""
        return tuple(cell for cell in self.cells if not cell.by and cell.period == self.periods[0])

    def over(
        self,
        rows: Rows,
        *,
        metric: Metric | None = None,
        cells: tuple[Cell, ...] | None = None,
        threads: int = 1,
    ) -> dict[Cell, Figure | None]:
        """The same cells, or some of them, over other rows, or of the metric with other parameters."""
        bench = self.bench(rows, threads=threads)
        wanted = self.cells if cells is None else cells
        return {cell: bench.at(metric or self.metric, cell) for cell in wanted}

    def bench(self, rows: Rows, *, threads: int = 1) -> Bench:
        """An evaluator over rows that can be varied."""
        known = {each.key: each for each in (*installed_metrics(), self.metric)}
        return Bench(rows, self.calendar, known.values(), as_of=self.as_of, threads=threads)

    def changed(self, change: Change) -> Rows:
        """The rows with some columns changed."""
        return {name: [{**row, **change(name, row)} for row in rows] for name, rows in self.rows.items()}


@cache
def scenes_of(metric: Metric, cases: tuple[Case, ...]) -> tuple[Scene, ...]:
    """The metric's scenes: its cases gathered by the rows and parameters that they share."""
    gathered: dict[object, list[Case]] = {}
    for case in cases:
        if case.metric == metric.key:
            shared = (id(case.rows), repr(sorted(case.parameters.items())), case.as_of)
            gathered.setdefault(shared, []).append(case)
    return tuple(_scene(metric, together) for together in gathered.values())


def _scene(metric: Metric, cases: list[Case]) -> Scene:
    first = cases[0]
    totals = [Cell(case.period, part) for case in cases for part in ("value", *metric.parts)]
    members = [Cell(case.period, case.part, case.by, case.member) for case in cases]
    return Scene(
        metric=bound(metric, tuple(sorted(first.parameters.items()))),
        calendar=first.calendar,
        rows=first.rows,
        as_of=first.as_of,
        cells=tuple(dict.fromkeys(totals + members)),
    )
