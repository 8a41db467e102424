"""One scorecard as data: what the page, the wall and the PDF all draw.

Every number is kept twice: `exact` (a decimal as text, for the attachment and for recomputing) and `text` (as the
reader's language writes it). Nothing here is computed again when it is drawn.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

SCHEMA = 1


class Status(StrEnum):
    """How a KPI stands against its target."""

    ON = "on"
    RISK = "risk"
    OFF = "off"
    NONE = "none"


class Mood(StrEnum):
    """Whether a change is welcome. Its direction is another matter: a shorter cycle is down and good."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


class Direction(StrEnum):
    """Which way a value moved."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number: `exact` as a decimal string, `text` for people, `unit` as in the metric. `full` has every digit."""

    exact: str
    text: str
    full: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A change since another period; a ratio's change is in percentage points, others' in percent."""

    exact: str
    text: str
    against: str
    direction: Direction
    mood: Mood


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
    """One KPI. Without a value it says why in `reason`; `pace` is said while the period runs."""

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
class TrendPoint:
    """One period of a trend."""

    label: str
    short: str
    value: Figure | None
    target: Figure | None = None
    year_before: Figure | None = None
    missed: bool = False


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A metric over periods, oldest first; the last one is the reported period."""

    kind: Literal["trend"] = "trend"
    metric: str
    title: str
    subtitle: str
    points: tuple[TrendPoint, ...]
    ticks: tuple[Figure, ...]
    caption: str


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
    """Members ordered by one metric, with further metrics beside it; `omitted` counts rows not kept here."""

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
    """One metric by the members of one dimension, with the computed total; `omitted` counts rows not kept here."""

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


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows that a number does not stand on, and why."""

    reason: str
    rows: Figure


@dataclass(frozen=True, kw_only=True)
class Passport:
    """Where one number comes from: its formula, inputs, rows, freshness and maker."""

    metric: str
    name: str
    value: Figure | None
    formula: str
    inputs: tuple[str, ...]
    rows: Figure
    left_out: tuple[LeftOut, ...]
    fresh: str
    pack: str
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Appendix:
    """The passports of all numbers."""

    kind: Literal["appendix"] = "appendix"
    title: str
    subtitle: str
    passports: tuple[Passport, ...]


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Remarks about the data: reconciliation, gaps, what could not be computed."""

    kind: Literal["notes"] = "notes"
    title: str
    lines: tuple[str, ...]


Section = Tiles | Trend | Ranking | Breakdown | Notes | Appendix


@dataclass(frozen=True, kw_only=True)
class Cover:
    """The band on top. `logo` names an asset given to the renderer, else `monogram` is drawn."""

    company: str
    monogram: str
    title: str
    period: str
    span: str
    as_of: str
    prepared_by: str | None
    label: str | None = None
    logo: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A sentence made by rule, with the keys of the metrics it stands on."""

    text: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many KPIs have a status."""

    status: Status
    count: Figure


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The scorecard in one sentence, a few findings and a count."""

    headline: Finding
    findings: tuple[Finding, ...]
    tally: tuple[Tally, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole scorecard in one language. `created` is an ISO 8601 instant, `period_start` and `period_end` ISO dates.

    `money_display` is the tenant's way to write amounts, empty for the currency's own.
    """

    schema: int = SCHEMA
    locale: str
    currency: str
    calendar: str
    created: str
    period_start: str
    period_end: str
    cover: Cover
    summary: Summary
    sections: tuple[Section, ...] = field(default=())
    money_display: str = ""
