"""A tenant's facts: those that hold what is asked for, and the making of those that are missing."""

from __future__ import annotations

import fcntl
import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

import duckdb
import numpy as np

from tallymark.engine.facts.columns import Array, Mapped
from tallymark.engine.facts.groups import Group, Wanted, needs
from tallymark.engine.facts.index import Fact, Index
from tallymark.engine.facts.members import Members
from tallymark.engine.facts.prepare import Span, inputs_of, prepare
from tallymark.engine.facts.select import FLAGS_A_WORD, Spec, spec_of
from tallymark.engine.plan import Leaf
from tallymark.engine.session import EngineError, TenantData, confined

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A fact opened to answer some leaves of a group."""

    fact: Fact
    group: Group
    wanted: Wanted
    spans: tuple[Span, ...]
    mapped: Mapped

    def masks(self, conditions: Sequence[str]) -> Array:
        """Whether each condition holds in each of the fact's classes, [conditions, classes]; doubles of 0 and 1."""
        places = [self.fact.places[name] for name in conditions]
        if not places or not self.fact.classes:
            return np.zeros((len(places), len(self.fact.classes)))
        classes = np.array(self.fact.classes, np.int64)
        words, bits = np.divmod(np.array(places), FLAGS_A_WORD)
        found: Array = (classes.T[words] >> bits[:, None] & 1).astype(np.float64)
        return found

    def column(self, chunk: int, name: str) -> Array:
        """A column of a chunk."""
        return self.mapped.column(self.fact.chunks[chunk][name])

    def content(self, name: str) -> Array | None:
        """A column of the digests of its rows."""
        place = self.fact.contents.get(name)
        return None if place is None else self.mapped.column(place)

    def has(self, chunk: int, name: str) -> bool:
        """Whether a chunk has the column."""
        return name in self.fact.chunks[chunk]


