"""The reference evaluator as the checks use it: any cell, any number of threads, and the members there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.dimensions import with_member
from tallymark_sdk.formula import Computed, Flow, Formula, Leaf, Target
from tallymark_sdk.leaves import computations, leaves, references, targets
from tallymark_sdk.metric import Metric
from tallymark_sdk.reference import ReferenceEvaluator, period_table
from tallymark_sdk.rows import empty_model, empty_relation, grain
from tallymark_sdk.testing.rows import Rows
from tallymark_sdk.view import View

if TYPE_CHECKING:
    from tallymark_sdk.testing.scene import Cell


class Bench(ReferenceEvaluator):
    """Evaluates cells of metrics over rows.

    Args:
        threads: how many threads the database may use; a value doesn't depend on it.
    """

    def __init__(self, rows: Rows, calendar: Calendar, metrics: Iterable[Metric], *, as_of: date | None = None,
                 threads: int = 1) -> None:  # fmt: skip
        super().__init__(rows, calendar, metrics, as_of=as_of)
        self._connection.execute(f"SET threads = {threads:d}")

    def at(self, metric: Metric, cell: Cell) -> Figure | None:
        """The metric's value in a cell."""
        return self.value(metric, cell.period, part=cell.part, dimension=cell.by, member=cell.member)

    def members(self, metric: Metric, dimension: str, periods: Iterable[Period]) -> tuple[str, ...]:
        """Every member that rows of the metric have; of views made per period, in any of these periods.

        Members that have a target in any of them are among those.
        """
        periods = list(periods)
        self._connection.register("periods", period_table(periods))
        found: set[str] = set()
        for leaf in self._leaves_behind(metric.formula_of("value", dimension), dimension):
            if isinstance(leaf, Target):
                found |= set(self._targets.members(leaf.key, dimension, periods))
            elif isinstance(leaf, Computed):
                for dataset in leaf.columns:
                    found |= self._members_of(dataset, None, dimension)
            else:
                found |= self._members_of(
                    leaf.dataset, leaf.on if isinstance(leaf, Flow) else None, dimension
                )
        return tuple(sorted(found))

    def _leaves_behind(self, formula: Formula, dimension: str) -> Iterable[Leaf | Computed | Target]:
        yield from leaves(formula, totals=False)
        yield from computations(formula, totals=False)
        yield from targets(formula, totals=False)
        for reference in references(formula, totals=False):
            referred = self._metrics[reference.key].formula_of(reference.part, dimension)
            yield from self._leaves_behind(referred, dimension)

    def _members_of(self, of: str | View, day: str | None, dimension: str) -> set[str]:
        rows = with_member(
            empty_relation(of),
            dimension,
            grain=grain(of),
            day=day,
            model=empty_model(),
            name="_member",
        )
        listed = rows.aggregate(_all=rows["_member"].collect(distinct=True))["_all"].as_scalar()
        return set(self._scalar(listed) or ())
