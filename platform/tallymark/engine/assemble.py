"""From figures of leaves to the cells of every metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.engine.cells import Block, Cells
from tallymark.engine.evaluate import Evaluation, Frame, Setting, whole_of
from tallymark.engine.expand import TOTAL, Reading, read_in
from tallymark.engine.facts.members import Members
from tallymark.engine.kernels.axis import Block as AxisBlock
from tallymark.engine.kernels.figures import Part
from tallymark.engine.plan import Leaf, identify, offered, readings
from tallymark.engine.vectors import Array, Vector
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Computed, Number, PeriodDays, Target

NO_HISTORY = "no data before the first sync"


@dataclass(frozen=True)
class _Evaluated:
    """A metric's parts for a frame, and how many of its cohorts' members can still change."""

    parts: Mapping[str, Vector]
    pending: Array | None


def _parts(metric: Metric) -> tuple[str, ...]:
    return ("value", *metric.parts)


def _seen(part: Part, leaf: Leaf, places: set[int], *, kept: bool) -> Array:
    """The slots of a part in which a leaf has rows in any of these periods, or before them."""
    figures = part.leaves[leaf]
    columns = [part.columns[place] for place in places if place in part.columns]
    whole = len(columns) == figures.seen.shape[1]
    found = np.asarray((figures.seen if whole else figures.seen[:, columns]).any(axis=1))
    return found | figures.before if kept and figures.before is not None else found


def _in_frame(frame: Frame, dimension: str) -> tuple[AxisBlock, int]:
    offset = 0
    for block in frame:
        if block.dimension == dimension:
            return block, offset
        offset += block.size
    raise KeyError(dimension)


@dataclass(kw_only=True)
class Assembly:
    """Makes the cells of metrics from one evaluation an axis.

    Attributes:
        evaluations: the first is that of the axis with the total.
        since: dataset of spans → the first day it is known of, where all its spans were derived from syncs.
        as_of: the day of the data, from which a cohort's horizon counts.
    """

    setting: Setting
    evaluations: Sequence[Evaluation]
    members: Members
    since: Mapping[str, date] = field(default_factory=dict)
    as_of: date | None = None

    def __post_init__(self) -> None:
        plan, comparison = self.setting.plan, self.setting.comparison
        self._asked = tuple(plan.place(period, comparison) for period in plan.asked)
        self._places: dict[object, Array] = {}
        self._seen: dict[object, Array] = {}
        self._in_part: dict[object, Array] = {}
        self._orders: dict[str, tuple[Array, list[str]]] = {}

    def cells(self, metrics: Iterable[Metric], by: tuple[str, ...]) -> Cells:
        """Every cell: for each metric its total, then each breakdown's members, for each part and asked period."""
        return Cells([group for metric in metrics for group in self._groups(metric, offered(metric, by))])

    def _groups(self, metric: Metric, dimensions: tuple[str, ...]) -> Iterator[list[Block]]:
        """The metric's columns, breakdown by breakdown; small ones are evaluated together with the total."""
        first = self.evaluations[0]
        stacked = [
            dimension
            for dimension in dimensions
            if first.axis.block(dimension) is not None and not self._varies(metric, dimension)
        ]
        frame = tuple(block for block in first.axis.blocks if block.dimension in (TOTAL, *stacked))
        whole = self._evaluated(metric, TOTAL, first, frame)
        yield self._columns(metric, TOTAL, whole, np.zeros(1, np.int64), [""])
        for dimension in dimensions:
            if dimension in stacked:
                block, offset = _in_frame(frame, dimension)
                numbers, names = self._named(dimension, self._present(metric, dimension, first) + block.first)
                yield self._columns(metric, dimension, whole, numbers - block.first + offset, names)
            else:
                yield from self._apart(metric, dimension)

    def _varies(self, metric: Metric, dimension: str) -> bool:
        """Whether the metric is another formula under the breakdown."""
        formulas = [(metric.formula_of(part), metric.formula_of(part, dimension)) for part in _parts(metric)]
        if metric.pending is not None:
            formulas.append((metric.pending, metric.pending))
        first = self.evaluations[0]
        return any(own is not general or first.varies(general, dimension) for general, own in formulas)

    def _apart(self, metric: Metric, dimension: str) -> Iterator[list[Block]]:
        """A breakdown on its own: one with another formula, or a large one that lies on several axes."""
        made: list[tuple[_Evaluated, int]] = []
        present: list[Array] = []
        for evaluation in self.evaluations:
            block = evaluation.axis.block(dimension)
            if block is not None:
                made.append((self._evaluated(metric, dimension, evaluation, (block,)), block.first))
                present.append(self._present(metric, dimension, evaluation) + block.first)
        numbers, names = self._named(dimension, np.concatenate(present))
        if len(made) == 1:
            yield self._columns(metric, dimension, made[0][0], numbers - made[0][1], names)
            return
        # Members come by their names, in runs of one axis.
        axis = np.searchsorted([first for _, first in made], numbers, side="right") - 1
        for run in np.split(np.arange(len(numbers)), np.flatnonzero(np.diff(axis)) + 1):
            if len(run):
                values, first = made[axis[run[0]]]
                chosen = names[run[0] : run[-1] + 1]
                yield self._columns(metric, dimension, values, numbers[run] - first, chosen)

    def _evaluated(self, metric: Metric, dimension: str, evaluation: Evaluation, frame: Frame) -> _Evaluated:
        parts = {
            part: evaluation.value(metric.formula_of(part, dimension), dimension, frame, self._asked)
            for part in _parts(metric)
        }
        return _Evaluated(parts, self._pending(metric, dimension, evaluation, frame))

    def _columns(
        self, metric: Metric, dimension: str, values: _Evaluated, slots: Array, members: Sequence[str]
    ) -> list[Block]:
        return [
            Block(
                metric=metric,
                part=part,
                dimension=dimension,
                members=members,
                periods=self.setting.plan.asked,
                whole=values.parts[part],
                slots=slots,
                whole_pending=values.pending,
                closed=self._closed(metric),
                reasons=self.setting.reasons,
                no_history=NO_HISTORY,
            )
            for part in values.parts
        ]

    def _closed(self, metric: Metric) -> Array | None:
        since = self.since.get(metric.history)
        if since is None:
            return None
        return np.array([period.start < since for period in self.setting.plan.asked])

    def _pending(self, metric: Metric, dimension: str, evaluation: Evaluation, frame: Frame) -> Array | None:
        """How many members of the cohort can still change; none once the horizon has passed for all of them."""
        if metric.pending is None:
            return None
        found = evaluation.value(metric.pending, dimension, frame, self._asked)
        counts = np.asarray(found.over // found.under).astype(np.int64)
        if found.has is not None:
            counts = np.where(found.has, counts, 0)
        days = metric.horizon_days
        if days is not None and self.as_of is not None:
            over = [period.end + timedelta(days=days) <= self.as_of for period in self.setting.plan.asked]
            counts = np.where(np.array(over), 0, counts)
        return counts

    def _named(self, dimension: str, numbers: Array) -> tuple[Array, list[str]]:
        """Members in the order of their names, with these."""
        if dimension not in self._orders:
            texts = self.members.texts(dimension)
            ranks = np.empty(len(texts), np.int64)
            ranks[pc.sort_indices(texts).to_numpy()] = np.arange(len(texts))
            self._orders[dimension] = (ranks, texts.to_pylist())
        ranks, names = self._orders[dimension]
        ordered = numbers[np.argsort(ranks[numbers])]
        return ordered, [names[number] for number in ordered.tolist()]

    def _present(self, metric: Metric, dimension: str, evaluation: Evaluation) -> Array:
        """The members, as places in the block, that have rows in any period that is read, or a target."""
        block = evaluation.axis.block(dimension)
        assert block is not None  # noqa: S101  the caller looked
        found = np.zeros(block.size, bool)
        for reading in readings(metric, dimension, self.setting.registry):
            if reading.dimension != dimension or isinstance(reading.formula, Number | PeriodDays):
                continue
            if isinstance(reading.formula, Target):
                found |= self._aimed(reading.formula.key, dimension, reading.steps, block.first, block.size)
                continue
            key = (id(evaluation), id(reading.formula), reading.steps, dimension, metric.keeps_members)
            if key not in self._seen:
                self._seen[key] = self._with_rows(evaluation, reading, block.size, kept=metric.keeps_members)
            found |= self._seen[key]
        return np.flatnonzero(found)

    def _with_rows(self, evaluation: Evaluation, reading: Reading, size: int, *, kept: bool) -> Array:
        """The members with rows that are read."""
        places = set(self._read_at(reading.steps).tolist())
        found = np.zeros(size, bool)
        if isinstance(reading.formula, Computed):
            runs = evaluation.runs.get(identify(reading.formula))
            block = evaluation.axis.block(reading.dimension)
            if runs is not None and block is not None:
                found |= runs.has[block.slots][:, sorted(places)].any(axis=1)
            return found
        if isinstance(reading.formula, Target | Number | PeriodDays):
            return found
        if kept:
            places |= set(range(max(self._asked)))
        leaf = identify(reading.formula)
        for part in evaluation.by_leaf.get(leaf, ()):
            own = part.axis.block(reading.dimension)
            if own is None or own.size != size:
                continue
            key = (id(part), leaf, reading.steps, kept)
            if key not in self._in_part:
                self._in_part[key] = _seen(part, leaf, places, kept=kept)
            found |= self._in_part[key][own.slots]
        return found

    def _read_at(self, steps: tuple[tuple[str, int], ...]) -> Array:
        if steps not in self._places:
            plan, comparison = self.setting.plan, self.setting.comparison
            read = {at for period in plan.asked for at in read_in(period, steps, comparison)}
            self._places[steps] = np.array(
                sorted(place for at in read for place in plan.alike.get(at, ())), np.int64
            )
        return self._places[steps]

    def _aimed(
        self, key: str, dimension: str, steps: tuple[tuple[str, int], ...], first: int, size: int
    ) -> Array:
        """The members that have a target, with rows or without."""
        found = np.zeros(size, bool)
        if self.setting.targets is None:
            return found
        plan = self.setting.plan
        read = {
            whole_of(at) for period in plan.asked for at in read_in(period, steps, self.setting.comparison)
        }
        names = self.setting.targets.members(key, dimension, read)
        places = pc.index_in(pa.array(names, pa.string()), value_set=self.members.texts(dimension))
        numbers = places.drop_null().to_numpy() - first
        found[numbers[(numbers >= 0) & (numbers < size)]] = True
        return found


def aimed_members(setting: Setting, metrics: Iterable[Metric], by: Sequence[str]) -> dict[str, set[str]]:
    """Breakdown → members that have a target in a period that is read, so that they are known before any is counted."""
    found: dict[str, set[str]] = {}
    targets, plan = setting.targets, setting.plan
    for metric in metrics if targets is not None else ():
        for dimension in offered(metric, by):
            for reading in readings(metric, dimension, setting.registry):
                if isinstance(reading.formula, Target) and targets is not None:
                    read: set[Period] = {
                        whole_of(at)
                        for period in plan.asked
                        for at in read_in(period, reading.steps, setting.comparison)
                    }
                    found.setdefault(dimension, set()).update(
                        targets.members(reading.formula.key, dimension, read)
                    )
    return found
