"""Own KPIs as data, and the metrics that they become."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from tallymark_sdk.formula import Derived, Formula, Operand, Reference, Rolling
from tallymark_sdk.leaves import children
from tallymark_sdk.metric import Better, Metric, Unit
from tallymark_sdk.own.grammar import keys_in
from tallymark_sdk.own.problem import WrongFormula, WrongKpi, nearest
from tallymark_sdk.own.reading import Read, read_formula
from tallymark_sdk.own.units import fits, likely, named

FAMILY: Final = "own"
KEY: Final = re.compile(rf"{FAMILY}\.[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_KEY: Final = 60
LONGEST_NAME: Final = 80
LONGEST_DESCRIPTION: Final = 500
MOST_LEVELS: Final = 10
"""How many own KPIs may stand on each other."""
MOST_STEPS: Final = 2000
"""How many steps a value may take to calculate, through everything it refers to."""


@dataclass(frozen=True, kw_only=True)
class OwnKpi:
    """A KPI that a tenant made itself.

    Attributes:
        key: "own.<name>".
        expression: the formula's text, over metric keys.
        breakdowns: those it offers; empty for all that its metrics have in common.
        within: the KPI set it belongs to, "" for the whole tenant. One may refer to KPIs of the tenant and of
            its own set.
        version: raised when the number's meaning changes.
    """

    key: str
    name: str
    expression: str
    unit: Unit
    better: Better
    description: str = ""
    breakdowns: tuple[str, ...] = ()
    within: str = ""
    version: int = 1


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An own KPI that can't be used, and why."""

    key: str
    problem: WrongKpi


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A tenant's own KPIs as metrics, with what their formulas were read as; those refused are apart."""

    metrics: Mapping[str, Metric]
    read: Mapping[str, Read]
    refused: tuple[Refused, ...]

    def problem(self, key: str) -> WrongKpi | None:
        """Why this one is refused; None where it isn't."""
        return next((each.problem for each in self.refused if each.key == key), None)


def lay(kpis: Iterable[OwnKpi], known: Mapping[str, Metric]) -> Laid:
    """Make metrics of own KPIs, which may refer to each other in any order.

    One that is wrong is refused alone, with those that refer to it.
    """
    laying = _Laying(kpis={kpi.key: kpi for kpi in kpis}, known=known)
    for key in sorted(laying.kpis):
        laying.visit(key, ())
    refused = (Refused(key=key, problem=problem) for key, problem in sorted(laying.refused.items()))
    return Laid(metrics=dict(sorted(laying.made.items())), read=laying.read, refused=tuple(refused))


def keys_of(kpi: OwnKpi) -> frozenset[str]:
    """The keys in its formula, metrics' or not."""
    return frozenset(keys_in(kpi.expression))


@dataclass(kw_only=True)
class _Laying:
    kpis: Mapping[str, OwnKpi]
    known: Mapping[str, Metric]
    made: dict[str, Metric] = field(default_factory=dict)
    read: dict[str, Read] = field(default_factory=dict)
    refused: dict[str, WrongKpi] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    steps: dict[tuple[str, str], int] = field(default_factory=dict)

    def visit(self, key: str, path: tuple[str, ...]) -> None:
        """Make the metric of `key`, after those that it refers to. `path` are the KPIs that lead here."""
        if key in path:
            self._refuse_cycle(path[path.index(key) :])
            return
        if key in self.made or key in self.refused:
            return
        kpi = self.kpis[key]
        for other in keys_in(kpi.expression):
            if other in self.kpis and self._sees(kpi, other):
                self.visit(other, (*path, key))
        if key in self.refused:
            return
        try:
            self.made[key] = self._make(kpi)
        except WrongKpi as problem:
            self.refused[key] = problem

    def _sees(self, kpi: OwnKpi, other: str) -> bool:
        return self.kpis[other].within in {"", kpi.within}

    def _refuse_cycle(self, cycle: tuple[str, ...]) -> None:
        for index, key in enumerate(cycle):
            following = cycle[(index + 1) % len(cycle)]
            around = (*cycle[index:], *cycle[:index], key)
            self.refused[key] = WrongFormula(
                "This refers to itself: {cycle}.",
                at=keys_in(self.kpis[key].expression)[following],
                length=len(following),
                cycle=" → ".join(around),
            )

    def _make(self, kpi: OwnKpi) -> Metric:
        _check_header(kpi)
        places = keys_in(kpi.expression)
        for other, at in places.items():
            if other in self.refused and self._sees(kpi, other):
                raise WrongFormula(
                    "{key} can't be used: {reason}",
                    at=at,
                    length=len(other),
                    key=other,
                    reason=str(self.refused[other]),
                )
        visible = {key: metric for key, metric in self.made.items() if self._sees(kpi, key)}
        read = read_formula(kpi.expression, {**self.known, **visible})
        self._check_size(kpi, read)
        _check_unit(kpi, read)
        _check_breakdowns(kpi, read)
        self.read[kpi.key] = read
        return _metric(kpi, read, {**self.known, **visible})

    def _check_size(self, kpi: OwnKpi, read: Read) -> None:
        level = 1 + max((self.levels.get(key, 0) for key in read.keys), default=0)
        if level > MOST_LEVELS:
            raise WrongFormula(
                "More than {most} own KPIs stand on each other here.",
                length=len(kpi.expression),
                most=MOST_LEVELS,
            )
        steps = self._steps(read.formula)
        if steps > MOST_STEPS:
            raise WrongFormula(
                "This takes {steps} steps to calculate, through what it refers to; the most is {most}.",
                length=len(kpi.expression),
                steps=steps,
                most=MOST_STEPS,
            )
        self.levels[kpi.key] = level

    def _steps(self, operand: Operand) -> int:
        if isinstance(operand, Reference):
            at = (operand.key, operand.part)
            if at not in self.steps:
                metric = self.made.get(operand.key) or self.known[operand.key]
                self.steps[at] = self._steps(metric.formula_of(operand.part))
            return 1 + self.steps[at]
        inner = sum(self._steps(child) for child in children(operand))
        return 1 + inner * (operand.periods if isinstance(operand, Rolling) else 1)


