"""Arithmetic on the answers: from leaves' figures to the cells of every metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tallymark.engine.cell import Cell
from tallymark.engine.expand import TOTAL, moved
from tallymark.engine.fuse import BEFORE, UNDATED
from tallymark.engine.plan import Plan, identify, offered, readings
from tallymark.engine.result import (
    Result,
    by_reason,
    calculate,
    call,
    in_another_period,
    only_undated,
    summed,
)
from tallymark.engine.run import Answer, Answers
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Function,
    Leaf,
    Monthly,
    Number,
    Operand,
    PeriodDays,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Target,
    Total,
)
from tallymark_sdk.rows import grain
from tallymark_sdk.targets import TargetSource

NOT_CONNECTED = "not connected"
NO_ROWS = "no rows in the period"
NO_TARGET = "no target set"
NO_VALUE = "no value"
NO_HISTORY = "no data before the first sync"

_ZERO_WHEN_EMPTY = ("sum", "count", "distinct")


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Everything that evaluating a formula needs."""

    plan: Plan
    answers: Answers
    registry: Registry
    comparison: Comparison
    is_connected: Callable[[str], bool]
    targets: TargetSource | None = None
    as_of: date | None = None

    def cells(self, metric: Metric, by: tuple[str, ...]) -> Iterator[Cell]:
        """Every cell of a metric: its total, then each breakdown's members, for each part and asked period."""
        for dimension in (TOTAL, *offered(metric, by)):
            for member in self._members(metric, dimension):
                for part in ("value", *metric.parts):
                    formula = metric.formula_of(part, dimension)
                    for period in self.plan.asked:
                        yield self._cell(metric, part, formula, dimension, member, period)

    def _cell(self, metric: Metric, part: str, formula: Operand, dimension: str, member: str,
              period: Period) -> Cell:  # fmt: skip
        result = self.evaluate(formula, dimension, member, period)
        since = self.answers.since.get(metric.history)
        if since is not None and period.start < since:
            result = Result(value=None, reason=NO_HISTORY)
        return Cell(
            metric=metric.key,
            part=part,
            period=period,
            dimension=dimension,
            member=member,
            value=result.value,
            numerator=result.numerator,
            denominator=result.denominator,
            rows=result.rows,
            left_out=by_reason(result.left_out),
            reason=result.reason,
            pending=self._pending(metric, dimension, member, period),
        )

    def _pending(self, metric: Metric, dimension: str, member: str, period: Period) -> int:
        """How many members of the cohort can still change; none once the horizon has passed for all of them."""
        if metric.pending is None:
            return 0
        days = metric.horizon_days
        if days is not None and self.as_of is not None and period.end + timedelta(days=days) <= self.as_of:
            return 0
        return int(self.evaluate(metric.pending, dimension, member, period).value or 0)

    def _members(self, metric: Metric, dimension: str) -> list[str]:
        if dimension == TOTAL:
            return [""]
        found: set[str] = set()
        for reading in readings(metric, dimension, self.registry):
            if reading.dimension != dimension:
                continue
            periods = {
                read for period in self.plan.asked for read in reading.periods(period, self.comparison)
            }
            if isinstance(reading.formula, Target):
                found |= self._aimed(reading.formula.key, dimension, periods)
                continue
            numbers = {self._number(period) for period in periods}
            if metric.keeps_members:
                numbers |= {BEFORE, *range(self._number(max(self.plan.asked)))}
            found |= self.answers.members_of(identify(reading.formula), dimension, frozenset(numbers))
        return sorted(found)

    def _aimed(self, key: str, dimension: str, periods: Iterable[Period]) -> set[str]:
        """The members that have a target, with rows or without."""
        if self.targets is None:
            return set()
        return set(self.targets.members(key, dimension, {_whole(period) for period in periods}))

    def evaluate(  # noqa: C901  one case a kind
        self, operand: Operand, dimension: str, member: str, period: Period
    ) -> Result:
        """The operand's value for a member and period."""

        def again(inner: Operand) -> Result:
            return self.evaluate(inner, dimension, member, period)

        match operand:
            case Flow() | Stock() | PerPeriod():
                return self._leaf(operand, dimension, member, period)
            case Computed():
                return self._computed(operand, dimension, member, period)
            case Number(value):
                return Result(value=value)
            case PeriodDays():
                return Result(value=self.comparison.days(period))
            case Target(key):
                return self._target(key, dimension, member, period)
            case Derived(expression):
                return again(expression)
            case Reference(key, part):
                return again(self.registry[key].formula_of(part, dimension))
            case Total(inner):
                return self.evaluate(inner, TOTAL, "", period)
            case Shifted(inner) | Rolling(inner) | Monthly(inner):
                elsewhere = moved(period, operand, self.comparison)
                return self._elsewhere([self.evaluate(inner, dimension, member, each) for each in elsewhere])
            case Ratio(numerator, denominator):
                over, under = again(numerator), again(denominator)
                divided = calculate("/", over, under)
                return replace(divided, numerator=over.value, denominator=under.value)
            case Arithmetic(operator, left, right):
                return calculate(operator, again(left), again(right))
            case Function(name, arguments):
                return call(name, [again(argument) for argument in arguments])
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _elsewhere(self, results: list[Result]) -> Result:
        """What was found in other periods, summed: its rows are not this period's."""
        result = summed(results)
        return replace(result, rows=0, left_out=in_another_period(result.left_out))

    def _target(self, key: str, dimension: str, member: str, period: Period) -> Result:
        if self.targets is None:
            return Result(value=None, reason=NO_TARGET)
        value, reason = self.targets.value(key, dimension, member, _whole(period))
        return Result(value=value, reason=reason)

    def _leaf(self, formula: Leaf, dimension: str, member: str, period: Period) -> Result:
        missing = self._missing(formula)
        if missing:
            return Result(value=None, reason=f"{NOT_CONNECTED}: {missing.replace('_', ' ')}")
        leaf = identify(formula)
        if leaf in self.answers.failed:
            return Result(value=None, reason=self.answers.failed[leaf])
        answer = self.answers.figures.get((leaf, dimension, member, self._number(period)), Answer(value=None))
        undated = self.answers.figures.get((leaf, dimension, member, UNDATED), Answer(value=None))
        # A row without a date is in no period, so it is told beside each; one deleted as well concerns nobody.
        counts = {**answer.left_out, **only_undated(formula, undated.left_out)}
        left_out = {(grain(formula.dataset), reason): rows for reason, rows in counts.items()}
        if answer.value is not None and (answer.rows or leaf.kernel in _ZERO_WHEN_EMPTY):
            return Result(value=answer.value, rows=answer.rows, left_out=left_out)
        if leaf.kernel in _ZERO_WHEN_EMPTY:
            return Result(value=0, left_out=left_out)
        return Result(value=None, left_out=left_out, reason=NO_ROWS)

    def _computed(self, formula: Computed, dimension: str, member: str, period: Period) -> Result:
        run = identify(formula)
        if run in self.answers.failed:
            return Result(value=None, reason=self.answers.failed[run])
        answer = self.answers.figures.get((run, dimension, member, self._number(period)))
        if answer is None or answer.value is None:
            return Result(value=None, reason=NO_VALUE)
        return Result(value=answer.value, rows=answer.rows)

    def _missing(self, formula: Leaf) -> str | None:
        """A dataset that the leaf can't do without and that no source has filled."""
        if isinstance(formula.dataset, str):
            return None if self.is_connected(formula.dataset) else formula.dataset
        return formula.dataset.missing(self.is_connected)

    def _number(self, period: Period) -> int:
        return self.plan.numbers[period]


def _whole(period: Period) -> Period:
    """The period whose target holds: one that is compared to date keeps the whole one's, as the running one has its own."""
    return period.compared.whole if period.compared else period
