"""The list of a tenant's facts: what each holds, what it was made from, and where its columns lie."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tallymark.engine.facts.columns import Place
from tallymark.engine.facts.encode import Argument
from tallymark_tenants.ids import uuid7

FORMAT = 3
"""Raised when what lies in the files changes; facts of another format are made anew."""
KEPT = 4
"""Facts of one group and its current snapshots that are kept: for other periods or parameters."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact.

    Attributes:
        group, spec: the names of what it answers and of what it holds.
        inputs: dataset → the files of the snapshot that it was made from.
        conditions, dimensions, distincts: as in `Spec`.
        periods: the half-open runs of days (as numbers) that rows were placed in; empty for other kinds.
        classes: the words of each combination of conditions.
        chunks: for each, its columns' places.
        contents: the places of the digests of its rows, as `Digests` reads them.
        size: of the file in bytes.
    """

    group: str
    spec: str
    file: str
    inputs: Mapping[str, tuple[str, ...]]
    dimensions: tuple[str, ...]
    conditions: tuple[str, ...]
    arguments: Mapping[str, Argument]
    distincts: tuple[tuple[str, str], ...]
    periods: tuple[tuple[int, int], ...]
    classes: tuple[tuple[int, ...], ...]
    chunks: tuple[Mapping[str, Place], ...]
    contents: Mapping[str, Place]
    size: int

    @cached_property
    def places(self) -> dict[str, int]:
        """Condition → its bit."""
        return {name: place for place, name in enumerate(self.conditions)}

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(chunk["class"].size for chunk in self.chunks)


@dataclass
class Index:
    """Every fact of a tenant, the newest last, and since when histories are known."""

    facts: list[Fact] = field(default_factory=list)
    histories: dict[str, tuple[tuple[str, ...], int | None]] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    """Breakdown → how many members are numbered."""
    numbering: str = field(default_factory=lambda: str(uuid7()))
    """Names the numbering of members: another one where it had to begin anew."""

    @classmethod
    def read(cls, path: Path) -> Index:
        """The list as it was last written; empty where there is none that can be read."""
        try:
            given = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return cls()
        if given.get("format") != FORMAT:
            return cls()
        histories = {name: (tuple(files), since) for name, (files, since) in given["histories"].items()}
        facts = [_fact(each) for each in given["facts"]]
        return cls(facts, histories, given["members"], given["numbering"])

    def write(self, path: Path) -> None:
        """Write it so that a reader sees the old or the new one."""
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        facts = [
            {**asdict(fact), "chunks": list(map(_listed, fact.chunks)), "contents": _listed(fact.contents)}
            for fact in self.facts
        ]
        told = {
            "format": FORMAT,
            "facts": facts,
            "histories": self.histories,
            "members": self.members,
            "numbering": self.numbering,
        }
        unfinished.write_text(json.dumps(told))
        unfinished.replace(path)

    def add(self, fact: Fact) -> list[str]:
        """List a fact as its group's newest; the files of those that are dropped for it."""
        of_group = [each for each in self.facts if each.group == fact.group]
        # Of snapshots that others have replaced, one is enough: for an edition that is recomputed as it was.
        older = [each for each in of_group if each.inputs != fact.inputs]
        alike = [each for each in of_group if each.inputs == fact.inputs]
        dropped = [*older[:-1], *alike[: 1 - KEPT]]
        self.facts.append(fact)
        self.facts = [each for each in self.facts if each not in dropped]
        return [each.file for each in dropped]


def _listed(places: Mapping[str, Place]) -> dict[str, list[object]]:
    return {name: [place.offset, place.kind, place.size] for name, place in places.items()}


def _places(given: Mapping[str, Any]) -> dict[str, Place]:
    return {name: Place(*place) for name, place in given.items()}


def _fact(given: Mapping[str, Any]) -> Fact:
    return Fact(
        group=given["group"],
        spec=given["spec"],
        file=given["file"],
        inputs={name: tuple(files) for name, files in given["inputs"].items()},
        dimensions=tuple(given["dimensions"]),
        conditions=tuple(given["conditions"]),
        arguments={name: Argument(**each) for name, each in given["arguments"].items()},
        distincts=tuple((name, dimension) for name, dimension in given["distincts"]),
        periods=tuple((first, beyond) for first, beyond in given["periods"]),
        classes=tuple(map(tuple, given["classes"])),
        chunks=tuple(map(_places, given["chunks"])),
        contents=_places(given["contents"]),
        size=given["size"],
    )
