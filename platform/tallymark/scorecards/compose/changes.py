"""Changes against an earlier period."""

from decimal import Decimal

from tallymark.i18n import Formatter
from tallymark.scorecards.compose.book import plain
from tallymark.scorecards.compose.inputs import MetricFacts
from tallymark.scorecards.document import Delta, Direction, Mood

_VISIBLE = Decimal("0.0005")
"""Half of the last digit shown: a smaller change is written as 0.0 and has no direction."""


def change_of(now: Decimal, before: Decimal, unit: str) -> Decimal | None:
    """The change as a fraction: for ratios the plain difference, else in parts of the earlier value.

    None where the earlier value is 0, because nothing can be said in percent of nothing.
    """
    if unit == "ratio":
        return now - before
    return (now - before) / abs(before) if before else None


def direction_of(change: Decimal) -> Direction:
    """Where a change goes, seen with one decimal."""
    if abs(change) < _VISIBLE:
        return Direction.FLAT
    return Direction.UP if change > 0 else Direction.DOWN


def mood_of(direction: Direction, better: str) -> Mood:
    """Whether that is welcome."""
    if direction is Direction.FLAT or better not in ("higher", "lower"):
        return Mood.NEUTRAL
    return Mood.GOOD if (direction is Direction.UP) == (better == "higher") else Mood.BAD


def delta(
    now: Decimal | None, before: Decimal | None, metric: MetricFacts, against: str, formatter: Formatter
) -> Delta | None:
    """The change for people, or None where it can't be said."""
    if now is None or before is None:
        return None
    change = change_of(now, before, metric.unit)
    if change is None:
        return None
    direction = direction_of(change)
    return Delta(
        exact=plain(change),
        text=formatter.signed(change, points=metric.unit == "ratio"),
        against=against,
        direction=direction,
        mood=mood_of(direction, metric.better),
    )
