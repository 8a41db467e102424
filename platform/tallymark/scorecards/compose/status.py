"""Attainment and status: one scale for all KPIs, on which 1 is the target and more is better."""

from decimal import Decimal

from tallymark.scorecards.compose.inputs import Thresholds
from tallymark.scorecards.document import Status

_ONE = Decimal(1)


def attainment(value: Decimal, target: Decimal, better: str) -> Decimal | None:
    """How far `value` got on the way to `target`: 1 is reached, 1.05 is five percent better than it.

    Where higher is better and the target is positive this is value ÷ target. Where lower is better it is mirrored:
    ten percent over the target counts as 0.9. The distance is measured in the target's own size, so negative targets
    work. None where the target is 0 (no size to measure in) or the metric has no good side.
    """
    if better not in ("higher", "lower") or not target:
        return None
    distance = (value - target) / abs(target)
    return _ONE + distance if better == "higher" else _ONE - distance


def status(value: Decimal | None, target: Decimal | None, better: str, thresholds: Thresholds) -> Status:
    """On target, at risk, off target, or none where value, target or a good side is missing.

    A target of 0 is reached or missed; there is nothing in between.
    """
    if value is None or target is None or better not in ("higher", "lower"):
        return Status.NONE
    reached = attainment(value, target, better)
    if reached is None:
        return Status.ON if (value >= 0 if better == "higher" else value <= 0) else Status.OFF
    if reached >= thresholds.on:
        return Status.ON
    return Status.RISK if reached >= thresholds.risk else Status.OFF


def gap(value: Decimal, target: Decimal) -> Decimal:
    """How far apart they are, as a fraction of the target's size; always positive."""
    return abs(value - target) / abs(target)
