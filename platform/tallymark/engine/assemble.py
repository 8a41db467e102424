"""Arithmetic on the answers: from leaves' figures to the cells of every metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeAlias

from tallymark.engine.cell import Cell, Figure
from tallymark.engine.expand import TOTAL, shift
from tallymark.engine.fuse import BEFORE, UNDATED
from tallymark.engine.plan import Plan, identify, offered, readings
from tallymark.engine.run import Answer, Answers
from tallymark.plugins.registry import Registry
from tallymark_sdk import Flow, Metric, Stock
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.formula import Arithmetic, Derived, Number, Operand, Ratio, Reference, Shifted, Total
from tallymark_sdk.rows import grain, placing_columns, undated_reason

NOTHING_TO_DIVIDE_BY = "nothing to divide by"
NOT_CONNECTED = "not connected"
NO_ROWS = "no rows in the period"
OTHER_PERIOD = "in the period compared with"

# More digits than any quotient of two sums of money needs; sums and products stay exact well within it.
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)
_ZERO_WHEN_EMPTY = ("sum", "count", "distinct")

LeftOut: TypeAlias = Mapping[tuple[str, str], int]
"""(dataset, reason) → rows."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """An operand's value in one cell: a figure, or the reason there is none."""

    value: Figure | None
    rows: int = 0
    left_out: LeftOut = field(default_factory=dict)
    reason: str | None = None
    numerator: Figure | None = None
    denominator: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Everything that evaluating a formula needs."""

    plan: Plan
    answers: Answers
    registry: Registry
    calendar: Calendar
    is_connected: Callable[[str], bool]

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
            left_out=_by_reason(result.left_out),
            reason=result.reason,
        )

    def _members(self, metric: Metric, dimension: str) -> list[str]:
        if dimension == TOTAL:
            return [""]
        found: set[str] = set()
        for reading in readings(metric, dimension, self.registry):
            if reading.dimension != dimension:
                continue
            numbers = {self._number(reading.period(period, self.calendar)) for period in self.plan.asked}
            if metric.keeps_members:
                numbers |= {BEFORE, *range(self._number(max(self.plan.asked)))}
            found |= self.answers.members_of(identify(reading.formula), dimension, frozenset(numbers))
        return sorted(found)

    def evaluate(self, operand: Operand, dimension: str, member: str, period: Period) -> Result:
        """The operand's value for a member and period."""
        match operand:
            case Flow() | Stock():
                return self._leaf(operand, dimension, member, period)
            case Number(value):
                return Result(value=value)
            case Derived(expression):
                return self.evaluate(expression, dimension, member, period)
            case Reference(key, part):
                return self.evaluate(
                    self.registry[key].formula_of(part, dimension), dimension, member, period
                )
            case Total(inner):
                return self.evaluate(inner, TOTAL, "", period)
            case Shifted(inner, step):
                result = self.evaluate(inner, dimension, member, shift(period, step, self.calendar))
                return replace(result, rows=0, left_out=_in_another_period(result.left_out))
            case Ratio(numerator, denominator):
                over = self.evaluate(numerator, dimension, member, period)
                under = self.evaluate(denominator, dimension, member, period)
                divided = _calculate("/", over, under)
                return replace(divided, numerator=over.value, denominator=under.value)
            case Arithmetic(operator, left, right):
                return _calculate(
                    operator,
                    self.evaluate(left, dimension, member, period),
                    self.evaluate(right, dimension, member, period),
                )
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _leaf(self, formula: Flow | Stock, dimension: str, member: str, period: Period) -> Result:
        missing = next((name for name in _datasets(formula) if not self.is_connected(name)), None)
        if missing:
            return Result(value=None, reason=f"{NOT_CONNECTED}: {missing.replace('_', ' ')}")
        leaf = identify(formula)
        if leaf in self.answers.failed:
            return Result(value=None, reason=self.answers.failed[leaf])
        answer = self.answers.figures.get((leaf, dimension, member, self._number(period)), Answer(value=None))
        undated = self.answers.figures.get((leaf, dimension, member, UNDATED), Answer(value=None))
        # A row without a date is in no period, so it is told beside each; one deleted as well concerns nobody.
        counts = {**answer.left_out, **_only_undated(formula, undated.left_out)}
        left_out = {(grain(formula.dataset), reason): rows for reason, rows in counts.items()}
        if answer.value is not None and (answer.rows or leaf.kernel in _ZERO_WHEN_EMPTY):
            return Result(value=answer.value, rows=answer.rows, left_out=left_out)
        if leaf.kernel in _ZERO_WHEN_EMPTY:
            return Result(value=0, left_out=left_out)
        return Result(value=None, left_out=left_out, reason=NO_ROWS)

    def _number(self, period: Period) -> int:
        return self.plan.numbers[period]


def _datasets(formula: Flow | Stock) -> tuple[str, ...]:
    return (formula.dataset,) if isinstance(formula.dataset, str) else formula.dataset.datasets


def _calculate(operator: str, left: Result, right: Result) -> Result:
    rows = max(left.rows, right.rows)
    left_out = _either(left.left_out, right.left_out)
    reason = left.reason or right.reason
    if left.value is None or right.value is None:
        return Result(value=None, rows=rows, left_out=left_out, reason=reason)
    if operator == "/" and right.value == 0:
        return Result(value=None, rows=rows, left_out=left_out, reason=NOTHING_TO_DIVIDE_BY)
    return Result(value=_apply(operator, left.value, right.value), rows=rows, left_out=left_out)


def _apply(operator: str, left: Figure, right: Figure) -> Figure:
    if operator != "/" and isinstance(left, int) and isinstance(right, int):
        return {"+": left + right, "-": left - right, "*": left * right}[operator]
    over, under = Decimal(left), Decimal(right)
    match operator:
        case "+":
            return _EXACT.add(over, under)
        case "-":
            return _EXACT.subtract(over, under)
        case "*":
            return _EXACT.multiply(over, under)
        case _:
            return _EXACT.divide(over, under)


def _either(left: LeftOut, right: LeftOut) -> dict[tuple[str, str], int]:
    """Rows left out on either side. Both sides read the same rows of a dataset, so the larger count is taken."""
    return {key: max(left.get(key, 0), right.get(key, 0)) for key in (*left, *right)}


def _by_reason(left_out: LeftOut) -> dict[str, int]:
    """Counts by reason, over the datasets."""
    counts: dict[str, int] = {}
    for (_, reason), rows in left_out.items():
        counts[reason] = counts.get(reason, 0) + rows
    return counts


def _only_undated(formula: Flow | Stock, left_out: Mapping[str, int]) -> dict[str, int]:
    reason = undated_reason(placing_columns(formula)[0])
    return {reason: left_out[reason]} if reason in left_out else {}


def _in_another_period(left_out: LeftOut) -> dict[tuple[str, str], int]:
    return {(dataset, f"{reason} ({OTHER_PERIOD})"): rows for (dataset, reason), rows in left_out.items()}
