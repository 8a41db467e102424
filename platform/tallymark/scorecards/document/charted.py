"""Sections with a drawing: trend, funnel, bars, bridge, cohorts."""

from dataclasses import dataclass
from typing import Literal

from tallymark.scorecards.document.basics import Figure, Mood


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
class FunnelStep:
    """One stage: how many entered it, how many went on and how many were lost there.

    `bar` and `lost_bar` are parts (0 to 1) of the widest step: those who entered, and those lost since the step before.
    `onward` is the share that went on; the last step has none. `days` is the median time spent in it.
    """

    name: str
    count: Figure
    bar: float
    lost_bar: float = 0.0
    onward: Figure | None = None
    lost: Figure | None = None
    days: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """How the rows that entered in the period moved from stage to stage; `note` says how many are still under way."""

    kind: Literal["funnel"] = "funnel"
    metric: str
    title: str
    subtitle: str
    steps: tuple[FunnelStep, ...]
    note: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class BarRow:
    """One bar: `bar` is its part (0 to 1) of the longest; `beside` is a second figure, such as an amount."""

    name: str
    value: Figure
    bar: float
    beside: Figure | None = None


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Shares or values of a few members as bars, the longest first: why deals were lost."""

    kind: Literal["bars"] = "bars"
    metric: str
    title: str
    subtitle: str
    member: str
    measure: str
    rows: tuple[BarRow, ...]
    omitted: int = 0
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class BridgeStep:
    """A step from one level to another; levels are decimals as text. The first and last begin at 0."""

    name: str
    figure: Figure
    before: str
    after: str
    mood: Mood
    is_end: bool = False
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class BridgeSection:
    """What moved a metric since the period before; the steps between the ends sum to the change exactly."""

    kind: Literal["bridge"] = "bridge"
    metric: str
    title: str
    subtitle: str
    steps: tuple[BridgeStep, ...]
    notes: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class CohortCell:
    """A cohort's figure at one age; `shade` (0 to 1) is its place between nothing and the highest figure.

    `immature` says that members can still change it.
    """

    value: Figure | None
    shade: float = 0.0
    immature: bool = False


@dataclass(frozen=True, kw_only=True)
class CohortRow:
    """One cohort: when it began, how many it has, and its figure at each age."""

    name: str
    size: Figure | None
    cells: tuple[CohortCell, ...]


@dataclass(frozen=True, kw_only=True)
class Cohorts:
    """A heat map: cohorts down, ages across, from young to old."""

    kind: Literal["cohorts"] = "cohorts"
    metric: str
    title: str
    subtitle: str
    member: str
    ages: tuple[str, ...]
    rows: tuple[CohortRow, ...]
    note: str | None = None
    reason: str | None = None
