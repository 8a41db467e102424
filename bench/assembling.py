"""The formulas' arithmetic over figures of leaves, in plain fractions: it checks the engine's own and is never timed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bench.answers import Answers
from bench.question import AS_OF, MonthlyTarget, Question
from tallymark.engine.expand import TOTAL
from tallymark.engine.plan import identify
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import registry
from tallymark_sdk import formula as kinds
from tallymark_sdk.arithmetic import function
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison

_ZERO_WHEN_EMPTY = ("sum", "count", "distinct")

Value = Fraction | None


@dataclass(frozen=True)
class Figures:
    """The leaves' figures: (leaf, dimension, member, period's number) → value."""

    found: Mapping[tuple[object, str, str, int], object]
    numbers: Mapping[Period, int]

    def members(self, dimension: str) -> list[str]:
        """Every member that has any row."""
        return sorted({key[2] for key in self.found if key[1] == dimension})


def values(figures: Figures, question: Question, data: TenantData) -> Answers:
    """Every cell of the question, for every member that any KPI has."""
    reckoning = _Reckoning(figures, Comparison(calendar=question.calendar, as_of=AS_OF), data)
    found: dict[tuple[str, str, str, str, int], Decimal | int | float | None] = {}
    members = {dimension: figures.members(dimension) for dimension in question.by} | {TOTAL: [""]}
    for key, dimensions in question.dimensions().items():
        metric = registry()[key]
        for part in ("value", *metric.parts):
            for dimension in (TOTAL, *dimensions):
                formula = metric.formula_of(part, dimension)
                for member in members[dimension]:
                    for number, period in enumerate(question.periods):
                        value = reckoning.value(formula, dimension, member, period)
                        found[key, part, dimension, member, number] = _plain(value)
    return found


def _plain(value: Value) -> Decimal | int | float | None:
    """A sum as a decimal, so that it must be equal to the last digit; a quotient as it comes."""
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact if Fraction(exact) == value else float(value)


@dataclass(frozen=True)
class _Reckoning:
    figures: Figures
    comparison: Comparison
    data: TenantData

    def value(  # noqa: C901, PLR0912  one case a kind
        self, operand: kinds.Operand, dimension: str, member: str, period: Period
    ) -> Value:
        def again(inner: kinds.Operand) -> Value:
            return self.value(inner, dimension, member, period)

        match operand:
            case kinds.Flow() | kinds.Stock() | kinds.PerPeriod():
                return self._leaf(operand, dimension, member, period)
            case kinds.Number(value):
                return Fraction(value)
            case kinds.PeriodDays():
                return Fraction(self.comparison.days(period))
            case kinds.Target(key):
                return _fraction(MonthlyTarget().value(key, dimension, member, period)[0])
            case kinds.Derived(expression):
                return again(expression)
            case kinds.Reference(key, part):
                return again(registry()[key].formula_of(part, dimension))
            case kinds.Total(inner):
                return self.value(inner, TOTAL, "", period)
            case kinds.Shifted(inner, step):
                to = self.comparison.previous if step == "previous" else self.comparison.year_before
                return self.value(inner, dimension, member, to(period))
            case kinds.Rolling(inner, periods):
                back = [self.comparison.back(period, n) for n in range(periods)]
                return _summed(self.value(inner, dimension, member, each) for each in back)
            case kinds.Monthly(inner):
                months = self.comparison.months(period)
                return _summed(self.value(inner, dimension, member, each) for each in months)
            case kinds.Ratio(numerator, denominator):
                return _calculated("/", again(numerator), again(denominator))
            case kinds.Arithmetic(operator, left, right):
                return _calculated(operator, again(left), again(right))
            case kinds.Function(name, arguments):
                given = [_decimal(again(argument)) for argument in arguments]
                return _fraction(function(name, given))
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _leaf(self, formula: kinds.Leaf, dimension: str, member: str, period: Period) -> Value:
        leaf = identify(formula)
        number = self.figures.numbers[period]
        found = _fraction(self.figures.found.get((leaf, dimension, member, number)))
        return Fraction(0) if found is None and leaf.kernel in _ZERO_WHEN_EMPTY else found


def _fraction(value: Any) -> Value:
    return None if value is None else Fraction(value)


def _decimal(value: Value) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)


def _calculated(operator: str, left: Value, right: Value) -> Value:
    if left is None or right is None or (operator == "/" and right == 0):
        return None
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right


def _summed(values: Iterable[Value]) -> Value:
    found = list(values)
    return None if None in found else sum((each for each in found if each is not None), Fraction(0))
