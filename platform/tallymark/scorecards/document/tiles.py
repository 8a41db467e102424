"""The KPIs of the set as tiles, and the score that is made of them."""

from dataclasses import dataclass
from typing import Literal

from tallymark.scorecards.document.basics import Delta, Figure, Status


@dataclass(frozen=True, kw_only=True)
class Band:
    """Attainments (1 is the target) from which a KPI is on target and from which it is merely at risk, as decimals."""

    on: str
    risk: str


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """A bullet bar. `fill` is the attainment and `tick` the target, both as parts (0 to 1) of the bar."""

    fill: float
    tick: float
    caption: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sparkline's values, oldest first, as decimal strings; None where there is no value."""

    points: tuple[str | None, ...]
    target: str | None
    caption: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One KPI. Without a value it says why in `reason`; `pace` is said while the period runs.

    `band` are the thresholds its status was given by, `why` says in words what the status stands on. `weight` is the
    KPI's, a decimal as text: where there are many, the weightiest are drawn large.
    """

    metric: str
    name: str
    value: Figure | None
    target: Figure | None = None
    status: Status = Status.NONE
    gauge: Gauge | None = None
    pace: str | None = None
    deltas: tuple[Delta, ...] = ()
    line: Line | None = None
    beside: str | None = None
    reason: str | None = None
    band: Band | None = None
    why: str | None = None
    weight: str = "1"


@dataclass(frozen=True, kw_only=True)
class TileGroup:
    """Tiles of one section of the KPI set, in its order."""

    name: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """The KPIs of the set, grouped."""

    kind: Literal["tiles"] = "tiles"
    title: str
    subtitle: str
    groups: tuple[TileGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ScorePart:
    """What one KPI gives to the composite score: `points` of at most `most`."""

    metric: str
    name: str
    weight: Figure
    attainment: Figure | None
    points: Figure | None
    most: Figure
    status: Status = Status.NONE
    gate: str | None = None


@dataclass(frozen=True, kw_only=True)
class Score:
    """The composite score, 0 to 100, with what it is made of.

    `gates` are sentences about gates that capped it; `explanation` says how it was computed; `reason` why there is none.
    """

    kind: Literal["score"] = "score"
    title: str
    subtitle: str
    value: Figure | None
    band: Status = Status.NONE
    parts: tuple[ScorePart, ...]
    gates: tuple[str, ...] = ()
    explanation: str = ""
    reason: str | None = None
