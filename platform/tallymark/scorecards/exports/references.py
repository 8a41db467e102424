"""Which rows of which source a figure stands on, as short references: enough to find them again in the CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

CAP = 200
"""Rows listed of one measure; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class RowRef:
    """A row: the connection it came from, its id there, and what people call it."""

    source: str
    id: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class MeasureRows:
    """Rows of one measure of a figure (a ratio has two); `rows` counts all of them, `refs` lists the first."""

    measure: str
    dataset: str
    rows: int
    refs: tuple[RowRef, ...]


@dataclass(frozen=True, kw_only=True)
class RowRefs:
    """All measures that a figure stands on; `reason` says why there are none."""

    measures: tuple[MeasureRows, ...] = ()
    reason: str = ""


def numbered(rows: Mapping[str, RowRefs]) -> dict[str, str]:
    """Metric → its reference, R1, R2 …, by which the figures and their rows name each other."""
    return {metric: f"R{number}" for number, metric in enumerate(rows, 1)}


def references_as_json(rows: Mapping[str, RowRefs]) -> dict[str, Any]:
    """For an order to the drawing process."""
    return {metric: asdict(refs) for metric, refs in rows.items()}


def read_references(data: Mapping[str, Any]) -> dict[str, RowRefs]:
    """What `references_as_json` wrote."""
    return {
        metric: RowRefs(
            reason=refs["reason"],
            measures=tuple(
                MeasureRows(**{**each, "refs": tuple(RowRef(**ref) for ref in each["refs"])})
                for each in refs["measures"]
            ),
        )
        for metric, refs in data.items()
    }
