"""What must be computed for a question: the leaves of every formula, in which periods, by which breakdowns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeAlias, overload

from tallymark.engine.expand import TOTAL, Reading, Step, expand, stepped
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk import formula as kinds
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.expression import Kernel
from tallymark_sdk.rows import described, placement

Place: TypeAlias = tuple[object, ...]
"""What a period stands for, as `standing_for` tells it."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """A leaf of a formula, one object for all formulas that declare the same: metrics that share it compute it once."""

    identity: Hashable
    kernel: Kernel
    formula: kinds.Leaf


@dataclass(frozen=True)
class Run:
    """A function in Python as a leaf: one run of it answers for all its breakdowns and periods."""

    formula: kinds.Computed


@dataclass(kw_only=True)
class Outline:
    """What some metrics read, whatever the periods are."""

    breakdowns: dict[Leaf, set[str]] = field(default_factory=dict)
    runs: dict[Run, set[str]] = field(default_factory=dict)
    steps: dict[Leaf | Run, set[tuple[Step, ...]]] = field(default_factory=dict)
    """Through which steps from the period asked for each is read."""
    rowless: set[tuple[Step, ...]] = field(default_factory=set)
    """The steps through which what needs no row is asked for, such as a target or a period's days."""
    keeps_members: bool = False


@dataclass(kw_only=True)
class Plan:
    """The work: every leaf with the breakdowns it is needed for, and every period that anything needs."""

    asked: tuple[Period, ...]
    periods: tuple[Period, ...] = ()
    breakdowns: Mapping[Leaf, set[str]] = field(default_factory=dict)
    runs: Mapping[Run, tuple[set[str], set[Period]]] = field(default_factory=dict)
    """Functions in Python, each with the breakdowns and periods it is needed for."""
    needed: Mapping[Leaf, frozenset[int]] = field(default_factory=dict)
    """The places of the periods that each leaf is needed for."""
    keeps_members: bool = False

    places: Mapping[Place, int] = field(default_factory=dict)
    """Each period's place among all periods, by what it stands for."""
    moves: Mapping[Step, Mapping[Place, Sequence[Place]]] = field(default_factory=dict)
    """For each step, where it leads from the periods that it is taken from."""

    def place(self, period: Period, comparison: Comparison) -> int:
        """The period's place among all periods; -1 for one that nothing needs."""
        return self.places.get(standing_for(period, comparison), -1)

    @cached_property
    def numbers(self) -> dict[Period, int]:
        """A place of each period among all; of those with the same days, the last."""
        return {period: number for number, period in enumerate(self.periods)}

    @cached_property
    def alike(self) -> Mapping[Period, tuple[int, ...]]:
        """Period → the places of those with its days: one may stand for itself and for what another is compared with."""
        found: dict[Period, list[int]] = {}
        for place, period in enumerate(self.periods):
            found.setdefault(period, []).append(place)
        return {period: tuple(places) for period, places in found.items()}


def standing_for(period: Period, comparison: Comparison) -> Place:
    """What tells a period from others with the same days: from a compared one, steps go elsewhere while it is running."""
    came = period.compared
    if came is None or (
        period == came.whole and comparison.alignment is None and not comparison.is_running(came.asked)
    ):
        return (period,)
    return (period, came.asked, came.whole, came.steps)


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
    return _LEAVES.setdefault((identity, parts.kernel), Leaf(identity, parts.kernel, formula))


_LEAVES: dict[Hashable, Leaf] = {}
"""Identity → the leaf that stands for it, so that comparing leaves never compares expressions."""


