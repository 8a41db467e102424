"""Figures of a fact: those of periods whose rows are as they were are taken from what is kept."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.contents import Digests
from tallymark.engine.facts.digest import named
from tallymark.engine.facts.encode import UNDATED
from tallymark.engine.facts.store import Facts, Ready
from tallymark.engine.kernels import axis as axes
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import LeafFigures
from tallymark.engine.kernels.placing import Slot
from tallymark.engine.kernels.reduce import figures_of
from tallymark.engine.plan import Leaf
from tallymark.engine.values.file import Values
from tallymark.engine.values.gather import Columns, Gathered
from tallymark.engine.values.layout import Layout, layout
from tallymark.engine.values.record import KEY, Record, recorded
from tallymark_sdk.formula import Stock

log = logging.getLogger(__name__)

KEPT_FROM = 20_000
"""Rows of a fact from which on its values are kept: fewer are counted as quickly as values are read."""
LARGEST = 256 << 20
"""Bytes that a tenant's kept values take at most."""
PIECES = 8
"""Records that a fact's values may lie in before they are written as one again."""


@dataclass
class Keeper:
    """Keeps values beside a tenant's facts, where those are kept.

    Attributes:
        computed, found: how many columns were computed and how many were taken from what was kept.
    """

    facts: Facts
    computed: int = 0
    found: int = 0
    _new: list[Record] = field(default_factory=list)
    _used: dict[int, Record] = field(default_factory=dict)
    _whole: set[str] = field(default_factory=set)
    """What was scattered over many records and is now in one."""

    @cached_property
    def _file(self) -> Values | None:
        data = self.facts.data
        return Values(data.facts) if data.facts is not None and data.keep_values else None

    @cached_property
    def _kept(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for record in self._file.records() if self._file is not None else ():
            found[record.of].append(record)
        return found

    def figures(
        self, ready: Ready, axis: Axis, slots: Sequence[Slot], seen_before: int | None
    ) -> dict[Leaf, LeafFigures]:
        """As `figures_of`, over as many periods as there are slots, whose places are 0 and on."""
        wanted = {leaf: d for leaf, d in ready.wanted.leaves.items() if any(map(axis.block, d))}
        lines = layout(wanted) if self._file is not None else Layout({})
        if not slots or not self._is_worth_it(ready, axis, lines, len(slots)):
            return figures_of(ready, axis, slots, len(slots), seen_before=seen_before)
        keys, extra = column_keys(ready, slots, seen_before)
        of = named(
            ready.fact.group, ready.fact.spec, self.facts.numbering, axes.STACKED, axes.SLICE, _kernels()
        )
        found = self._columns(of, lines, axis, keys)
        missing = [place for place in range(len(keys)) if place not in found]
        self.found += len(found)
        if not missing:
            return self._gathered(axis, lines, [found[n] for n in range(len(keys))], (extra, len(slots)))
        fresh = [place for place in missing if place < len(slots)]
        self.computed += len(missing)
        asked = [Slot(number, slots[place].span) for number, place in enumerate(fresh)]
        figures = figures_of(ready, axis, asked, len(asked), seen_before=seen_before)
        made = recorded(of, axis, lines, figures, keys[[*fresh, *range(len(slots), len(keys))]], extra)
        if made is None:
            return figures_of(ready, axis, slots, len(slots), seen_before=seen_before)
        self._new.append(made)
        if len(fresh) == len(slots):
            return figures
        found |= {place: (made, made.columns[keys[place].tobytes()]) for place in missing}
        figures = self._gathered(
            axis, lines, [found[place] for place in range(len(keys))], (extra, len(slots))
        )
        if len({id(record) for record, _ in found.values()}) > PIECES:
            whole = recorded(of, axis, lines, figures, keys, extra)
            if whole is not None:
                self._new[-1] = whole
                self._whole.add(of)
        return figures

    def _columns(self, of: str, lines: Layout, axis: Axis, keys: Array) -> dict[int, tuple[Record, int]]:
        """The columns that are kept, by their places among the keys."""
        found: dict[int, tuple[Record, int]] = {}
        wanted = {place: key.tobytes() for place, key in enumerate(keys)}
        for record in reversed(self._kept[of]):
            if not record.holds(lines, axis):
                continue
            here = {place: record.columns[key] for place, key in wanted.items() if key in record.columns}
            found |= {place: (record, column) for place, column in here.items()}
            wanted = {place: key for place, key in wanted.items() if place not in here}
            if not wanted:
                break
        return found

    def _gathered(
        self, axis: Axis, lines: Layout, found: Sequence[tuple[Record, int]], kinds: tuple[Sequence[str], int]
    ) -> dict[Leaf, LeafFigures]:
        extra, columns = kinds
        by_record: dict[int, tuple[Record, list[int], list[int]]] = {}
        for place, (record, column) in enumerate(found):
            _, taken, places = by_record.setdefault(id(record), (record, [], []))
            taken.append(column)
            places.append(place)
        self._used |= {number: record for number, (record, _, _) in by_record.items()}
        pieces: list[Columns] = list(by_record.values())
        gathered = Gathered(axis, lines, len(found), pieces)
        return gathered.figures({kind: columns + n for n, kind in enumerate(extra)}, columns)

    def _is_worth_it(self, ready: Ready, axis: Axis, lines: Layout, periods: int) -> bool:
        """Whether reading the values is less work than reading the rows."""
        if ready.fact.rows < KEPT_FROM or not lines.leaves:
            return False
        return lines.size * axis.size * periods < ready.fact.size

    def save(self) -> None:
        """Write what was computed. Values are a convenience: where they can't be written, nothing is kept."""
        if self._file is None or not self._new:
            return
        new, self._new = self._new, []
        try:
            if self._file.size + sum(map(_bytes, new)) > LARGEST:
                old = list(self._used.values())
                self._file.replace(_fitting([*(each for each in old if each.of not in self._whole), *new]))
            elif self._whole:
                old = [
                    each for of, records in self._kept.items() if of not in self._whole for each in records
                ]
                self._file.replace([*old, *new])
            else:
                self._file.append(new)
        except OSError as error:
            log.warning("values are not kept: %s", error)


def column_keys(ready: Ready, slots: Sequence[Slot], seen_before: int | None) -> tuple[Array, list[str]]:
    """What each column's figures depend on, as numbers, [slots and further columns, KEY]; and the further columns.

    Equal numbers mean equal figures: they name the period and the digests of its rows. Further columns are the events
    without a day, and those before a day.
    """
    digests = Digests(ready.content)
    first, beyond = (np.array([slot.span[side] for slot in slots], np.int64) for side in (0, 1))
    keys = np.zeros((len(slots), KEY), np.int64)
    keys[:, 1], keys[:, 2] = first, beyond
    if ready.group.kind == "placed":
        numbers = np.array([ready.fact.periods.index(slot.span) for slot in slots], np.int64)
        keys[:, 3:5] = digests.between("period", numbers, numbers + 1).view(np.int64)
        return keys, []
    if ready.group.kind == "stock":
        stock = next(iter(ready.wanted.leaves)).formula
        assert isinstance(stock, Stock)  # noqa: S101  the group's kind says so
        begins = first if stock.at in {"start", "both"} else beyond
        lasts = first if stock.at in {"start", "during"} else beyond
        keys[:, 3:5] = digests.before("start", begins).view(np.int64)
        keys[:, 5:7] = digests.before("end", lasts).view(np.int64)
        return keys, []
    keys[:, 3:5] = digests.between("day", first, beyond).view(np.int64)
    extra = np.zeros((1 if seen_before is None else 2, KEY), np.int64)
    extra[0, :3] = 1, UNDATED, UNDATED
    extra[0, 3:5] = digests.between("day", np.array([UNDATED]), np.array([UNDATED + 1])).view(np.int64)[0]
    if seen_before is not None:
        extra[1, :3] = 2, seen_before, seen_before
        extra[1, 3:5] = digests.before("day", np.array([seen_before])).view(np.int64)[0]
    return np.concatenate([keys, extra]), ["undated", "before"][: len(extra)]


@cache
def _kernels() -> str:
    """Names the code that makes figures of rows: other code may make others."""
    files = sorted(resources.files("tallymark.engine.kernels").iterdir(), key=lambda file: file.name)
    return named(*[file.read_bytes() for file in files if file.name.endswith(".py")])


def _bytes(record: Record) -> int:
    return sum(array.nbytes for array in record.arrays.values())


def _fitting(records: Sequence[Record]) -> list[Record]:
    """The newest records that take no more than half of the room."""
    kept: list[Record] = []
    room = LARGEST // 2
    for record in reversed(records):
        room -= _bytes(record)
        if room < 0:
            break
        kept.append(record)
    return kept[::-1]
