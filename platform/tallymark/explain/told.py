"""An explanation as plain values: one object for JSON, and a table of rows for CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tallymark.explain.rows import Row
from tallymark.explain.service import Explanation, Stood
from tallymark.explain.words import Line, lines_of
from tallymark.formulas import neutral
from tallymark.plugins.wording import Wording
from tallymark_sdk.calendars import Period
from tallymark_sdk.text import FormulaWords

FIXED = ("source_id", "id", "name", "reason", "day", "from", "until", "value", "split_from",
         "currency", "amount", "rate", "amount_base")  # fmt: skip
"""The table's first columns; `until` is exclusive. Each row's own columns follow, with their dataset's name."""


def as_object(told: Explanation) -> dict[str, Any]:
    """The whole explanation; figures are decimals or whole numbers, exact to fifty digits."""
    wording, key, cell = Wording(told.registry), told.metric.key, told.cell
    return {
        "metric": key,
        "name": wording.name(key),
        "part": cell.part,
        "unit": told.metric.unit,
        "currency": told.currency,
        "period": _days(cell.period),
        "dimension": cell.dimension,
        "member": cell.member,
        "member_name": told.member_name,
        "value": cell.value,
        "reason": cell.reason,
        "rows_used": cell.rows,
        "left_out": _reasons(cell.left_out),
        "pending": cell.pending,
        "formula": formula_of(told, wording),
        "arithmetic": [_line(line) for line in lines_of(told.tree, key, wording)],
        "measures": [_measure(n, each, told, wording) for n, each in enumerate(told.measures, 1)],
        "given": [
            {"function": each.function, "dataset": each.dataset, "columns": each.columns, "rows": each.rows}
            for each in told.given
        ],
        "listed": {
            "measure": told.listed,
            "which": told.question.which,
            "page": told.question.page,
            "pages": told.pages,
            "page_size": told.question.page_size,
            "rows": told.total,
            "columns": told.columns,
        },
        "rows": [_row(row) for row in told.rows],
    }


def formula_of(told: Explanation, wording: Wording) -> str:
    """The cell's own formula in words: that of its part, under its breakdown."""
    words = FormulaWords(wording.translate(told.metric.key), name_of=lambda key: _name(key, wording))
    return words.operand(told.tree.operand)


def header(told: Explanation) -> list[str]:
    """The table's columns."""
    dataset = told.shown.dataset if told.shown else ""
    return [*FIXED, *(f"{dataset}.{name}" for name in told.columns)]


def as_table(told: Explanation, rows: Iterable[Row]) -> Iterator[list[Any]]:
    """One list a row, in `header`'s order; a text that a spreadsheet would run is kept from it."""
    for row in rows:
        first = row.converted[0] if row.converted else None
        fixed = [
            row.source_id,
            row.id,
            row.name,
            row.reason,
            row.day,
            row.first,
            row.beyond,
            row.value,
            row.split_from,
            *((first.currency, first.amount, first.rate, first.base) if first else (None,) * 4),
        ]
        yield [written(value) for value in (*fixed, *(row.columns[name] for name in told.columns))]


def written(value: Any) -> Any:
    """A value as a cell of a table."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str):
        return neutral(value)
    return "" if value is None else value


def _name(key: str, wording: Wording) -> str:
    return wording.name(key) if key in wording.registry.metrics else key


def _line(line: Line) -> dict[str, Any]:
    return {
        "words": line.words,
        "said": line.said,
        "value": line.value,
        "reason": line.reason,
        "period": _days(line.period),
        "of_all_members": line.is_total,
        "measure": line.measure,
    }


def _measure(number: int, each: Stood, told: Explanation, wording: Wording) -> dict[str, Any]:
    words = FormulaWords(wording.translate(told.metric.key), name_of=lambda key: _name(key, wording))
    measure = each.measure
    return {
        "number": number,
        "role": measure.role,
        "words": words.operand(measure.leaf.formula),
        "dataset": each.dataset,
        "kernel": measure.leaf.kernel,
        "period": _days(measure.period),
        "is_of_another_period": bool(measure.moves),
        "of_all_members": bool(told.cell.dimension) and not measure.dimension,
        "value": each.value,
        "reason": each.reason,
        "rows_used": each.rows,
        "left_out": _reasons(each.left_out),
    }


def _reasons(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"reason": reason, "rows": count} for reason, count in sorted(counts.items())]


def _row(row: Row) -> dict[str, Any]:
    return {
        "source_id": row.source_id,
        "id": row.id,
        "name": row.name,
        "reason": row.reason,
        "day": row.day,
        "from": row.first,
        "until": row.beyond,
        "value": row.value,
        "split_from": row.split_from,
        "converted": [
            {
                "column": each.column,
                "currency": each.currency,
                "amount": each.amount,
                "rate": each.rate,
                "amount_base": each.base,
            }
            for each in row.converted
        ],
        "columns": dict(row.columns),
        "others": list(row.others),
    }


def _days(period: Period) -> dict[str, Any]:
    return {"label": period.label, "start": period.start, "end": period.end}
