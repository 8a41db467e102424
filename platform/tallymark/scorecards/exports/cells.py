"""Computed cells as a table for people or programs: any metric by any breakdown over any periods."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tallymark.engine import table
from tallymark.engine.cell import Cell
from tallymark.formulas import neutral
from tallymark.i18n import catalogue
from tallymark.i18n.isolation import bare
from tallymark.plugins.wording import Wording
from tallymark.scorecards.exports.files import Form
from tallymark.scorecards.exports.xlsx import Cell as SheetCell
from tallymark.scorecards.exports.xlsx import Number, Sheet, number, workbook_bytes

Members = Mapping[str, Mapping[str, str]]
"""Dimension → member → what people call it."""

_FIGURES = ("value", "numerator", "denominator")
_NAMED = ("name", "unit", "member_name")


def records(cells: Sequence[Cell], wording: Wording, members: Members) -> Iterator[dict[str, Any]]:
    """One mapping a cell: the engine's columns, then what metric and member are called, and the unit."""
    for cell, row in zip(cells, table.rows(cells), strict=True):
        metric = wording.registry[cell.metric]
        yield {
            **row,
            "reason": None if row["reason"] is None else bare(str(row["reason"])),
            "name": bare(wording.name(cell.metric)),
            "unit": metric.unit if cell.part == "value" else metric.parts[cell.part].unit,
            "member_name": members.get(cell.dimension, {}).get(cell.member, ""),
        }


def cells_json(cells: Sequence[Cell], wording: Wording, members: Members) -> list[dict[str, Any]]:
    """As plain values, every decimal as text so that nothing is rounded."""
    return [
        {name: _text(value) if name in _FIGURES else value for name, value in record.items()}
        for record in records(cells, wording, members)
    ]


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def cells_file(
    cells: Sequence[Cell], form: Form, *, wording: Wording, members: Members, made: datetime
) -> bytes:
    """The cells as a file; `made` is written into a workbook as its time."""
    if form == "json":
        return json.dumps(cells_json(cells, wording, members), ensure_ascii=False, indent=1).encode()
    if form == "csv":
        return _csv(list(records(cells, wording, members)))
    return _workbook(list(records(cells, wording, members)), wording.locale, made)


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    import csv
    from io import StringIO

    out = StringIO()
    writer = csv.DictWriter(out, (*table.COLUMNS, *_NAMED), lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return neutral(bare(value)) if isinstance(value, str) else value


def _workbook(rows: Sequence[Mapping[str, Any]], locale: str, made: datetime) -> bytes:
    texts = catalogue(locale)
    _ = texts.gettext
    header = (_("Metric"), _("Name"), _("Part"), _("From"), _("Until (exclusive)"), _("Breakdown"), _("Member"),
              _("Member's name"), _("Value"), _("Unit"), _("Numerator"), _("Denominator"), _("Rows"), _("Pending"),
              _("Reason"))  # fmt: skip
    sheet = Sheet(
        title=_("Breakdown"),
        header=header,
        widths=(28, 30, 10, 12, 12, 14, 24, 28, 18, 10, 18, 18, 10, 10, 40),
        rows=[_line(row) for row in rows],
    )
    return workbook_bytes([sheet], title=_("Breakdown"), created=made, rtl=texts.direction == "rtl")


def _line(row: Mapping[str, Any]) -> tuple[SheetCell, ...]:
    unit = str(row["unit"])
    return (
        row["metric"], row["name"], row["part"], row["period_start"], row["period_end"], row["dimension"],
        row["member"], row["member_name"], _figure(row["value"], unit), unit, _figure(row["numerator"], ""),
        _figure(row["denominator"], ""), Number(value=Decimal(row["rows"] or 0), format="#,##0"),
        Number(value=Decimal(row["pending"] or 0), format="#,##0") if row["pending"] else None, row["reason"],
    )  # fmt: skip


def _figure(value: Any, unit: str) -> SheetCell:
    return None if value is None else number(f"{value:f}" if isinstance(value, Decimal) else str(value), unit)
