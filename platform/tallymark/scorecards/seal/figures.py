"""Every figure of an edition with its exact value and its address, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tallymark.engine import Cell, TenantData
from tallymark.plugins.registry import Registry
from tallymark.scorecards.computing import cells_of
from tallymark.scorecards.gather import Basis
from tallymark.scorecards.goals import targets_of, tenant_targets
from tallymark.scorecards.scope import Scope
from tallymark_sdk.arithmetic import EXACT

TARGET = "target"
"""The part under which a figure's target is filed."""


@dataclass(frozen=True, kw_only=True, order=True)
class Address:
    """Which figure: `part` as in the engine's cells, or "target"; ISO days, the end exclusive."""

    metric: str
    part: str
    start: str
    end: str
    dimension: str = ""
    member: str = ""

    @classmethod
    def of(cls, cell: Cell) -> Address:
        """A cell's."""
        return cls(
            metric=cell.metric,
            part=cell.part,
            start=cell.period.start.isoformat(),
            end=cell.period.end.isoformat(),
            dimension=cell.dimension,
            member=cell.member,
        )


Figures = Mapping[Address, str | None]
"""Address → the exact value as a decimal's text; None for no value."""


def figures_of(basis: Basis, known: Registry, data: TenantData) -> dict[Address, str | None]:
    """The totals of every period shown, the members' figures of the reported one and the one before, and their targets."""
    keys = [kpi.metric for kpi in basis.kpis if kpi.metric in known.metrics]
    goals = tenant_targets(basis, data, known)
    cells = [cell for cell in cells_of(basis, known, keys, data, goals) if _kept(cell, basis)]
    found = {Address.of(cell): exact(cell) for cell in cells}
    for target in targets_of(goals, cells):
        period = next(each for each in basis.timeline.needed if each.start == target.period_start)
        address = Address(
            metric=target.metric,
            part=TARGET,
            start=period.start.isoformat(),
            end=period.end.isoformat(),
            dimension=target.dimension,
            member=target.member,
        )
        found[address] = f"{target.value:f}"
    return found


def _kept(cell: Cell, basis: Basis) -> bool:
    if (cell.dimension, cell.member) in (("", ""), (basis.scope.dimension, basis.scope.member)):
        return True
    return cell.period in (basis.timeline.current, basis.timeline.previous)


def exact(cell: Cell) -> str | None:
    """A cell's value with every digit, written in one way: 5, 5.0 and 5.0000 are one value."""
    return None if cell.value is None else digits(Decimal(cell.value))


def digits(value: Decimal) -> str:
    """A decimal's text without trailing zeros or an exponent."""
    return f"{value.to_integral_value() if value == value.to_integral_value() else value.normalize(EXACT):f}"


def written(figures: Figures) -> dict[str, Any]:
    """The figures as nested objects: metric → part → dimension → member → "start/end" → value."""
    found: dict[str, Any] = {}
    for address, value in figures.items():
        place = found
        for step in (address.metric, address.part, address.dimension, address.member):
            place = place.setdefault(step, {})
        place[f"{address.start}/{address.end}"] = value
    return found


def read(data: Mapping[str, Any]) -> dict[Address, str | None]:
    """The figures that `written` wrote."""
    return dict(_read(data))


def _read(data: Mapping[str, Any]) -> Iterator[tuple[Address, str | None]]:
    for metric, parts in data.items():
        for part, dimensions in parts.items():
            for dimension, members in dimensions.items():
                for member, periods in members.items():
                    for days, value in periods.items():
                        start, _, end = days.partition("/")
                        yield (
                            Address(
                                metric=metric, part=part, start=start, end=end, dimension=dimension, member=member
                            ),
                            value,
                        )  # fmt: skip


def total_of(figures: Figures, metric: str, start: date, end: date, scope: Scope) -> str | None:
    """The sealed value of a metric for a period, of the scope's rows.

    Raises:
        KeyError: it isn't among the figures.
    """
    return figures[
        Address(
            metric=metric,
            part="value",
            start=start.isoformat(),
            end=end.isoformat(),
            dimension=scope.dimension,
            member=scope.member,
        )
    ]


def metrics_of(addresses: Iterable[Address]) -> set[str]:
    """The metrics that figures are of."""
    return {address.metric for address in addresses}