def make_plan(
    metrics: Iterable[Metric],
    periods: Sequence[Period],
    by: Sequence[str],
    registry: Registry,
    comparison: Comparison,
) -> Plan:
    """Plan the metrics over the periods: their totals, and each breakdown that a metric offers."""
    found = outline(tuple(metrics), tuple(by), registry)
    reads: dict[tuple[Step, ...], frozenset[Period]] = {}
    moves: dict[Step, dict[Place, list[Place]]] = {}
    all_periods = {standing_for(period, comparison): period for period in periods}
    for steps in found.rowless.union(*found.steps.values()):
        at = list(periods)
        for step in steps:  # those on the way count too: values are taken step by step
            further: list[Period] = []
            for period in at:
                met = stepped(period, step, comparison)
                known = moves.setdefault(step, {})
                known[standing_for(period, comparison)] = [standing_for(each, comparison) for each in met]
                all_periods |= {standing_for(each, comparison): each for each in met}
                further.extend(met)
            at = further
        reads[steps] = frozenset(at)
    ordered = sorted(all_periods.items(), key=lambda item: (item[1].start, item[1].end))
    alike: dict[Period, list[int]] = {}
    for number, (_, period) in enumerate(ordered):
        alike.setdefault(period, []).append(number)
    places = {
        steps: frozenset(place for period in read for place in alike[period]) for steps, read in reads.items()
    }
    together: dict[frozenset[tuple[Step, ...]], frozenset[int]] = {}
    needed: dict[Leaf, frozenset[int]] = {}
    for leaf in found.breakdowns:
        every = frozenset(found.steps[leaf])
        if every not in together:
            together[every] = frozenset[int]().union(*(places[steps] for steps in every))
        needed[leaf] = together[every]
    return Plan(
        asked=tuple(periods),
        periods=tuple(period for _, period in ordered),
        places={place: number for number, (place, _) in enumerate(ordered)},
        moves=moves,
        breakdowns=found.breakdowns,
        runs={
            run: (dimensions, {period for steps in found.steps[run] for period in reads[steps]})
            for run, dimensions in found.runs.items()
        },
        needed=needed,
        keeps_members=found.keeps_members,
    )


def outline(metrics: tuple[Metric, ...], by: tuple[str, ...], registry: Registry) -> Outline:
    """What the metrics read; it is the same for every tenant with this registry, so it is found once."""
    asked = ("outline", metrics, by)
    if asked not in registry.memo:
        registry.memo[asked] = _outline(metrics, by, registry)
    found: Outline = registry.memo[asked]
    return found


def _outline(metrics: tuple[Metric, ...], by: tuple[str, ...], registry: Registry) -> Outline:
    found = Outline(keeps_members=any(metric.keeps_members for metric in metrics))
    for metric in metrics:
        for dimension in (TOTAL, *offered(metric, by)):
            for reading in readings(metric, dimension, registry):
                if isinstance(reading.formula, kinds.Target | kinds.Number | kinds.PeriodDays):
                    found.rowless.add(reading.steps)
                elif isinstance(reading.formula, kinds.Computed):
                    run = identify(reading.formula)
                    found.runs.setdefault(run, set()).add(reading.dimension)
                    found.steps.setdefault(run, set()).add(reading.steps)
                else:
                    leaf = identify(reading.formula)
                    found.breakdowns.setdefault(leaf, set()).add(reading.dimension)
                    found.steps.setdefault(leaf, set()).add(reading.steps)
    return found


def readings(metric: Metric, dimension: str, registry: Registry) -> tuple[Reading, ...]:
    """All that the metric, its parts and what it has pending stand on under a breakdown."""
    asked = ("readings", metric, dimension)
    if asked not in registry.memo:
        formulas = [metric.formula_of(part, dimension) for part in ("value", *metric.parts)]
        if metric.pending is not None:
            formulas.append(metric.pending)
        registry.memo[asked] = tuple(
            reading for formula in formulas for reading in expand(formula, dimension, registry)
        )
    found: tuple[Reading, ...] = registry.memo[asked]
    return found


def offered(metric: Metric, by: Sequence[str]) -> tuple[str, ...]:
    """The breakdowns asked for that the metric declares."""
    return tuple(dimension for dimension in by if dimension in metric.by)
