"""The lines that leaves' figures are kept in: each number once, under a name that is the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tallymark.engine.facts.digest import named
from tallymark.engine.facts.groups import Needs, needs
from tallymark.engine.plan import Leaf

_BY_ROW = frozenset({"median", "min", "max"})

Named = Mapping[str, frozenset[str]]
"""Line → the breakdowns (the total among them) in which it is right."""


@dataclass(frozen=True)
class Place:
    """A leaf's lines, each by its name.

    Attributes:
        rows: its rows; also its values where it counts.
        reasons: reason → the rows left out for it.
        values: its values; None where they are its rows.
        seen, has: as in `LeafFigures`; `has` is None where there is a value everywhere.
    """

    rows: str
    reasons: Mapping[str, str]
    values: str | None
    seen: str
    has: str | None


@dataclass(frozen=True)
class Layout:
    """The lines of some leaves: counts of rows by condition, values, and flags."""

    leaves: Mapping[Leaf, Place]
    counts: Named = field(default_factory=dict)
    values: Named = field(default_factory=dict)
    flags: Named = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many bytes a slot of a period takes at most."""
        return 8 * len(self.counts) + 16 * len(self.values) + len(self.flags)


def layout(wanted: Mapping[Leaf, Iterable[str]]) -> Layout:
    """The lines for leaves under these breakdowns."""
    counts: dict[str, frozenset[str]] = {}
    values: dict[str, frozenset[str]] = {}
    flags: dict[str, frozenset[str]] = {}
    places: dict[Leaf, Place] = {}
    for leaf, dimensions in wanted.items():
        place, under = _place(leaf, needs(leaf)), frozenset(dimensions)
        places[leaf] = place
        for lines, names in (
            (counts, (place.rows, *place.reasons.values())),
            (values, (place.values,)),
            (flags, (place.seen, place.has)),
        ):
            for name in names:
                if name is not None:
                    lines[name] = lines.get(name, frozenset()) | under
    return Layout(places, counts, values, flags)


def _place(leaf: Leaf, need: Needs) -> Place:
    among = named(need.used, tuple(sorted(need.reasons.items())))
    name = named(leaf.kernel, need.argument, need.distinct, among)
    return Place(
        rows=need.used,
        reasons=need.reasons,
        values=None if leaf.kernel == "count" else name,
        seen=among,
        has=name if leaf.kernel in _BY_ROW else None,
    )
