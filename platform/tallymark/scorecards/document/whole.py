"""One scorecard as data: what the page, the wall, the e-mail and the PDF all draw."""

from dataclasses import dataclass, field

from tallymark.scorecards.document.basics import Figure, Status
from tallymark.scorecards.document.charted import Bars, BridgeSection, Cohorts, Funnel, Trend
from tallymark.scorecards.document.listed import Breakdown, Ranking
from tallymark.scorecards.document.said import Actions, Appendix, Notes, Remarks, Restatements
from tallymark.scorecards.document.tiles import Score, Tiles

SCHEMA = 2


Section = (
    Tiles
    | Score
    | Trend
    | Funnel
    | Bars
    | BridgeSection
    | Ranking
    | Breakdown
    | Cohorts
    | Actions
    | Remarks
    | Restatements
    | Notes
    | Appendix
)


@dataclass(frozen=True, kw_only=True)
class Brand:
    """The tenant's look as the edition was made: colours "#rrggbb" that carry white text, and the agency's line."""

    primary: str
    deep: str
    agency_line: str = ""


@dataclass(frozen=True, kw_only=True)
class Cover:
    """The band on top. `logo` names an asset given to the renderer, else `monogram` is drawn; `scope` says whose rows."""

    company: str
    monogram: str
    title: str
    period: str
    span: str
    as_of: str
    prepared_by: str | None
    label: str | None = None
    logo: str | None = None
    scope: str | None = None


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
    """The scorecard in one sentence, a few findings and a count; what is switched off is empty."""

    headline: Finding | None
    findings: tuple[Finding, ...]
    tally: tuple[Tally, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole scorecard in one language. `created` is an ISO 8601 instant, `period_start` and `period_end` ISO dates.

    `money_display` is the tenant's way to write amounts, empty for the currency's own. `paper` (a4, letter) and
    `orientation` (portrait, landscape) are what the PDF is laid out for.
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
    paper: str = "a4"
    orientation: str = "portrait"
    brand: Brand | None = None
