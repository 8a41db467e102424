"""Which rows of the prepared facts a measure uses and leaves out in a cell: picked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pyarrow.compute as pc

from tallymark.engine.evaluate import NO_ROWS, NOT_CONNECTED, missing_of
from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.encode import HIGH
from tallymark.engine.facts.groups import Group, Wanted, group_of, needs
from tallymark.engine.facts.prepare import Span
from tallymark.engine.facts.select import FLAGS_A_WORD
from tallymark.engine.facts.store import Facts, Ready
from tallymark.engine.kernels import placing
from tallymark.engine.kernels.placing import Slot
from tallymark.engine.question import span_of
from tallymark.explain.arithmetic import Known
from tallymark.explain.basis import Basis, Place
from tallymark.explain.tree import Measure
from tallymark_sdk.formula import Stock
from tallymark_sdk.rows import placing_columns, undated_reason

USED = ""
"""Stands for no reason: the rows that make the number."""
_NEVER = np.iinfo(np.int32).max
"""Where a span would be first, of rows that are counted nowhere."""
_LOWER = (1 << 64) - 1


@dataclass(frozen=True)
class Part:
    """Rows of one chunk of a fact, by their numbers in it, in the order in which they lie."""

    ready: Ready
    chunk: int
    rows: Array

    def column(self, name: str) -> Array | None:
        """A column of the rows; None where the chunk hasn't it."""
        return self.ready.column(self.chunk, name)[self.rows] if self.ready.has(self.chunk, name) else None


@dataclass
class Picked:
    """A measure's rows by reason, in the facts' order: by day, then by key.

    Attributes:
        group: how its rows find their members and periods.
        parts: `USED` or a reason → the rows.
        failed: why they couldn't be had; "" where they could.
    """

    measure: Measure
    group: Group
    parts: dict[str, list[Part]] = field(default_factory=dict)
    failed: str = ""

    def count(self, reason: str) -> int:
        """How many rows were left out for a reason, or used."""
        return sum(len(part.rows) for part in self.parts.get(reason, ()))

    @property
    def left_out(self) -> Mapping[str, int]:
        """Reason → rows; reasons that left out none aren't here."""
        return {reason: n for reason in self.parts if reason != USED and (n := self.count(reason))}

    def slice(self, reasons: Sequence[str], first: int, count: int) -> Iterator[tuple[str, Part]]:
        """So many rows of these reasons, one reason after another, from the one numbered `first` (from 0) on."""
        for reason in reasons:
            for part in self.parts.get(reason, ()):
                taken = part.rows[first : first + count]
                first = max(0, first - len(part.rows))
                count -= len(taken)
                if len(taken):
                    yield reason, Part(part.ready, part.chunk, taken)
                if count <= 0:
                    return

    def figure(self) -> Known:
        """What the used rows make: their number, sum, different ids, median, least or greatest."""
        if self.failed:
            return Known(None, self.failed)
        need, used = needs(self.measure.leaf), self.parts.get(USED, [])
        if need.distinct is not None:
            return Known(Fraction(sum(len(part.rows) for part in self.firsts(used))))
        if need.argument is None:
            return Known(Fraction(self.count(USED)))
        numbers, divisor = whole_values(self.measure, used)
        found = _reduced(self.measure.leaf.kernel, numbers)
        return Known(None, NO_ROWS) if found is None else Known(found / divisor)

    def firsts(self, parts: Sequence[Part]) -> list[Part]:
        """Of a distinct count: the rows that count, the first of each id among all that were used."""
        return [Part(part.ready, part.chunk, part.rows[_is_first(self.measure, part)]) for part in parts]


def _reduced(kernel: str, numbers: list[int]) -> Fraction | None:
    if kernel == "sum":
        return Fraction(sum(numbers))
    if not numbers:
        return None
    if kernel == "median":
        numbers.sort()
        return Fraction(numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2], 2)
    return Fraction(min(numbers) if kernel == "min" else max(numbers))


@dataclass(frozen=True)
class MembersFound:
    """How many members the breakdown has, and whether anything of the one asked for is in the data at any time."""

    count: int
    known: bool


def pick(basis: Basis, place: Place, measures: Sequence[Measure]) -> tuple[list[Picked], MembersFound]:
    """Find the rows of measures, in the facts that pages are computed from; missing ones are made."""
    found = [
        Picked(measure, group_of(measure.leaf, measure.dimension, basis.attribution)) for measure in measures
    ]
    wanted: dict[Group, Wanted] = {}
    spans: dict[Group, set[Span]] = {}
    for each in found:
        missing = missing_of(each.measure.leaf.formula, basis.data.is_connected)
        if missing is not None:
            each.failed = f"{NOT_CONNECTED}: {missing.replace('_', ' ')}"
            continue
        into = wanted.setdefault(each.group, Wanted())
        into.leaves.setdefault(each.measure.leaf, set()).add(each.measure.dimension)
        span = span_of(each.measure.period)
        spans.setdefault(each.group, set()).update([span] if span[0] < span[1] else [])
    with Facts(basis.data) as facts:
        asked = {group: sorted(days) for group, days in spans.items()}
        readies = facts.ready(wanted, asked)
        texts = facts.members.texts(place.dimension) if place.dimension else None
        number = -1 if texts is None else int(pc.index(texts, place.member).as_py())
        for each in found:
            leaf, span = each.measure.leaf, span_of(each.measure.period)
            each.failed = each.failed or facts.failed.get(leaf, "")
            for ready in readies:
                if ready.group == each.group and leaf in ready.wanted.leaves and span in ready.spans:
                    _fill(each, ready, number)
    return found, MembersFound(0 if texts is None else len(texts), texts is None or number >= 0)


