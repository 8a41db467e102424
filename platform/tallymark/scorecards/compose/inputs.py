"""What a scorecard is composed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tallymark.bridge.terms import Bridge
from tallymark.engine.cell import Cell
from tallymark.scorecards.document import Brand, Restatements
from tallymark_sdk.calendars import Calendar, Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.said import Said


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """A metric in the reader's language: `formula` in words, `pack` with its version (`tallymark-metrics 0.1.0`).

    `unit` is money, ratio, count, rate, days, hours, score or index; `better` is higher, lower or neutral.
    """

    key: str
    name: str
    unit: str
    better: str
    formula: str
    inputs: tuple[str, ...]
    pack: str
    version: int = 1
    additive: bool = False
    parameters: tuple[str, ...] = ()
    """Its parameters with their values, in words."""
    reads: tuple[str, ...] = ()
    """Its inputs in words, a dataset each: "opportunities: amount, closed on"."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Attainments (1 is the target) from which a KPI is on target, and from which it is merely at risk."""

    on: Decimal = Decimal(1)
    risk: Decimal = Decimal("0.9")


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A metric in the tenant's KPI set. `weight` says how much it counts when the headline is chosen."""

    metric: str
    section: str
    position: int = 0
    weight: Decimal = Decimal(1)
    thresholds: Thresholds = Thresholds()


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a metric should reach in the period that starts on `period_start`, in the metric's unit."""

    metric: str
    period_start: date
    value: Decimal
    dimension: str = ""
    member: str = ""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a metric stands on the way to the target of the running period.

    `pace` is the value by what was due by now: 1 is on the way to exactly the target. `needed` is what each working
    day that is left must bring, in the metric's unit; None where the target is reached or no day is left. `share` is
    the part of the target that is due by now, on working day `day` of `days`: the median of as many earlier periods
    as `learned` says, or by working days alone where that is 0.
    """

    metric: str
    pace: Decimal | None
    needed: Decimal | None
    share: Decimal | None = None
    day: int = 0
    days: int = 0
    learned: int = 0


@dataclass(frozen=True, kw_only=True)
class Source:
    """One dataset as it was computed from: when it was loaded (an instant with a zone), its rows, where from.

    `rejected` counts the rows that its last load refused; None where the load isn't known any more.
    """

    dataset: str
    loaded_at: datetime
    rows: int
    origin: str = ""
    rejected: int | None = None


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands on the cover. `label` is a mark such as Confidential, `logo` the name of a picture asset.

    `scope` says whose rows are shown, where not everybody's; `brand` is the company's look.
    """

    company: str
    title: str
    prepared_by: str | None = None
    label: str | None = None
    logo: str | None = None
    scope: str | None = None
    brand: Brand | None = None


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The periods of a scorecard, oldest first, the reported one last, each with the same one a year before.

    While the reported period is running, `to_date` is as much of the one before as it is compared with.
    """

    periods: tuple[Period, ...]
    year_before: tuple[Period, ...]
    to_date: Period | None = None

    @classmethod
    def ending(
        cls, period: Period, calendar: Calendar, length: int = 12, *, comparison: Comparison | None = None
    ) -> Timeline:
        """`length` periods that end with `period`, in its calendar, compared by plain steps unless it's said how."""
        compared = comparison or Comparison(calendar=calendar)
        periods = calendar.range(calendar.step(period, 1 - length), length)
        before = compared.previous(period)
        return cls(
            periods=periods,
            year_before=tuple(compared.year_before(each) for each in periods),
            to_date=None if before.is_whole else before,
        )

    @property
    def current(self) -> Period:
        """The reported period."""
        return self.periods[-1]

    @property
    def previous(self) -> Period | None:
        """The one before it, or as much of it as the reported one is compared with."""
        if self.to_date is not None:
            return self.to_date
        return self.periods[-2] if len(self.periods) > 1 else None

    @property
    def needed(self) -> tuple[Period, ...]:
        """Every period that values are needed for, in order and once each."""
        compared = () if self.to_date is None else (self.to_date,)
        return tuple(sorted({*self.periods, *self.year_before, *compared}))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A step of a pipeline; `position` orders the steps, `kind` is open, won or lost."""

    id: str
    name: str
    pipeline: str
    position: int
    kind: str = "open"


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An agreed action: who does what until when, and when it was done."""

    text: str
    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None


Ages = Mapping[int, Sequence[Cell]]
"""Days since the cohort began → the metric's totals with that horizon, one a period."""


@dataclass(frozen=True, kw_only=True)
class Further:
    """What sections beyond tiles and tables stand on.

    Attributes:
        stages: of all pipelines.
        cohorts: metric → its totals by age.
        bridges: metric → what moved it since the period before, or the sentence that says why that isn't known.
        actions: what was agreed on the scorecard.
        remarks: what was written about the period, paragraphs parted by empty lines.
        restatements: what changed in figures that were sent already.
        charts: key → chart that a metric pack declares.
    """

    stages: tuple[Stage, ...] = ()
    cohorts: Mapping[str, Ages] = field(default_factory=dict)
    bridges: Mapping[str, Bridge | Said] = field(default_factory=dict)
    actions: tuple[Agreed, ...] = ()
    remarks: str = ""
    restatements: Restatements | None = None
    charts: Mapping[str, PackChart] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PackChart:
    """A metric pack's chart: `kind` is trend, bars, ranking, table or funnel; `by` the breakdown whose members it shows."""

    key: str
    name: str
    kind: str
    metrics: tuple[str, ...]
    by: str = ""


Members = Mapping[str, Mapping[str, str]]
"""Names of members by dimension and id; an id without a name is shown as it is."""
