"""One scorecard as data: what the page, the wall, the e-mail and the PDF all draw.

A document holds everything that is shown, in one language; whoever draws it computes nothing. Its sections stand in the
order in which they are shown.
"""

from tallymark.scorecards.document.basics import Delta, Direction, Figure, Mood, Status
from tallymark.scorecards.document.charted import (
    BarRow,
    Bars,
    BridgeSection,
    BridgeStep,
    CohortCell,
    CohortRow,
    Cohorts,
    Funnel,
    FunnelStep,
    Trend,
    TrendPoint,
)
from tallymark.scorecards.document.listed import Breakdown, BreakdownRow, Ranking, RankRow
from tallymark.scorecards.document.said import (
    Action,
    Actions,
    Appendix,
    LeftOut,
    Notes,
    Passport,
    Remarks,
    Restatement,
    RestatementCause,
    Restatements,
)
from tallymark.scorecards.document.tiles import Band, Gauge, Line, Score, ScorePart, Tile, TileGroup, Tiles
from tallymark.scorecards.document.whole import (
    SCHEMA,
    Brand,
    Cover,
    Document,
    Finding,
    Section,
    Summary,
    Tally,
)

__all__ = [
    "SCHEMA",
    "Action",
    "Actions",
    "Appendix",
    "Band",
    "BarRow",
    "Bars",
    "Brand",
    "Breakdown",
    "BreakdownRow",
    "BridgeSection",
    "BridgeStep",
    "CohortCell",
    "CohortRow",
    "Cohorts",
    "Cover",
    "Delta",
    "Direction",
    "Document",
    "Figure",
    "Finding",
    "Funnel",
    "FunnelStep",
    "Gauge",
    "LeftOut",
    "Line",
    "Mood",
    "Notes",
    "Passport",
    "RankRow",
    "Ranking",
    "Remarks",
    "Restatement",
    "RestatementCause",
    "Restatements",
    "Score",
    "ScorePart",
    "Section",
    "Status",
    "Summary",
    "Tally",
    "Tile",
    "TileGroup",
    "Tiles",
    "Trend",
    "TrendPoint",
]