@dataclass
class Facts:
    """The facts of one computation. Use as a context manager: what has no store lies in a temporary folder."""

    data: TenantData
    threads: int | None = None
    failed: dict[Leaf, str] = field(default_factory=dict)
    """Leaves that couldn't be evaluated, with the reason."""
    made: int = 0
    """How many facts had to be made."""

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        given = self.data.facts
        self._folder = given or Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="facts-")))
        self._read()
        self._connection: duckdb.DuckDBPyConnection | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def _files(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _read(self) -> None:
        """Read the list of facts; without all the members that they number, they say nothing."""
        self._index = Index.read(self._listing)
        self.members = Members(self._folder / "members")
        if any(len(self.members.texts(name)) < size for name, size in self._index.members.items()):
            self._index = Index()
            self.members = Members(self._folder / "members")
        self._by_group: dict[str, list[Fact]] = {}
        for fact in self._index.facts:
            self._by_group.setdefault(fact.group, []).append(fact)

    @property
    def numbering(self) -> str:
        """Names the numbering of members that the facts use."""
        return self._index.numbering

    @property
    def _listing(self) -> Path:
        return self._folder / "index.json"

    def ready(
        self,
        groups: Mapping[Group, Wanted],
        spans: Mapping[Group, Sequence[Span]],
    ) -> list[Ready]:
        """Facts that answer all that is wanted, made where they are missing or stale.

        Args:
            spans: the periods that each group is asked for.
        """
        found: list[Ready] = []
        missing: list[tuple[Group, Wanted, list[Span]]] = []
        for group, wanted in groups.items():
            stored, rest = self._found(group, wanted, spans[group])
            found += stored
            if rest:
                missing.append((group, wanted, rest))
        if missing:
            found.extend(self._make(missing))
        return found

    def _found(self, group: Group, wanted: Wanted, spans: Sequence[Span]) -> tuple[list[Ready], list[Span]]:
        """What is stored, and the periods for which nothing is."""
        found, rest = [], list(spans)
        for ready in self._stored(group, wanted, spans):
            new = tuple(span for span in rest if span in ready.spans)
            if new:
                found.append(ready if new == ready.spans else replace(ready, spans=new))
                rest = [span for span in rest if span not in new]
            if not rest:
                break
        return found, rest

    def _stored(self, group: Group, wanted: Wanted, spans: Sequence[Span]) -> Iterator[Ready]:
        for fact in reversed(self._by_group.get(group.name, ())):
            if not self._holds(fact, wanted):
                continue
            held = tuple(span for span in spans if span in fact.periods) if fact.periods else tuple(spans)
            if group.kind == "placed" and not set(held):
                continue
            mapped = self._open(fact)
            if mapped is not None:
                yield Ready(fact, group, wanted, held, mapped)

    def _open(self, fact: Fact) -> Mapped | None:
        try:
            mapped = Mapped(self._folder / fact.file)
        except OSError:
            return None
        return mapped if mapped.size == fact.size else None

    def _holds(self, fact: Fact, wanted: Wanted) -> bool:
        """Whether a fact is of the current snapshots and holds what every leaf stands on."""
        if any(self._inputs(name) != files for name, files in fact.inputs.items()):
            return False
        if fact.spec in wanted.held:
            return True
        if not set(wanted.dimensions) <= set(fact.dimensions):
            return False
        conditions, distincts = set(fact.conditions), set(fact.distincts)
        for leaf, dimensions in wanted.leaves.items():
            need = needs(leaf)
            if not {need.used, *need.reasons.values()} <= conditions:
                return False
            if need.argument is not None and need.argument not in fact.arguments:
                return False
            if need.distinct is not None and not {(need.distinct, d) for d in dimensions} <= distincts:
                return False
        wanted.held.add(fact.spec)
        return True

    def _inputs(self, dataset: str) -> tuple[str, ...]:
        if dataset not in self._files:
            self._files[dataset] = inputs_of(self.data, dataset)
        return self._files[dataset]

    def _make(self, missing: Sequence[tuple[Group, Wanted, list[Span]]]) -> Iterator[Ready]:
        with self._locked():
            self._read()
            for group, wanted, asked in missing:
                stored, spans = self._found(
                    group, wanted, asked
                )  # another process may have made it meanwhile
                yield from stored
                if not spans:
                    continue
                periods = spans if group.kind == "placed" else []
                for answered, spec in self._attempts(group, wanted):
                    try:
                        fact = self._prepare(spec, periods)
                    except duckdb.IOException as error:
                        raise EngineError(
                            "A file of the data can't be read; import the dataset again, or restore the data folder."
                        ) from error
                    except duckdb.Error as error:
                        if len(spec.leaves) == 1:
                            log.warning("a leaf failed: %s", error)
                            self.failed[spec.leaves[0]] = f"could not be computed: {type(error).__name__}"
                        continue
                    mapped = self._open(fact)
                    assert mapped is not None  # noqa: S101  it was written just now, under the lock
                    yield Ready(fact, group, answered, tuple(spans), mapped)
                    if answered is wanted:
                        break
            self.members.save()
            self._index.members |= self.members.sizes()
            self._index.write(self._listing)

    def _attempts(self, group: Group, wanted: Wanted) -> Iterator[tuple[Wanted, Spec]]:
        """What to try, one after another: all at once, then each leaf alone, so that only the one at fault has none."""
        yield wanted, spec_of(group, wanted)
        if len(wanted.leaves) > 1:
            for leaf, dimensions in wanted.leaves.items():
                one = Wanted({leaf: dimensions})
                yield one, spec_of(group, one)

    def _prepare(self, spec: Spec, periods: Sequence[Span]) -> Fact:
        fact = prepare(
            spec,
            self.data,
            self._folder,
            connection=self.connection(),
            members=self.members,
            periods=periods,
        )
        self.made += 1
        for file in self._index.add(fact):
            (self._folder / file).unlink(missing_ok=True)
        return fact

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The tenant's snapshots, opened when they are first asked for."""
        if self._connection is None:
            opened = confined(self.data, threads=self.threads, spill=self._folder / "spill")
            self._connection = self._stack.enter_context(opened)
        return self._connection

    def known_since(self, histories: Iterable[str]) -> dict[str, date]:
        """Dataset of spans → the first day it is known of, where all of its spans were derived from syncs."""
        found: dict[str, date] = {}
        for name in sorted(set(histories)):
            files = inputs_of(self.data, name)
            if not files:
                continue
            if name not in self._index.histories or self._index.histories[name][0] != files:
                first = self._first_derived(name)
                with self._locked():
                    self._index = Index.read(self._listing)
                    self._index.histories[name] = (files, first)
                    self._index.write(self._listing)
            if (since := self._index.histories[name][1]) is not None:
                found[name] = date(1970, 1, 1) + timedelta(days=since)
        return found

    def _first_derived(self, name: str) -> int | None:
        # The name is a dataset of the model, held so when its metric was loaded.
        query = (
            f"SELECT min(entered_on) - DATE '1970-01-01' FROM \"{name}\" "  # noqa: S608
            "HAVING bool_and(origin IS NOT DISTINCT FROM 'derived')"
        )
        rows = self.connection().execute(query).fetchall()
        return None if not rows or rows[0][0] is None else int(rows[0][0])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process makes a tenant's facts at a time; the lock ends with the process."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
