"""How a wall was set up, as a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from tallymark_tenants.models import Wall

SECONDS = 20
"""How long a screen stays unless the set-up says otherwise."""
FEWEST_SECONDS, MOST_SECONDS = 5, 600


class People(StrEnum):
    """What a wall may show of people. Chosen at set-up; there is no usual one."""

    NAMES = "names"
    NUMBERS = "numbers"
    HIDDEN = "hidden"


class Celebrate(StrEnum):
    """What is said when a deal was won."""

    OFF = "off"
    PLAIN = "plain"
    AMOUNT = "amount"
    DEAL = "deal"


class ScreenKind(StrEnum):
    """The parts of a scorecard that fit a screen, in the order in which they are offered."""

    TILES = "tiles"
    SUMMARY = "summary"
    SCORE = "score"
    TREND = "trend"
    FUNNEL = "funnel"
    BARS = "bars"
    BRIDGE = "bridge"
    RANKING = "ranking"
    BREAKDOWN = "breakdown"
    COHORTS = "cohorts"


@dataclass(frozen=True, kw_only=True)
class Screen:
    """One kind of screen and how many seconds each of them stays."""

    kind: ScreenKind
    seconds: int = SECONDS


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a wall shows. `stale_hours` is the age from which data is marked."""

    name: str
    locale: str
    screens: tuple[Screen, ...]
    people: People
    celebrate: Celebrate
    stale_hours: int

    @classmethod
    def of(cls, wall: Wall) -> Self:
        """The plan of a stored wall."""
        return cls(
            name=wall.name,
            locale=wall.locale,
            screens=tuple(_read(wall.screens)),
            people=People(wall.people),
            celebrate=Celebrate(wall.celebrate),
            stale_hours=wall.stale_hours,
        )

    @property
    def names_people(self) -> bool:
        """Whether anybody may be named."""
        return self.people is People.NAMES


def stored(screens: Iterable[Screen]) -> list[dict[str, Any]]:
    """Screens as the database keeps them."""
    return [{"screen": str(screen.kind), "seconds": screen.seconds} for screen in screens]


def _read(raw: Iterable[Mapping[str, Any]]) -> Iterable[Screen]:
    known = set(ScreenKind)
    for entry in raw:
        if entry.get("screen") in known:  # a kind of a newer version is passed by
            yield Screen(kind=ScreenKind(entry["screen"]), seconds=int(entry.get("seconds", SECONDS)))
