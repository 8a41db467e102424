"""Every number of a scorecard as a flat table, whatever its section: the document is walked, so that none is missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from tallymark.formulas import neutral
from tallymark.i18n.catalogue import mark
from tallymark.i18n.isolation import bare
from tallymark.scorecards.document import (
    Cohorts,
    Delta,
    Document,
    Figure,
    LeftOut,
    Ranking,
    RankRow,
    RestatementCause,
    Tally,
    Tile,
    Trend,
    TrendPoint,
)
from tallymark.scorecards.exports.references import RowRefs, numbered

HEADER = (
    "section",
    "metric",
    "name",
    "measure",
    "member",
    "period",
    "exact",
    "unit",
    "shown",
    "reason",
    "reference",
)
"""The columns of the CSV; programs read them, so they are the same in every language."""

CHANGE = "change"
MEASURES: Mapping[str, str] = {
    "value": mark("value"),
    "target": mark("target"),
    "attainment": mark("of target"),
    "year_before": mark("a year before"),
    "share": mark("share"),
    "count": mark("count"),
    "onward": mark("went on"),
    "lost": mark("lost"),
    "days": mark("days"),
    "size": mark("size"),
    "figure": mark("value"),
    "weight": mark("weight"),
    "points": mark("points"),
    "most": mark("most points"),
    "was": mark("was"),
    "now": mark("is now"),
    "rows": mark("rows used"),
    "left_out": mark("rows left out"),
    "change": mark("change"),
}
"""A field of the document, and how its figures are called."""

_NOT_NUMBERS = frozenset({"ticks", "gauge", "line", "band"})
"""Parts of a drawing, whose figures are those that stand beside them."""


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One number with its place. `measure` is one of the values of `MEASURES`; `against` says what a change is from."""

    section: str
    metric: str = ""
    name: str = ""
    measure: str = ""
    against: str = ""
    member: str = ""
    period: str = ""
    exact: str = ""
    unit: str = ""
    shown: str = ""
    reason: str = ""
    reference: str = ""


def figures(document: Document, rows: Mapping[str, RowRefs] | None = None) -> Iterator[FigureRow]:
    """All numbers in the order of the document; `rows` gives KPIs of the period a reference to their rows."""
    references = numbered(rows or {})
    period = document.cover.period
    for tally in document.summary.tally:
        yield from _walk(tally, FigureRow(section="summary", period=period), references)
    for section in document.sections:
        place = FigureRow(
            section=section.kind,
            metric=getattr(section, "metric", ""),
            name=getattr(section, "measure", "") or section.title,
            period=period,
        )
        yield from _walk(section, place, references)


def figures_csv(document: Document, rows: Mapping[str, RowRefs] | None = None) -> str:
    """The numbers as CSV with a header. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    lines = [",".join(HEADER)]
    for row in figures(document, rows):
        measure = f"{row.measure} {row.against}".strip()
        cells = (row.section, row.metric, row.name, measure, row.member, row.period, row.exact, row.unit,
                 row.shown, row.reason, row.reference)  # fmt: skip
        lines.append(",".join(_cell(cell) for cell in cells))
    return "\r\n".join(lines) + "\r\n"


def csv_file(document: Document, rows: Mapping[str, RowRefs] | None = None) -> bytes:
    """`figures_csv` as a file: with the mark without which spreadsheets take it for another encoding."""
    return b"\xef\xbb\xbf" + figures_csv(document, rows).encode()


def _cell(text: str) -> str:
    """Quoted wherever any spreadsheet could see more than one cell: a semicolon divides them in half of the world."""
    safe = neutral(bare(text))
    return f'"{safe.replace(chr(34), chr(34) * 2)}"' if any(sign in safe for sign in '",;\t\r\n|') else safe


def _walk(value: Any, place: FigureRow, references: Mapping[str, str]) -> Iterator[FigureRow]:
    if isinstance(value, Figure):
        yield replace(place, exact=value.exact, unit=value.unit, shown=value.full)
    elif isinstance(value, Delta):
        yield replace(
            place, measure=CHANGE, against=value.against, exact=value.exact, unit="ratio", shown=value.text
        )
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item, place, references)
    elif is_dataclass(value):
        yield from _inside(value, _placed(value, place, references), references)


def _inside(value: Any, place: FigureRow, references: Mapping[str, str]) -> Iterator[FigureRow]:
    if isinstance(value, Tile) and value.value is None:
        yield replace(place, measure=MEASURES["value"], reason=value.reason or "")
    for item in fields(value):
        if item.name in _NOT_NUMBERS:
            continue
        content = getattr(value, item.name)
        if isinstance(value, Ranking) and item.name == "rows":
            for row in content:
                yield from _rank(row, value, place)
        elif isinstance(value, Cohorts) and item.name == "rows":
            yield from _cohorts(value, place)
        else:
            inner = replace(place, measure=MEASURES.get(item.name, place.measure))
            yield from _walk(content, inner, references)


def _placed(value: Any, place: FigureRow, references: Mapping[str, str]) -> FigureRow:
    """The place of what is inside of `value`: its metric, its member or its period."""
    if isinstance(value, TrendPoint):
        return replace(place, period=value.label)
    if isinstance(value, Tally):
        return replace(place, member=str(value.status))
    if isinstance(value, LeftOut):
        return replace(place, member=value.reason)
    if isinstance(value, RestatementCause):
        return replace(place, member=value.text)
    name = getattr(value, "name", None)
    if name is None or isinstance(value, Trend):
        return place
    if metric := getattr(value, "metric", ""):
        period = getattr(value, "period", place.period)
        return replace(place, metric=metric, name=name, period=period, reference=references.get(metric, ""))
    return replace(place, member=name)


def _rank(row: RankRow, section: Ranking, place: FigureRow) -> Iterator[FigureRow]:
    own = replace(place, member=row.name)
    yield from _inside(replace(row, beside=()), own, {})
    for name, figure in zip(section.beside, row.beside, strict=False):
        yield from _walk(figure, replace(own, metric="", name=name, measure=MEASURES["value"]), {})


def _cohorts(section: Cohorts, place: FigureRow) -> Iterator[FigureRow]:
    for row in section.rows:
        own = replace(place, member=row.name)
        yield from _walk(row.size, replace(own, measure=MEASURES["size"]), {})
        for age, cell in zip(section.ages, row.cells, strict=False):
            yield from _walk(cell.value, replace(own, measure=MEASURES["value"], against=age), {})