def _fill(found: Picked, ready: Ready, number: int) -> None:
    need, formula = needs(found.measure.leaf), found.measure.leaf.formula
    masks = {USED: need.used, **need.reasons}
    holds = {reason: _holds(ready, name) for reason, name in masks.items()}
    undated = {each for each in map(undated_reason, placing_columns(formula)[:1]) if each in holds}
    for chunk in range(len(ready.fact.chunks)):
        rows = _of_member(found.measure, ready, chunk, _in_period(found.measure, ready, chunk), number)
        _put(found, holds, Part(ready, chunk, rows))
        if ready.group.kind == "flow":  # a row without a date is in no period, so it is told beside each
            never = _numbers(placing.undated(ready, chunk).take)
            part = Part(ready, chunk, _of_member(found.measure, ready, chunk, never, number))
            _put(found, {each: holds[each] for each in undated}, part)


def _holds(ready: Ready, condition: str) -> Array:
    """Over the fact's classes: whether the condition holds."""
    word, bit = divmod(ready.fact.conditions.index(condition), FLAGS_A_WORD)
    return np.array([bool(words[word] >> bit & 1) for words in ready.fact.classes], bool)


def _put(found: Picked, holds: Mapping[str, Array], part: Part) -> None:
    classes = part.ready.column(part.chunk, "class")[part.rows]
    for reason, by_class in holds.items():
        rows = part.rows[by_class[classes]] if len(by_class) else part.rows[:0]
        if len(rows):
            found.parts.setdefault(reason, []).append(Part(part.ready, part.chunk, rows))


def _in_period(measure: Measure, ready: Ready, chunk: int) -> Array:
    slot = [Slot(0, span_of(measure.period))]
    match ready.group.kind:
        case "flow":
            return _numbers(placing.events(ready, chunk, slot).take)
        case "placed":
            return _numbers(placing.placed(ready, chunk, slot).take)
        case _:
            begin, end = _valid(measure, ready.column(chunk, "start"), ready.column(chunk, "end"))
            return np.flatnonzero(begin < end)


def _numbers(take: slice | Array) -> Array:
    return np.arange(take.start, take.stop) if isinstance(take, slice) else take


def _of_member(measure: Measure, ready: Ready, chunk: int, rows: Array, number: int) -> Array:
    if measure.dimension == TOTAL:
        return rows
    return rows[ready.column(chunk, f"by {measure.dimension}")[rows] == number]


def _is_first(measure: Measure, part: Part) -> Array:
    """Of a distinct count: which rows are the first of their id in the cell, by the marks that facts keep."""
    marks = part.column(f"first {needs(measure.leaf).distinct} {measure.dimension}")
    assert marks is not None  # noqa: S101  the fact holds what the leaf needs
    match part.ready.group.kind:
        case "flow":
            days = part.ready.column(part.chunk, "day")[part.rows]
            return np.asarray(marks > days - span_of(measure.period)[0])
        case "placed":
            return np.asarray(marks > 0)
        case _:
            ends = part.ready.column(part.chunk, "end")[part.rows]
            begin, end = _valid(measure, marks, ends)
            return np.asarray((begin < end) & (marks != _NEVER))


def _valid(measure: Measure, starts: Array, ends: Array) -> tuple[Array, Array]:
    stock = measure.leaf.formula
    assert isinstance(stock, Stock)  # noqa: S101  the group's kind says so
    return placing.valid(stock, [Slot(0, span_of(measure.period))], starts, ends)


def whole_values(measure: Measure, parts: Sequence[Part]) -> tuple[list[int], int]:
    """The rows' values as whole numbers and what each is divided by; only for measures that reduce a value."""
    name = needs(measure.leaf).argument
    assert name is not None  # noqa: S101  the measure reduces it
    divisor = 10 ** max((part.ready.fact.arguments[name].scale for part in parts), default=0)
    found: list[int] = []
    for part in parts:
        low, high = part.column(f"value {name}"), part.column(f"value {name}{HIGH}")
        assert low is not None  # noqa: S101  the fact holds what the leaf needs
        numbers = low.tolist()
        if high is not None:
            numbers = [
                (upper << 64) + (lower & _LOWER) for lower, upper in zip(numbers, high.tolist(), strict=True)
            ]
        times = divisor // 10 ** part.ready.fact.arguments[name].scale
        found += [number * times for number in numbers] if times > 1 else numbers
    return found, divisor
