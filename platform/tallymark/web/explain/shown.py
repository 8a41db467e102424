"""An explanation in a reader's words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tallymark.explain.rows import Row
from tallymark.explain.service import Explanation, Stood
from tallymark.explain.words import Line, lines_of
from tallymark.plugins.wording import Wording
from tallymark.web.localisation import formatter
from tallymark.web.localisation import gettext as _
from tallymark.web.navigation import dataset_title
from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.text import FormulaWords


@dataclass(frozen=True, kw_only=True)
class ShownMeasure:
    """A measure: what it is, its figure, its rows."""

    number: int
    words: str
    role: str
    figure: str
    rows: str
    left_out: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An explanation as the page shows it.

    Attributes:
        steps: the arithmetic: what, how, result.
        given: what functions in Python were given: dataset, rows.
        heads, rows: the columns of the list, of which all rows are empty left out, and its cells.
    """

    value: str
    reason: str
    formula: str
    steps: Sequence[tuple[str, str, str]]
    measures: Sequence[ShownMeasure]
    given: Sequence[tuple[str, str]]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def shown(told: Explanation) -> Shown:
    """The explanation in the running request's language."""
    wording, key, cell = Wording(told.registry, formatter().locale), told.metric.key, told.cell
    lines = lines_of(told.tree, key, wording, _figure)
    heads, rows = _table(told, wording)
    return Shown(
        value="" if cell.value is None else _value(cell.value, told),
        reason="" if cell.reason is None else wording.reason(key, cell.reason),
        formula=_words(told, wording).operand(told.tree.operand),
        steps=[(_what(line), line.said, _result(line, told, wording)) for line in lines if not line.measure],
        measures=[_measure(n, each, told, wording) for n, each in enumerate(told.measures, 1)],
        given=[(dataset_title(each.dataset), _count(each.rows)) for each in told.given],
        heads=heads,
        rows=rows,
    )


def _value(value: Figure, told: Explanation) -> str:
    unit = told.metric.unit if told.cell.part == "value" else ""
    return formatter().value(value, unit, compact=False) if unit else _figure(value)


def _words(told: Explanation, wording: Wording) -> FormulaWords:
    return FormulaWords(wording.translate(told.metric.key), name_of=wording.name)


def _what(line: Line) -> str:
    said = _("%(what)s, of all members", what=line.words) if line.is_total else line.words
    return f"{said} · {formatter().period(line.period)}"


def _result(line: Line, told: Explanation, wording: Wording) -> str:
    if line.value is None:
        return wording.reason(told.metric.key, line.reason) if line.reason else ""
    return _figure(line.value)


def _measure(number: int, each: Stood, told: Explanation, wording: Wording) -> ShownMeasure:
    measure, key = each.measure, told.metric.key
    words = _words(told, wording).operand(measure.leaf.formula)
    if told.cell.dimension and not measure.dimension:
        words = _("%(what)s, of all members", what=words)
    roles = {"numerator": _("Above the line"), "denominator": _("Below the line")}
    moved = formatter().period(measure.period) if measure.moves else ""
    reason = wording.reason(key, each.reason) if each.reason else ""
    return ShownMeasure(
        number=number,
        words=words,
        role=" · ".join(part for part in (roles.get(measure.role, ""), moved) if part),
        figure=reason if each.value is None else _figure(each.value),
        rows=formatter().number(each.rows),
        left_out=[
            (wording.reason(key, why), formatter().number(count))
            for why, count in sorted(each.left_out.items())
        ],
    )


def _table(told: Explanation, wording: Wording) -> tuple[list[str], list[list[str]]]:
    fixed = [_("Row"), _("Name"), _("Left out because"), _("Day"), _("From"), _("Until"), _("Counts as"),
             _("Part of"), _("Own amount"), _("Exchange rate")]  # fmt: skip
    heads = [*fixed, *(_head(name, told, wording) for name in told.columns)]
    rows = [[*_fixed(row, told, wording), *_own(row.columns, told)] for row in told.rows]
    kept = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    return [heads[place] for place in kept], [[row[place] for place in kept] for row in rows]


def _head(column: str, told: Explanation, wording: Wording) -> str:
    """A column's name; that of an amount in the company's currency names it, as there is one in the row's own."""
    word = wording.word(told.metric.key, column)
    return f"{word} ({told.currency})" if column.endswith("_base") else word


def _fixed(row: Row, told: Explanation, wording: Wording) -> list[str]:
    first = row.converted[0] if row.converted else None
    return [
        formatter().name(row.id),
        formatter().name(row.name) if row.name else "",
        wording.reason(told.metric.key, row.reason) if row.reason else "",
        _cell(row.day),
        _cell(row.first),
        _cell(row.beyond),
        _cell(row.value),
        _cell(row.split_from),
        f"{_cell(first.amount)} {first.currency}" if first else "",
        f"{first.rate:f}" if first and first.rate is not None else "",
    ]


def _own(columns: Mapping[str, Any], told: Explanation) -> list[str]:
    return [_cell(columns[name]) for name in told.columns]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("Yes") if value else _("No")
        case int() | Decimal():
            return _figure(value)
        case datetime():
            return formatter().moment(value)
        case date():
            return formatter().date(value)
        case _:
            return formatter().name(str(value))


def _figure(value: Figure) -> str:
    """As many places as money has; more for small parts."""
    if value == int(value):
        return formatter().number(value)
    return formatter().number(value, 2 if value * 100 == int(value * 100) else 4)


def _count(rows: int | None) -> str:
    return _("not connected") if rows is None else formatter().number(rows)
