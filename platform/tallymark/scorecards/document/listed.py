"""Sections that are tables of members."""

from dataclasses import dataclass
from typing import Literal

from tallymark.scorecards.document.basics import Delta, Figure, Status


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """One member of a ranking: `bar` and `tick` are parts (0 to 1) of the longest bar."""

    rank: str
    name: str
    value: Figure
    bar: float
    tick: float | None = None
    attainment: Figure | None = None
    status: Status = Status.NONE
    beside: tuple[Figure | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Members ordered by one metric, with further metrics beside it; `omitted` counts rows not kept here.

    `dimension` is the key of what its members are, such as `rep`; empty in documents of before it was told.
    """

    kind: Literal["ranking"] = "ranking"
    metric: str
    title: str
    subtitle: str
    member: str
    measure: str
    beside: tuple[str, ...]
    rows: tuple[RankRow, ...]
    omitted: int = 0
    reason: str | None = None
    dimension: str = ""


@dataclass(frozen=True, kw_only=True)
class BreakdownRow:
    """One member of a breakdown; `share` is its part of the total where the metric is additive."""

    name: str
    value: Figure | None
    share: Figure | None
    bar: float
    delta: Delta | None = None


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """One metric by the members of one dimension, with the computed total; `omitted` counts rows not kept here.

    `dimension` is the key of what its members are, such as `region`; empty in documents of before it was told.
    """

    kind: Literal["breakdown"] = "breakdown"
    metric: str
    title: str
    subtitle: str
    member: str
    measure: str
    change: str
    rows: tuple[BreakdownRow, ...]
    total: BreakdownRow | None
    omitted: int = 0
    note: str | None = None
    reason: str | None = None
    dimension: str = ""
