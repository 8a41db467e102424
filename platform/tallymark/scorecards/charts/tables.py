"""Tables and heat maps: charts that are tables. Numbers stand at the physical right in every language."""

from markupsafe import Markup, escape

from tallymark.scorecards.charts.bars import clamped
from tallymark.scorecards.charts.spec import Column, HeatCell, HeatMap, HeatRow, Row, Table

_SHADES = 10
_CLASSES = {"number": "num", "graph": "graph", "state": "state", "rank": "rank"}
_UNSEEN = Markup('<span class="unseen">{}</span>')


def draw_table(table: Table) -> Markup:
    """A `table.data`; its caption is for ears only, as a heading stands above it."""
    heads = Markup("").join(_head(column) for column in table.columns)
    rows = Markup("").join(_row(row, table) for row in table.rows)
    return Markup('<table class="data{}">{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
        f" {table.css}" if table.css else "", _caption(table.caption), heads, rows
    )


def draw_heat_map(chart: HeatMap) -> Markup:
    """A `table.heat` of cells in eleven shades; cells that can still change are hatched and say so."""
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(age) for age in chart.ages)
    rows = Markup("").join(_heat_row(row, chart) for row in chart.rows)
    return Markup(
        '<table class="heat">{}<thead><tr><th scope="col" class="cohort">{}</th>'
        '<th scope="col" class="size">{}</th>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(_caption(chart.caption), chart.member, chart.size, heads, rows)


def _caption(text: str) -> Markup:
    return Markup('<caption class="unseen">{}</caption>').format(text) if text else Markup("")


def _head(column: Column) -> Markup:
    kind = _CLASSES.get(column.kind)
    css = Markup(' class="{}"').format(kind) if kind else Markup("")
    text = _UNSEEN.format(column.head) if column.unseen else escape(column.head)
    return Markup('<th scope="col"{}>{}</th>').format(css, text)


def _row(row: Row, table: Table) -> Markup:
    if row.kind == "group":
        spanning = Markup('<tr class="group-row"><th scope="rowgroup" colspan="{}">{}</th></tr>')
        return spanning.format(len(table.columns), row.cells[0])
    cells = Markup("").join(
        Markup('<th scope="row">{}</th>').format(cell) if place == table.named else _cell(cell, column)
        for place, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True))
    )
    css = Markup(' class="total"') if row.kind == "total" else Markup("")
    return Markup("<tr{}>{}</tr>").format(css, cells)


def _cell(cell: str | Markup, column: Column) -> Markup:
    kind = _CLASSES.get(column.kind)
    return Markup("<td{}>{}</td>").format(Markup(' class="{}"').format(kind) if kind else Markup(""), cell)


def _heat_row(row: HeatRow, chart: HeatMap) -> Markup:
    cells = Markup("").join(_heat_cell(cell, chart.open_text) for cell in row.cells)
    return Markup('<tr><th scope="row">{}</th><td class="size">{}</td>{}</tr>').format(
        row.name, row.size, cells
    )


def _heat_cell(cell: HeatCell | None, open_text: str) -> Markup:
    if cell is None:
        return Markup("<td></td>")
    css = f"h{round(clamped(cell.shade) * _SHADES)}"
    if cell.open:
        return Markup('<td class="{} open" title="{}">{}</td>').format(css, open_text, cell.text)
    return Markup('<td class="{}">{}</td>').format(css, cell.text)