def _metric(kpi: OwnKpi, read: Read, metrics: Mapping[str, Metric]) -> Metric:
    overlapping = {name for key in read.keys for name in metrics[key].not_additive_by}
    by = kpi.breakdowns or read.by
    return Metric(
        key=kpi.key,
        name=kpi.name,
        description=kpi.description or kpi.name,
        unit=kpi.unit,
        better=kpi.better,
        inputs=read.keys,
        formula=read.formula,
        by=by,
        version=kpi.version,
        additive=read.additive,
        not_additive_by=tuple(name for name in by if read.additive and name in overlapping),
        keeps_members=any(metrics[key].keeps_members for key in read.keys),
        pending=_pending([metrics[key] for key in read.keys]),
        history=next((metrics[key].history for key in read.keys if metrics[key].history), ""),
    )


def _pending(referred: Iterable[Metric]) -> Formula | None:
    """How many members of the cohorts behind it can still change, where no horizon ends that."""
    waiting: Operand | None = None
    for metric in referred:
        if metric.pending is not None and metric.horizon_days is None:
            waiting = metric.pending if waiting is None else waiting + metric.pending
    return None if waiting is None else Derived(waiting)


def _check_header(kpi: OwnKpi) -> None:
    if not KEY.fullmatch(kpi.key) or len(kpi.key) > LONGEST_KEY:
        raise WrongKpi(
            'The key "{key}" isn\'t "own.name" in lower case with underscores, at most {most} characters.',
            field="key",
            key=kpi.key,
            most=LONGEST_KEY,
        )
    if not kpi.name.strip() or len(kpi.name) > LONGEST_NAME:
        raise WrongKpi("A name of at most {most} characters is needed.", field="name", most=LONGEST_NAME)
    for name, text in (("name", kpi.name), ("description", kpi.description)):
        # Controls and halves of characters: databases and pages take neither.
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
            raise WrongKpi("This holds control characters; type it again.", field=name)
    if len(kpi.description) > LONGEST_DESCRIPTION:
        raise WrongKpi(
            "A description has at most {most} characters.", field="description", most=LONGEST_DESCRIPTION
        )
    for name, value, there in (("unit", kpi.unit, get_args(Unit)), ("better", kpi.better, get_args(Better))):
        if value not in there:
            raise WrongKpi(
                '"{value}" is none of {there}.',
                field=name,
                suggestion=nearest(value, there),
                value=value,
                there=", ".join(there),
            )


def _check_unit(kpi: OwnKpi, read: Read) -> None:
    if not fits(read.quantity, kpi.unit):
        raise WrongKpi(
            'The formula gives {found}, not "{declared}".',
            field="unit",
            suggestion=likely(read.quantity),
            found=named(read.quantity),
            declared=kpi.unit,
        )


def _check_breakdowns(kpi: OwnKpi, read: Read) -> None:
    for name in kpi.breakdowns:
        if name not in read.by:
            raise WrongKpi(
                'Not every metric of the formula can be broken down by "{name}"; these can: {there}.'
                if read.by
                else 'The metrics of the formula have no breakdown in common, so "{name}" can\'t be one.',
                field="breakdowns",
                suggestion=nearest(name, read.by),
                name=name,
                there=", ".join(read.by),
            )
