"""Costs as measures, for the families that set something against them."""

from __future__ import annotations

from tallymark_metrics.views import COST_SHARES
from tallymark_sdk import PerPeriod, _

SPREAD_INPUTS = ("costs.period_end", "costs.period_start", "costs.spent_on")
"""What spreading a cost over its days reads, beside its amount."""

_UNDATED = {"no date": _.start_on.isnull()}

MARKETING = PerPeriod(
    COST_SHARES, value=_.amount_base.sum(), where=_.function == "marketing", leave_out=_UNDATED
)
SALES_AND_MARKETING = PerPeriod(
    COST_SHARES, value=_.amount_base.sum(), where=_.function.isin(["sales", "marketing"]), leave_out=_UNDATED
)
ENABLEMENT = PerPeriod(
    COST_SHARES,
    value=_.amount_base.sum(),
    where=_.kind.isin(["enablement", "training"]) | (_.purpose == "enablement"),
    leave_out=_UNDATED,
)
RETENTION = PerPeriod(
    COST_SHARES, value=_.amount_base.sum(), where=_.purpose == "retention", leave_out=_UNDATED
)
ACQUISITION = PerPeriod(
    COST_SHARES, value=_.amount_base.sum(), where=_.purpose == "acquisition", leave_out=_UNDATED
)

ENABLEMENT_INPUTS = (
    "costs.amount_base",
    "costs.kind",
    "costs.period_end",
    "costs.period_start",
    "costs.purpose",
    "costs.spent_on",
)
