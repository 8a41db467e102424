"""What a cell is explained from, and which cell."""

from __future__ import annotations

from dataclasses import dataclass

from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute
from tallymark.engine.expand import TOTAL
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk.attribution import AS_IS, Attribution
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.targets import TargetSource


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Everything that figures are computed from; as for `tallymark.engine.compute`."""

    registry: Registry
    data: TenantData
    comparison: Comparison
    attribution: Attribution = AS_IS
    targets: TargetSource | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A cell of one metric; `dimension` and `member` are "" for the total."""

    metric: Metric
    period: Period
    part: str = "value"
    dimension: str = TOTAL
    member: str = ""


def cell_at(basis: Basis, place: Place) -> Cell | None:
    """The cell as every page shows it; None where nothing of the member is in the data."""
    cells = compute(
        basis.registry,
        [place.metric.key],
        [place.period],
        (place.dimension,) if place.dimension else (),
        data=basis.data,
        calendar=basis.comparison.calendar,
        targets=basis.targets,
        as_of=basis.comparison.as_of,
        comparison=basis.comparison,
        attribution=basis.attribution,
    )
    wanted = (place.part, place.dimension, place.member)
    return next((cell for cell in cells if (cell.part, cell.dimension, cell.member) == wanted), None)
