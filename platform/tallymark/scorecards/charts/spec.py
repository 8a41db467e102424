"""What a chart shows, without a word about how it is drawn.

Parts are from 0 to 1 of the drawing's width, values in their own unit; `caption` is the alternative text. A drawing
whose number stands in words beside it has none and is decorative.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A horizontal bar: `part` and `tick` from 0 to 1 of its track; `tone` is a status or `brand`.

    In a ranking the tick is the member's own target, in a bullet bar the KPI's.
    """

    part: float
    tick: float | None = None
    tone: str = "brand"
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """Values over time, oldest first, with gaps as None, and a level to reach; `large` fills a dialog's width."""

    points: tuple[float | None, ...]
    target: float | None = None
    large: bool = False
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """Values per period with the target of each and last year's, on a scale from `low` to `high`.

    `wide` draws it for a page that lies on its side.
    """

    values: tuple[float | None, ...]
    targets: tuple[float | None, ...]
    year_before: tuple[float | None, ...]
    missed: tuple[bool, ...]
    low: float
    high: float
    lines: int
    wide: bool = False
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class FunnelBar:
    """A step of a funnel: `part` are those who got here, `lost` those who left since the step before, hatched.

    `depth` (0 to 1) is how far down the funnel the step is: deeper ones are paler.
    """

    part: float
    lost: float = 0.0
    depth: float = 0.0
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
    """How one value became another, as columns. The first and last step begin at 0: they are the values themselves.

    Where the changes are small beside the values, the two ends are drawn with a broken foot.
    """

    steps: tuple[Step, ...]
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class WaterfallRow:
    """One step of a waterfall that goes down the page, a row each."""

    chart: Waterfall
    index: int


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """A cell of a heat map: its text, its shade from 0 to 1, and whether it can still change."""

    text: str
    shade: float = 0.0
    open: bool = False


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """A row of a heat map: its name, how many it stands for, and its cells; None where there is nothing to show."""

    name: str
    size: str
    cells: tuple[HeatCell | None, ...]


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """Cohorts down, ages across, as a table of shaded cells. Ages run as time does: from left to right.

    `open_text` says of a hatched cell what the hatching means.
    """

    member: str
    size: str
    ages: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    open_text: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table; `kind` is text, number, graph, state or rank. The head of `unseen` ones is for ears only."""

    head: str
    kind: Literal["text", "number", "graph", "state", "rank"] = "text"
    unseen: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table; `kind` says whether it is a total, or the head of the group of rows that follow.

    The cell in the table's `named` column is the row's head.
    """

    cells: tuple[str | Markup, ...]
    kind: Literal["row", "total", "group"] = "row"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Figures in rows. `named` is the place of the column that names the rows."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    named: int = 0
    css: str = ""
    caption: str = ""


Spec: TypeAlias = Bar | Sparkline | TrendChart | FunnelBar | Waterfall | WaterfallRow | HeatMap | Table
