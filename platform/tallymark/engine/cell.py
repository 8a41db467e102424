"""What the engine answers with: one cell per metric, part, period and member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.calendars import Period

__all__ = ["Cell", "Figure"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One number, or the reason there is none.

    Attributes:
        dimension, member: "" for the total; "unassigned" for rows without a member.
        value: in the metric's unit: money in the tenant's currency, a ratio as a fraction, days.
        numerator, denominator: the two sums of a ratio; None for other kinds.
        rows: rows that made the number (of a ratio, those of its wider side).
        left_out: reason → rows that were meant but couldn't be used.
        reason: why there is no value; None where there is one.
        pending: members of a cohort that can still change the value; a cell with any is immature.
    """

    metric: str
    part: str
    period: Period
    dimension: str = ""
    member: str = ""
    value: Figure | None
    numerator: Figure | None = None
    denominator: Figure | None = None
    rows: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    pending: int = 0
