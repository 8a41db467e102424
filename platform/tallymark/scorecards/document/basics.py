"""What every part of a scorecard is made of: statuses, figures, changes.

Every number is kept twice: `exact` (a decimal as text, for the attachment and for recomputing) and `text` (as the
reader's language writes it). Nothing here is computed again when it is drawn.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a KPI stands against its target."""

    ON = "on"
    RISK = "risk"
    OFF = "off"
    NONE = "none"


class Mood(StrEnum):
    """Whether a change is welcome. Its direction is another matter: a shorter cycle is down and good."""

    GOOD = "good"
    BAD = "bad"
    NEUTRAL = "neutral"


class Direction(StrEnum):
    """Which way a value moved."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number: `exact` as a decimal string, `text` for people, `unit` as in the metric. `full` has every digit."""

    exact: str
    text: str
    full: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A change since another period; a ratio's change is in percentage points, others' in percent."""

    exact: str
    text: str
    against: str
    direction: Direction
    mood: Mood
