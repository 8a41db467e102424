"""From figures of leaves to the cells of every metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.engine.cells import Block, Cells
from tallymark.engine.evaluate import Evaluation, Setting, whole_of
from tallymark.engine.expand import TOTAL, read_in
from tallymark.engine.facts.members import Members
from tallymark.engine.plan import identify, offered, readings
from tallymark.engine.vectors import Array, Vector
from tallymark_sdk import Metric
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Computed, Number, PeriodDays, Target

NO_HISTORY = "no data before the first sync"


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
        self._asked = np.array([plan.place(period, comparison) for period in plan.asked], np.int64)
        self._places: dict[object, Array] = {}
        self._sorted: dict[str, list[str]] = {}

    def cells(self, metrics: Iterable[Metric], by: tuple[str, ...]) -> Cells:
        """Every cell: for each metric its total, then each breakdown's members, for each part and asked period."""
        return Cells(
            [
                group
                for metric in metrics
                for dimension in (TOTAL, *offered(metric, by))
                for group in self._blocks(metric, dimension)
            ]
        )

    def _blocks(self, metric: Metric, dimension: str) -> Iterator[list[Block]]:
        if dimension == TOTAL:
            yield self._group(metric, dimension, self.evaluations[0], np.zeros(1, np.int64), [""])
            return
        slots = [
            (evaluation, block.offset + found, block.first + found)
            for evaluation in self.evaluations
            if (block := evaluation.axis.block(dimension)) is not None
            for found in [self._present(metric, dimension, evaluation)]
        ]
        if len(slots) == 1:
            evaluation, places, numbers = slots[0]
            texts = self.members.texts(dimension).take(pa.array(numbers))
            order = pc.sort_indices(texts).to_numpy()
            names = texts.take(pa.array(order)).to_pylist()
            yield self._group(metric, dimension, evaluation, places[order], names)
            return
        yield from self._in_turn(metric, dimension, slots)

    def _in_turn(
        self, metric: Metric, dimension: str, slots: Sequence[tuple[Evaluation, Array, Array]]
    ) -> Iterator[list[Block]]:
        """Members of a large breakdown lie on several axes; here they come by their names, in runs of one axis."""
        numbers = np.concatenate([found for _, _, found in slots])
        places = np.concatenate([found for _, found, _ in slots])
        axis = np.repeat(np.arange(len(slots)), [len(found) for _, found, _ in slots])
        texts = self.members.texts(dimension).take(pa.array(numbers))
        order = pc.sort_indices(texts).to_numpy()
        names = texts.take(pa.array(order)).to_pylist()
        edges = np.flatnonzero(np.diff(axis[order])) + 1
        for run in np.split(np.arange(len(order)), edges):
            if len(run):
                evaluation = slots[axis[order[run[0]]]][0]
                chosen = names[run[0] : run[-1] + 1]
                yield self._group(metric, dimension, evaluation, places[order[run]], chosen)

    def _group(
        self, metric: Metric, dimension: str, evaluation: Evaluation, slots: Array, members: Sequence[str]
    ) -> list[Block]:
        pending = self._pending(metric, dimension, evaluation, slots)
        return [
            Block(
                metric=metric,
                part=part,
                dimension=dimension,
                members=members,
                periods=self.setting.plan.asked,
                value=self._cut(evaluation, evaluation.value(metric.formula_of(part, dimension), dimension), slots),
                pending=pending,
                closed=self._closed(metric),
                reasons=self.setting.reasons,
                no_history=NO_HISTORY,
            )
            for part in ("value", *metric.parts)
        ]  # fmt: skip

    def _cut(self, evaluation: Evaluation, value: Vector, slots: Array) -> Vector:
        return value.at(slots, self._asked, evaluation.shape)

    def _closed(self, metric: Metric) -> Array | None:
        since = self.since.get(metric.history)
        if since is None:
            return None
        return np.array([period.start < since for period in self.setting.plan.asked])

    def _pending(self, metric: Metric, dimension: str, evaluation: Evaluation, slots: Array) -> Array | None:
        """How many members of the cohort can still change; none once the horizon has passed for all of them."""
        if metric.pending is None:
            return None
        found = self._cut(evaluation, evaluation.value(metric.pending, dimension), slots)
        shape = (len(slots), len(self._asked))
        counts = np.array(
            [[int(value or 0) for value in line] for line in found.spread(shape).figures()], np.int64
        ).reshape(shape)
        days = metric.horizon_days
        if days is not None and self.as_of is not None:
            over = [period.end + timedelta(days=days) <= self.as_of for period in self.setting.plan.asked]
            counts[:, np.array(over)] = 0
        return counts

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
            places = self._read_at(reading.steps)
            if isinstance(reading.formula, Computed):
                runs = evaluation.runs.get(identify(reading.formula))
                if runs is not None:
                    found |= runs.has[block.slots][:, places].any(axis=1)
                continue
            figures = evaluation.figures.get(identify(reading.formula))
            if figures is None:
                continue
            if metric.keeps_members:
                places = np.union1d(places, np.arange(int(self._asked.max())))
                if figures.before is not None:
                    found |= figures.before[block.slots]
            found |= figures.seen[block.slots][:, places].any(axis=1)
        return np.flatnonzero(found)

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
