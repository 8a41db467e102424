"""Arithmetic on leaves' figures: a formula's value in every cell of an axis at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from tallymark.engine.expand import TOTAL, Move, Step, step_of
from tallymark.engine.kernels.axis import Axis, Block
from tallymark.engine.kernels.figures import LeafFigures, Part, RunFigures
from tallymark.engine.plan import Leaf, Place, Plan, Run, identify
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


Frame: TypeAlias = tuple[Block, ...]
"""Blocks of members, one below the other, that formulas are evaluated for together."""
Places: TypeAlias = tuple[int, ...]
"""Periods, by their places in the plan; -1 stands for none."""


@dataclass(kw_only=True)
class Setting:
    """What evaluating needs beside figures."""

    plan: Plan
    registry: Registry
    comparison: Comparison
    is_connected: Callable[[str], bool]
    failed: Mapping[Leaf | Run, str]
    targets: TargetSource | None = None
    reasons: Reasons = field(default_factory=Reasons)
    _moved: dict[tuple[Step, Places], list[Places]] = field(default_factory=dict)
    _missing: dict[object, int] = field(default_factory=dict)

    def moved(self, step: Step, places: Places) -> list[Places]:
        """The places that a step leads to: one list of them for each period that it sums."""
        if (step, places) not in self._moved:
            moves, numbers = self.plan.moves.get(step, {}), self.plan.places
            found = [[numbers[to] for to in moves.get(self._standing[place], ())] for place in places]
            widest = max(map(len, found), default=0)
            columns = [tuple(each[n] if n < len(each) else -1 for each in found) for n in range(widest)]
            self._moved[step, places] = columns
        return self._moved[step, places]

    @cached_property
    def _standing(self) -> list[Place]:
        return list(self.plan.places)

    def missing(self, formula: Formula) -> int:
        """The number of the reason why a leaf has no rows to read; 0 where it has."""
        if formula.dataset not in self._missing:
            absent = missing_of(formula, self.is_connected)
            told = None if absent is None else f"{NOT_CONNECTED}: {absent.replace('_', ' ')}"
            self._missing[formula.dataset] = self.reasons.number(told)
        return self._missing[formula.dataset]


@dataclass(kw_only=True)
class Evaluation:
    """The formulas of a question on one axis.

    Attributes:
        parts: what each fact gives.
        members: the texts of a breakdown's members; asked only where a target is looked up.
        whole: the evaluation of the axis with the total, where this one hasn't it.
    """

    setting: Setting
    axis: Axis
    parts: Sequence[Part]
    runs: Mapping[Run, RunFigures]
    members: Callable[[str], Sequence[str]]
    whole: Evaluation | None = None
    _found: dict[tuple[int, str, Frame, Places], Vector] = field(default_factory=dict)
    _slots: dict[tuple[int, Frame], tuple[Array, Array]] = field(default_factory=dict)

    @cached_property
    def by_leaf(self) -> dict[Leaf, list[Part]]:
        """Leaf → the parts that have figures of it."""
        found: dict[Leaf, list[Part]] = {}
        for part in self.parts:
            for leaf in part.leaves:
                found.setdefault(leaf, []).append(part)
        return found

    def value(self, operand: Operand, dimension: str, frame: Frame, places: Places) -> Vector:
        """The operand's value for the members of a frame in some periods, as it is under a breakdown.

        Members of the frame's other breakdowns stand beside; their values are right wherever no formula depends on
        the breakdown.
        """
        variant = dimension if self.varies(operand, dimension) else TOTAL
        key = (id(operand), variant, frame, places)
        if key not in self._found:
            self._found[key] = self._evaluate(operand, variant, frame, places)
        return self._found[key]

    def varies(self, operand: Operand, dimension: str) -> bool:
        """Whether the operand is another formula under the breakdown, by a metric it refers to or by a target."""
        if dimension == TOTAL:
            return False
        memo = self.setting.registry.memo
        key = ("varies", operand, dimension)
        if key not in memo:
            memo[key] = self._follows(operand, dimension)
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
                return own is not general or self.varies(general, dimension)
            case _:
                return any(self.varies(each, dimension) for each in children(operand))

    def _evaluate(  # noqa: C901  one case a kind
        self, operand: Operand, dimension: str, frame: Frame, places: Places
    ) -> Vector:
        def again(inner: Operand) -> Vector:
            return self.value(inner, dimension, frame, places)

        reasons = self.setting.reasons
        match operand:
            case Flow() | Stock() | PerPeriod():
                return self._leaf(operand, frame, places)
            case Computed():
                return self._computed(operand, frame, places)
            case Number(value):
                return constant(value)
            case PeriodDays():
                periods = self.setting.plan.periods
                days = [self.setting.comparison.days(periods[place]) for place in places]
                return Vector(over=np.array([days], np.int64))
            case Target(key):
                return self._target(key, dimension, frame, places)
            case Derived(expression):
                return again(expression)
            case Reference(key, part):
                return again(self.setting.registry[key].formula_of(part, dimension))
            case Total(inner):
                whole = self.whole or self
                return whole.value(inner, TOTAL, whole.axis.blocks[:1], places)
            case Shifted(inner) | Rolling(inner) | Monthly(inner):
                return self._elsewhere(inner, operand, dimension, frame, places)
            case Ratio(numerator, denominator):
                over, under = again(numerator), again(denominator)
                divided = calculate("/", over, under, reasons)
                return replace(divided, numerator=over, denominator=under)
            case Arithmetic(operator, left, right):
                return calculate(operator, again(left), again(right), reasons)
            case Function(name, arguments):
                return call(name, [again(each) for each in arguments], (_height(frame), len(places)))
        raise TypeError(f"no rule to evaluate {type(operand).__name__}")

    def _elsewhere(self, inner: Operand, move: Move, dimension: str, frame: Frame, places: Places) -> Vector:
        """What is found in other periods, summed: its rows are not this period's."""
        found: list[Vector] = []
        for column in self.setting.moved(step_of(move), places):
            one = self.value(inner, dimension, frame, tuple(max(place, 0) for place in column))
            # Where there are fewer months than elsewhere nothing is added.
            found.append(_only(one, np.array(column) >= 0) if min(column) < 0 else one)
        if not found:
            return nothing(0)
        return summed(found, self.setting.reasons).of_another_period()

    def _leaf(self, formula: Formula, frame: Frame, places: Places) -> Vector:
        reasons = self.setting.reasons
        if missing := self.setting.missing(formula):
            return nothing(missing)
        leaf = identify(formula)
        if leaf in self.setting.failed:
            return nothing(reasons.number(self.setting.failed[leaf]))
        parts = self.by_leaf.get(leaf, [])
        always = leaf.kernel in ("sum", "count", "distinct")
        if not parts:
            return constant(0) if always else nothing(reasons.number(NO_ROWS))
        figures = self._gathered(leaf, parts, frame, places)
        dataset = grain(formula.dataset)
        left_out = {(dataset, reason): counts for reason, counts in figures.left_out.items()}
        # A row without a date is in no period, so it is told beside each; one deleted as well concerns nobody.
        for column in placing_columns(formula)[:1] if figures.undated else ():
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

    def _gathered(self, leaf: Leaf, parts: Sequence[Part], frame: Frame, places: Places) -> LeafFigures:
        """A leaf's figures for a frame: usually all in one fact, else put together from several."""
        for part in parts:
            own, slots = self._slots_in(part, frame)
            if len(slots) == _height(frame) and all(place in part.columns for place in places):
                return part.leaves[leaf].cut(own, [part.columns[place] for place in places])
        height = _height(frame)
        first = parts[0].leaves[leaf]
        whole = LeafFigures.empty(height, len(places), always=first.has is None)
        for part in parts:
            columns = [n for n, place in enumerate(places) if place in part.columns]
            own, slots = self._slots_in(part, frame)
            if len(slots) and columns:
                given = part.leaves[leaf].cut(own, [part.columns[places[n]] for n in columns])
                whole.add(given, slots, columns)
        return whole

    def _slots_in(self, part: Part, frame: Frame) -> tuple[Array, Array]:
        """The slots of a part that stand for some of a frame's, and those of the frame."""
        key = (id(part), frame)
        if key not in self._slots:
            own: list[Array] = [np.zeros(0, np.int64)]
            slots: list[Array] = [np.zeros(0, np.int64)]
            offset = 0
            for block in frame:
                held = part.total if block.dimension == TOTAL else block.dimension in part.dimensions
                found = part.axis.block(block.dimension)
                if held and found is not None:
                    own.append(np.arange(found.offset, found.offset + found.size))
                    slots.append(np.arange(offset, offset + found.size))
                offset += block.size
            self._slots[key] = (np.concatenate(own), np.concatenate(slots))
        return self._slots[key]

    def _computed(self, formula: Computed, frame: Frame, places: Places) -> Vector:
        run, reasons = identify(formula), self.setting.reasons
        if run in self.setting.failed:
            return nothing(reasons.number(self.setting.failed[run]))
        figures = self.runs.get(run)
        if figures is None:
            return nothing(reasons.number(NO_VALUE))
        blocks = [self.axis.block(block.dimension) for block in frame]
        rows = np.concatenate([np.arange(b.offset, b.offset + b.size) for b in blocks if b is not None])
        at = np.ix_(rows, np.array(places, np.int64))
        why = reasons.number(NO_VALUE)
        return Vector(over=figures.values[at], under=figures.divisors[at], has=figures.has[at], why=why)

    def _target(self, key: str, dimension: str, frame: Frame, places: Places) -> Vector:
        targets, reasons = self.setting.targets, self.setting.reasons
        if targets is None:
            return nothing(reasons.number(NO_TARGET))
        shape = (_height(frame), len(places))
        over, under = np.zeros(shape, object), np.ones(shape, object)
        has, why = np.zeros(shape, bool), np.zeros(shape, np.int64)
        offset = 0
        for block in frame:
            names = self.members(dimension)[block.first : block.first + block.size] if dimension else [""]
            for slot, member in enumerate(names, offset) if block.dimension == dimension else ():
                for column, place in enumerate(places):
                    whole = whole_of(self.setting.plan.periods[place])
                    value, reason = targets.value(key, dimension, member, whole)
                    if value is None:
                        why[slot, column] = reasons.number(reason)
                    else:
                        over[slot, column], under[slot, column] = value.as_integer_ratio()
                        has[slot, column] = True
            offset += block.size
        return Vector(over=over, under=under, has=has, why=why)


def _height(frame: Frame) -> int:
    return sum(block.size for block in frame)


def _only(vector: Vector, where: Array) -> Vector:
    """The vector where it counts, and 0 elsewhere."""
    return Vector(
        over=np.where(where, vector.over, 0),
        under=vector.under,
        has=None if vector.has is None else vector.has | ~where,
        why=vector.why,
        left_out={key: np.where(where, counts, 0) for key, counts in vector.left_out.items()},
    )


def missing_of(formula: Formula, is_connected: Callable[[str], bool]) -> str | None:
    """A dataset that the leaf can't do without and that no source has filled."""
    if isinstance(formula.dataset, str):
        return None if is_connected(formula.dataset) else formula.dataset
    return formula.dataset.missing(is_connected)


def whole_of(period: Period) -> Period:
    """The period whose target holds: one that is compared to date keeps the whole one's, as the running one has its own."""
    return period.compared.whole if period.compared else period
