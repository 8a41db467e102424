"""What a chart shows, without a word about how it is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A horizontal bar: `part` and `tick` from 0 to 1 of its track; `tone` is a status or `brand`."""

    part: float
    tick: float | None = None
    tone: str = "brand"
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """Values over time, oldest first, with gaps as None, and a level to reach."""

    points: tuple[float | None, ...]
    target: float | None = None
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """Values per period with the target of each and last year's, on a scale from `low` to `high`."""

    values: tuple[float | None, ...]
    targets: tuple[float | None, ...]
    year_before: tuple[float | None, ...]
    missed: tuple[bool, ...]
    low: float
    high: float
    lines: int
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a waterfall from one level to another; `tone` is `good`, `bad`, `neutral` or `brand`."""

    before: float
    after: float
    tone: str = "brand"
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """How one value became another. The first and last step begin at 0: they are the values themselves."""

    steps: tuple[Step, ...]
