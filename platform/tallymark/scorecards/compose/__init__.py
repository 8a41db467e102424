"""Composes a scorecard: from values, targets and metric texts to one document.

The rules, in the order in which they are applied:

1. A number that could not be computed stays without a value and says why; nothing is guessed or set to zero.
2. A KPI's status follows its attainment (`status.py`): on target from 100 %, at risk from 90 %, else off; both
   thresholds can be set per KPI. Where lower is better the scale is mirrored. Without a target there is no status.
3. A change of a ratio is said in percentage points, any other in percent of the earlier value (`changes.py`). Its
   colour says whether it is welcome, its arrow where it went.
4. The headline names the KPI that counts most: weight × distance from target, the best beat with the worst miss
   (`findings.py`). The findings say what the numbers say, each with the metrics it stands on.
5. A share of the total is shown only for additive metrics, and only of a total that was computed, never summed here.
"""

from tallymark.scorecards.compose.composer import compose
from tallymark.scorecards.compose.inputs import (
    Agreed,
    Further,
    Heading,
    Kpi,
    MetricFacts,
    Pace,
    PackChart,
    Source,
    Stage,
    Target,
    Thresholds,
    Timeline,
)

__all__ = [
    "Agreed",
    "Further",
    "Heading",
    "Kpi",
    "MetricFacts",
    "Pace",
    "PackChart",
    "Source",
    "Stage",
    "Target",
    "Thresholds",
    "Timeline",
    "compose",
]
