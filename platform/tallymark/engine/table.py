"""Cells as a flat table, for JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tallymark.engine.cell import Cell, Figure

COLUMNS = (
    "metric",
    "part",
    "period_start",
    "period_end",
    "dimension",
    "member",
    "value",
    "numerator",
    "denominator",
    "rows",
    "pending",
    "reason",
)
"""The table's columns; `period_end` is exclusive, `pending` counts what can still change a cohort's value."""


def rows(cells: Iterable[Cell]) -> list[dict[str, str | int | float | Decimal | None]]:
    """One mapping per cell, in `COLUMNS`' order. `reason` says why there is no value, or else what was left out."""
    return [
        {
            "metric": cell.metric,
            "part": cell.part,
            "period_start": cell.period.start.isoformat(),
            "period_end": cell.period.end.isoformat(),
            "dimension": cell.dimension,
            "member": cell.member,
            "value": _plain(cell.value),
            "numerator": _plain(cell.numerator),
            "denominator": _plain(cell.denominator),
            "rows": cell.rows,
            "pending": cell.pending,
            "reason": reason(cell),
        }
        for cell in cells
    ]


def reason(cell: Cell) -> str | None:
    """Why there is no value; otherwise the rows left out, if any."""
    left_out = ", ".join(f"{count} × {why}" for why, count in sorted(cell.left_out.items()) if count)
    told = [cell.reason] if cell.reason else []
    if left_out:
        told.append(f"left out: {left_out}")
    return "; ".join(told) or None


def _plain(figure: Figure | None) -> Figure | None:
    """Without trailing zeros; whole numbers as such."""
    if not isinstance(figure, Decimal):
        return figure
    return int(figure) if figure == figure.to_integral_value() else figure.normalize()
