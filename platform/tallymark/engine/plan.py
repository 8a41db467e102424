"""What must be computed for a question: the leaves of every formula, in which periods, by which breakdowns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import overload

from tallymark.engine.expand import TOTAL, Reading, expand
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk import formula as kinds
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.expression import Kernel
from tallymark_sdk.rows import described, placement


@dataclass(frozen=True)
class Leaf:
    """A leaf of a formula under its identity, so that metrics that share one compute it once."""

    identity: Hashable
    kernel: Kernel
    formula: kinds.Leaf = field(compare=False)


@dataclass(frozen=True)
class Run:
    """A function in Python as a leaf: one run of it answers for all its breakdowns and periods."""

    formula: kinds.Computed


@dataclass(kw_only=True)
class Plan:
    """The work: every leaf with the breakdowns it is needed for, and every period that anything needs."""

    asked: tuple[Period, ...]
    periods: tuple[Period, ...] = ()
    breakdowns: dict[Leaf, set[str]] = field(default_factory=dict)
    runs: dict[Run, tuple[set[str], set[Period]]] = field(default_factory=dict)
    """Functions in Python, each with the breakdowns and periods it is needed for."""
    keeps_members: bool = False

    @cached_property
    def numbers(self) -> dict[Period, int]:
        """Each period's number in the queries: its place among all periods."""
        return {period: number for number, period in enumerate(self.periods)}


@overload
def identify(formula: kinds.Leaf) -> Leaf: ...


@overload
def identify(formula: kinds.Computed) -> Run: ...


def identify(formula: kinds.Leaf | kinds.Computed) -> Leaf | Run:
    """The leaf of a formula; equal declarations have equal identities, and a function is itself."""
    return Run(formula) if isinstance(formula, kinds.Computed) else _identify(formula)


@lru_cache(maxsize=8192)
def _identify(formula: kinds.Leaf) -> Leaf:
    parts = described(formula)
    argument = None if parts.argument is None else parts.argument.op()
    reasons = tuple((reason, rows.op()) for reason, rows in parts.left_out.items())
    identity = (formula.dataset, placement(formula), argument, parts.used.op(), reasons)
    return Leaf(identity, parts.kernel, formula)


def make_plan(
    metrics: Iterable[Metric],
    periods: Sequence[Period],
    by: Sequence[str],
    registry: Registry,
    comparison: Comparison,
) -> Plan:
    """Plan the metrics over the periods: their totals, and each breakdown that a metric offers."""
    plan = Plan(asked=tuple(periods))
    needed: set[Period] = set()
    for metric in metrics:
        plan.keeps_members |= metric.keeps_members
        for dimension in (TOTAL, *offered(metric, by)):
            for reading in readings(metric, dimension, registry):
                if isinstance(reading.formula, kinds.Target):
                    continue  # no row is read for it
                read = {at for period in periods for at in reading.periods(period, comparison)}
                needed |= read
                if isinstance(reading.formula, kinds.Computed):
                    dimensions, at = plan.runs.setdefault(identify(reading.formula), (set(), set()))
                    at |= read
                else:
                    dimensions = plan.breakdowns.setdefault(identify(reading.formula), set())
                dimensions.add(reading.dimension)
    plan.periods = tuple(sorted(needed))
    return plan


def readings(metric: Metric, dimension: str, registry: Registry) -> list[Reading]:
    """Every leaf and target that the metric, its parts and what it has pending read for a breakdown."""
    formulas = [metric.formula_of(part, dimension) for part in ("value", *metric.parts)]
    if metric.pending is not None:
        formulas.append(metric.pending)
    return [reading for formula in formulas for reading in expand(formula, dimension, registry)]


def offered(metric: Metric, by: Sequence[str]) -> tuple[str, ...]:
    """The breakdowns asked for that the metric declares."""
    return tuple(dimension for dimension in by if dimension in metric.by)
