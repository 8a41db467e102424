"""Which opportunities are open on a day.

One that is won, lost or cancelled now was open up to, but not on, the day it was closed. One that is closed without
a day could have been open or not, so it is left out.
"""

from __future__ import annotations

from typing import Any, Literal

from tallymark_sdk import Stock, View, _

CLOSED_WITHOUT_A_DATE = {"closed without a date": (_.status != "open") & _.closed_on.isnull()}


def open_opportunities(
    value: Any, at: Literal["start", "end"] = "end", rows: str | View = "opportunities"
) -> Stock:
    """The opportunities open at the period's start or end, reduced."""
    return Stock(
        rows,
        start="created_on",
        end="closed_on",
        at=at,
        value=value,
        leave_out=CLOSED_WITHOUT_A_DATE,
    )
