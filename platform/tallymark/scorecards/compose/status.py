"""Attainment and status: one scale for all KPIs, on which 1 is the target and more is better."""

from decimal import Decimal

from tallymark.scorecards.compose.inputs import Pace, Thresholds
from tallymark.scorecards.document import Status

_ONE = Decimal(1)

EARLIEST = Decimal("0.05")
"""While less than this share of a target is due, a running period isn't judged: one deal more or less would decide."""


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


def is_early(pace: Pace | None) -> bool:
    """Whether too little of the running period's target is due by now to judge it."""
    return pace is not None and pace.share is not None and pace.share < EARLIEST


def due_by_now(target: Decimal, pace: Pace | None) -> Decimal:
    """The part of a target that is due: while the period runs, the share that is usual by now; then all of it."""
    return target if pace is None or pace.share is None else target * pace.share


def running_status(
    value: Decimal | None, target: Decimal | None, better: str, thresholds: Thresholds, pace: Pace | None
) -> Status:
    """The status of a period, which while it is running is held against what is due by now and not the whole target.

    Nothing needs a pace once it is decided: a whole target that is reached stays so, and one of a cost that is
    exceeded too. `pace` is None for a period that is over and for metrics that don't add up over time, which are
    held against the target itself.
    """
    whole = status(value, target, better, thresholds)
    if value is None or target is None or pace is None or pace.share is None:
        return whole
    if whole is (Status.ON if better == "higher" else Status.OFF):
        return whole
    if is_early(pace):
        return Status.NONE
    return status(value, due_by_now(target, pace), better, thresholds)


def gap(value: Decimal, target: Decimal) -> Decimal:
    """How far apart they are, as a fraction of the target's size; always positive."""
    return abs(value - target) / abs(target)
