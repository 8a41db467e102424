"""Arithmetic on leaves' figures: a formula's value in every cell of an axis at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tallymark.engine.expand import TOTAL, Move, Step, step_of
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import LeafFigures, RunFigures
from tallymark.engine.plan import Leaf, Plan, Run, identify
from tallymark.engine.vectors import (
    Array,
    Reasons,
    Vector,
    calculate,
    call,
    constant,
    nothing,
    summed,
)
from tallymark.plugins.registry import Registry
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Function,
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
from tallymark_sdk.formula import Leaf as Formula
from tallymark_sdk.leaves import children
from tallymark_sdk.rows import grain, placing_columns, undated_reason
from tallymark_sdk.targets import TargetSource

NOT_CONNECTED = "not connected"
NO_ROWS = "no rows in the period"
NO_TARGET = "no target set"
NO_VALUE = "no value"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What evaluating needs beside figures."""

    plan: Plan
    registry: Registry
    comparison: Comparison
    is_connected: Callable[[str], bool]
    failed: Mapping[Leaf | Run, str]
    targets: TargetSource | None = None
    reasons: Reasons = field(default_factory=Reasons)

    @cached_property
    def _places(self) -> dict[Step, Array]:
        return {}

    def places(self, step: Step) -> Array:
        """Where each period's values are found by a step, [periods, how many]; -1 where there are fewer."""
        if step not in self._places:
            moves, places = self.plan.moves.get(step, {}), self.plan.places
            found = [[places[to] for to in moves.get(place, ())] for place in places]
            widest = max(map(len, found), default=0)
            filled = [[*each, *[-1] * (widest - len(each))] for each in found]
            self._places[step] = np.array(filled, np.int64).reshape(len(found), widest)
        return self._places[step]


