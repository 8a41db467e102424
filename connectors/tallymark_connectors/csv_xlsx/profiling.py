"""What each column of a file holds: its kind, examples, and what its dates and numbers prove."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tallymark_connectors.csv_xlsx.cells import Cells
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.evidence import (
    DateEvidence,
    DateFinding,
    NumberEvidence,
    NumberFinding,
    settle_dates,
    settle_numbers,
)
from tallymark_connectors.csv_xlsx.numbers import parse_number
from tallymark_connectors.csv_xlsx.records import RawBatch
from tallymark_connectors.csv_xlsx.text import fold, is_nothing, key, tidy

_EXAMPLES = 5
_COUNTED = 60  # distinct values that are counted; a column with more is no choice
_REMEMBERED = 500_000  # values among which a repetition is looked for
_DECIDED = 3_000  # distinct values after which a column of words is not examined further
_MOSTLY = 0.8
_FLAGS = frozenset({"true", "false", "yes", "no", "y", "n", "có", "không", "بله", "خیر", "是", "否"})


class ColumnKind(StrEnum):
    """What most values of a source column are."""

    EMPTY = "empty"
    FLAG = "flag"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """One source column.

    `filled` and `empty` count its cells, `values` its distinct values if they are few; `unique` says that none comes
    twice. `dates` and `numbers` say what is known of how they are written, with the proof, or the `question` that a
    person must answer. `greatest` is the largest number found.
    """

    name: str
    kind: ColumnKind
    filled: int
    empty: int
    unique: bool
    examples: tuple[str, ...]
    values: Mapping[str, int]
    dates: DateFinding | None = None
    numbers: NumberFinding | None = None
    greatest: float | None = None

    @property
    def question(self) -> str | None:
        """What a person must decide before the column can be read; None if nothing is open."""
        finding = self.dates or self.numbers
        return finding.question if finding else None


@dataclass
class _Tally:
    filled: int = 0
    empty: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examined: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    dates: DateEvidence = field(default_factory=DateEvidence)
    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    greatest: float | None = None
    repeated: bool = False
    seen: set[int] = field(default_factory=set)
    with_time: bool = False

    def add(self, cells: Cells, lines: npt.NDArray[np.int64]) -> None:
        counts = np.bincount(cells.codes, minlength=len(cells.arrow)).tolist()
        firsts = lines[cells.first_rows()].tolist() if len(cells) else []
        for text, times, line in zip(cells.distinct, counts, firsts, strict=False):
            if not times:
                continue
            if is_nothing(text):
                self.empty += times
                continue
            self.filled += times
            self._count(text, times)
            if self.examined < _DECIDED:
                self._examine(text, line)
            else:
                self._examine_further(text, line)

    def _count(self, text: str, times: int) -> None:
        if not self.repeated:
            mark = hash(text)
            self.repeated = times > 1 or mark in self.seen
            if len(self.seen) < _REMEMBERED:
                self.seen.add(mark)
        if len(self.counts) <= _COUNTED or text in self.counts:
            self.counts[text] += times

    def _examine_further(self, text: str, line: int) -> None:
        """The column's kind is known by now; only what could still speak against its dates or numbers counts."""
        if self.kinds["date"] > self.examined * (1 - _MOSTLY):
            if not self.dates.knows(text):
                self.dates.add(text.strip(), line)
        elif self.kinds["number"] and self.kinds["text"] < self.examined * _MOSTLY:
            self.numbers.add(text, line)

    def _examine(self, text: str, line: int) -> None:
        self.examined += 1
        bare = fold(text).strip()
        if key(bare) in _FLAGS:
            self.kinds["flag"] += 1
        elif bare.isdigit():
            self.kinds["integer" if len(bare) < 16 else "text"] += 1
            self._greater(float(bare) if len(bare) < 16 else 0)
        elif any(c.isdigit() for c in bare) and self.dates.add(text.strip(), line):
            self.kinds["date"] += 1
            self.with_time = self.with_time or ":" in bare
        elif (value := _number(bare)) is not None:
            self.kinds["number"] += 1
            self.numbers.add(text, line)
            self._greater(value)
        else:
            self.kinds["nothing" if is_nothing(text, typed=True) else "text"] += 1

    def _greater(self, value: float) -> None:
        self.greatest = value if self.greatest is None else max(self.greatest, value)

    def kind(self) -> ColumnKind:
        counts = self.kinds
        total = sum(counts.values()) - counts["nothing"]
        if not total:
            return ColumnKind.EMPTY if not self.filled else ColumnKind.TEXT
        if counts["date"] >= total * _MOSTLY:
            return ColumnKind.DATETIME if self.with_time else ColumnKind.DATE
        if counts["flag"] >= total * _MOSTLY:
            return ColumnKind.FLAG
        if counts["integer"] + counts["number"] >= total * _MOSTLY:
            return ColumnKind.NUMBER if counts["number"] else ColumnKind.INTEGER
        return ColumnKind.TEXT


def _number(bare: str) -> float | None:
    for mark in (".", ","):
        try:
            return float(parse_number(bare, mark).value)
        except BadValue:
            continue
    return None


def profile(headers: Iterable[str], batches: Iterable[RawBatch]) -> tuple[tuple[ColumnProfile, ...], int]:
    """The profile of every column over the whole file, and how many records of the right width there are."""
    names = list(headers)
    tallies = [_Tally() for _ in names]
    rows = 0
    for batch in batches:
        rows += len(batch.lines)
        for tally, cells in zip(tallies, batch.columns, strict=True):
            tally.add(cells, batch.lines)
    found = [_profile(name, tally) for name, tally in zip(names, tallies, strict=True)]
    dates = settle_dates({p.name: p.dates for p in found if p.dates})
    numbers = settle_numbers({p.name: p.numbers for p in found if p.numbers})
    settled = [replace(p, dates=dates.get(p.name), numbers=numbers.get(p.name)) for p in found]
    return tuple(settled), rows


def _profile(name: str, tally: _Tally) -> ColumnProfile:
    kind = tally.kind()
    dated = kind in (ColumnKind.DATE, ColumnKind.DATETIME)
    common = [tidy(value)[:200] for value, _ in tally.counts.most_common(_EXAMPLES)]
    return ColumnProfile(
        name=name,
        kind=kind,
        filled=tally.filled,
        empty=tally.empty,
        unique=not tally.repeated and tally.filled > 1,
        examples=tuple(common),
        values=dict(tally.counts.most_common()) if len(tally.counts) <= _COUNTED else {},
        dates=tally.dates.finding() if dated else None,
        numbers=tally.numbers.finding() if kind is ColumnKind.NUMBER else None,
        greatest=tally.greatest if kind in (ColumnKind.NUMBER, ColumnKind.INTEGER) else None,
    )
