"""Whose rows a scorecard shows: everybody's, one representative's, or one team's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tallymark_sdk.said import Said

DIMENSIONS = ("rep", "team", "region", "department")
"""The breakdowns that a scorecard can be narrowed to one member of."""


class ScopeError(ValueError):
    """A scope that no scorecard has; the sentence says what to write instead."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One member of a breakdown, or everybody.

    Attributes:
        dimension, member: as in the engine's cells, such as "rep" and the representative's id; both "" for everybody.
    """

    dimension: str = ""
    member: str = ""

    def __post_init__(self) -> None:
        if bool(self.dimension) != bool(self.member):
            raise ScopeError(Said("A scope is a breakdown and one of its members; give both or neither."))
        if self.dimension and self.dimension not in DIMENSIONS:
            raise ScopeError(
                Said(
                    "A scorecard can't be narrowed by %(name)s; use %(names)s.",
                    name=self.dimension,
                    names=", ".join(DIMENSIONS),
                )
            )

    @property
    def is_everybody(self) -> bool:
        """Whether all rows are shown."""
        return not self.dimension

    def stored(self) -> dict[str, Any]:
        """As an edition and a run keep it; {} for everybody."""
        return {} if self.is_everybody else {"dimension": self.dimension, "member": self.member}

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> Self:
        """The scope that `stored` wrote."""
        found = raw or {}
        return cls(dimension=str(found.get("dimension", "")), member=str(found.get("member", "")))


EVERYBODY = Scope()