@dataclass(kw_only=True)
class Evaluation:
    """The formulas of a question on one axis.

    Attributes:
        members: the texts of a block's members, by breakdown; asked only where a target is looked up.
        whole: the evaluation of the axis with the total, where this one hasn't it.
    """

    setting: Setting
    axis: Axis
    figures: Mapping[Leaf, LeafFigures]
    runs: Mapping[Run, RunFigures]
    members: Callable[[str], Sequence[str]]
    whole: Evaluation | None = None
    _found: dict[tuple[int, str], Vector] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Slots and periods."""
        return self.axis.size, len(self.setting.plan.periods)

    def value(self, operand: Operand, dimension: str) -> Vector:
        """The operand's value on the axis, as it is under a breakdown.

        Members of other breakdowns stand beside; their values are right wherever no formula depends on the breakdown.
        """
        variant = dimension if self._varies(operand, dimension) else TOTAL
        key = (id(operand), variant)
        if key not in self._found:
            self._found[key] = self._evaluate(operand, variant)
        return self._found[key]

    def _varies(self, operand: Operand, dimension: str) -> bool:
        """Whether a metric that the operand refers to has a formula of its own under the breakdown."""
        if dimension == TOTAL:
            return False
        memo = self.setting.registry.memo
        key = ("varies", operand, dimension)
        if key not in memo:
            memo[key] = any(self._follows(each, dimension) for each in (operand, *children(operand)))
        return bool(memo[key])

    def _follows(self, operand: Operand, dimension: str) -> bool:
        match operand:
            case Target():
                return True
            case Total():
                return False
            case Reference(key, part):
                metric = self.setting.registry[key]
                own, general = metric.formula_of(part, dimension), metric.formula_of(part)
                return own is not general or self._varies(general, dimension)
            case _:
                return any(self._varies(each, dimension) for each in children(operand))

    def _evaluate(  # noqa: C901  one case a kind
        self, operand: Operand, dimension: str
    ) -> Vector:
        def again(inner: Operand) -> Vector:
            return self.value(inner, dimension)

        reasons = self.setting.reasons
        match operand:
            case Flow() | Stock() | PerPeriod():
                return self._leaf(operand)
            case Computed():
                return self._computed(operand)
            case Number(value):
                return constant(value)
            case PeriodDays():
                days = [self.setting.comparison.days(period) for period in self.setting.plan.periods]
                return Vector(over=np.array([days], np.int64))
            case Target(key):
                return self._target(key, dimension)
            case Derived(expression):
                return again(expression)
            case Reference(key, part):
                return again(self.setting.registry[key].formula_of(part, dimension))
            case Total(inner):
                return self._total(inner)
            case Shifted(inner) | Rolling(inner) | Monthly(inner):
                return self._elsewhere(again(inner), operand)
            case Ratio(numerator, denominator):
                over, under = again(numerator), again(denominator)
                divided = calculate("/", over, under, reasons)
                return Vector(**{**vars(divided), "numerator": over, "denominator": under})
            case Arithmetic(operator, left, right):
                return calculate(operator, again(left), again(right), reasons)
            case Function(name, arguments):
                return call(name, [again(argument) for argument in arguments], self.shape)
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _total(self, inner: Operand) -> Vector:
        whole = self.whole or self
        found = whole.value(inner, TOTAL)
        slot = np.zeros(1, np.int64)
        return found.at(slot, np.arange(whole.shape[1]), whole.shape)

    def _elsewhere(self, inner: Vector, move: Move) -> Vector:
        """What was found in other periods, summed: its rows are not this period's."""
        places = self.setting.places(step_of(move))
        parts: list[Vector] = []
        for column in places.T:
            part = inner.moved(column, self.shape[1])
            if (column < 0).any() and parts:  # fewer months than others have: nothing is added there
                part = _only(part, column >= 0)
            parts.append(part)
        return summed(parts, self.setting.reasons) if parts else nothing(0)

    def _leaf(self, formula: Formula) -> Vector:
        reasons, missing = self.setting.reasons, missing_of(formula, self.setting.is_connected)
        if missing:
            return nothing(reasons.number(f"{NOT_CONNECTED}: {missing.replace('_', ' ')}"))
        leaf = identify(formula)
        if leaf in self.setting.failed:
            return nothing(reasons.number(self.setting.failed[leaf]))
        figures = self.figures.get(leaf)
        if figures is None:
            always = leaf.kernel in ("sum", "count", "distinct")
            return constant(0) if always else nothing(reasons.number(NO_ROWS))
        dataset = grain(formula.dataset)
        left_out = {(dataset, reason): counts for reason, counts in figures.left_out.items()}
        # A row without a date is in no period, so it is told beside each; one deleted as well concerns nobody.
        for column in placing_columns(formula)[:1]:
            if (counts := figures.undated.get(undated_reason(column))) is not None:
                left_out[dataset, undated_reason(column)] = counts[:, None]
        return Vector(
            over=figures.values,
            under=figures.divisor,
            has=figures.has,
            why=0 if figures.has is None else reasons.number(NO_ROWS),
            rows=figures.rows,
            left_out=left_out,
        )

    def _computed(self, formula: Computed) -> Vector:
        run, reasons = identify(formula), self.setting.reasons
        if run in self.setting.failed:
            return nothing(reasons.number(self.setting.failed[run]))
        figures = self.runs.get(run)
        if figures is None:
            return nothing(reasons.number(NO_VALUE))
        why = reasons.number(NO_VALUE)
        return Vector(over=figures.values, under=figures.divisors, has=figures.has, why=why)

    def _target(self, key: str, dimension: str) -> Vector:
        targets, reasons = self.setting.targets, self.setting.reasons
        block = self.axis.block(dimension)
        if targets is None or block is None:
            return nothing(reasons.number(NO_TARGET))
        over = np.zeros(self.shape, object)
        under = np.ones(self.shape, object)
        has, why = np.zeros(self.shape, bool), np.zeros(self.shape, np.int64)
        names = self.members(dimension)[block.first : block.first + block.size] if dimension else [""]
        for slot, member in enumerate(names, block.offset):
            for place, period in enumerate(self.setting.plan.periods):
                value, reason = targets.value(key, dimension, member, whole_of(period))
                if value is None:
                    why[slot, place] = reasons.number(reason)
                else:
                    over[slot, place], under[slot, place] = value.as_integer_ratio()
                    has[slot, place] = True
        return Vector(over=over, under=under, has=has, why=why)


def _only(vector: Vector, where: Array) -> Vector:
    """The vector where it counts, and 0 elsewhere."""
    has = None if vector.has is None else vector.has | ~where
    left_out = {key: np.where(where, counts, 0) for key, counts in vector.left_out.items()}
    return Vector(
        over=np.where(where, vector.over, 0), under=vector.under, has=has, why=vector.why, left_out=left_out
    )


def missing_of(formula: Formula, is_connected: Callable[[str], bool]) -> str | None:
    """A dataset that the leaf can't do without and that no source has filled."""
    if isinstance(formula.dataset, str):
        return None if is_connected(formula.dataset) else formula.dataset
    return formula.dataset.missing(is_connected)


def whole_of(period: Period) -> Period:
    """The period whose target holds: one that is compared to date keeps the whole one's, as the running one has its own."""
    return period.compared.whole if period.compared else period
