"""All the numbers of a scorecard as a table, for the file inside the PDF."""

import csv
from collections.abc import Iterator
from io import StringIO

from tallymark.formulas import neutral
from tallymark.i18n.isolation import bare
from tallymark.scorecards.document import Breakdown, Delta, Document, Figure, Ranking, Tile, Tiles, Trend

HEADER = ("section", "metric", "name", "measure", "member", "period", "exact", "unit", "shown", "reason")
Row = tuple[str, ...]


def figures_csv(document: Document) -> str:
    """The numbers as CSV with a header; a cell that a spreadsheet would take for a formula gets an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(tuple(neutral(bare(cell)) for cell in row) for row in _rows(document))
    return out.getvalue()


def _rows(document: Document) -> Iterator[Row]:
    for section in document.sections:
        if isinstance(section, Tiles):
            for group in section.groups:
                for tile in group.tiles:
                    yield from _tile(tile, document.cover.period)
        elif isinstance(section, Trend):
            yield from _trend(section)
        elif isinstance(section, Ranking):
            yield from _ranking(section, document.cover.period)
        elif isinstance(section, Breakdown):
            yield from _breakdown(section, document.cover.period)


def _row(
    section: str, metric: str, name: str, measure: str, member: str, period: str, figure: Figure | None
) -> Row:
    if figure is None:
        return (section, metric, name, measure, member, period, "", "", "", "")
    return (section, metric, name, measure, member, period, figure.exact, figure.unit, figure.full, "")


def _change(section: str, metric: str, name: str, member: str, period: str, delta: Delta) -> Row:
    unit = "ratio"
    return (
        section,
        metric,
        name,
        f"change {delta.against}",
        member,
        period,
        delta.exact,
        unit,
        delta.text,
        "",
    )


def _tile(tile: Tile, period: str) -> Iterator[Row]:
    value = _row("tiles", tile.metric, tile.name, "value", "", period, tile.value)
    yield (*value[:-1], tile.reason or "")
    if tile.target:
        yield _row("tiles", tile.metric, tile.name, "target", "", period, tile.target)
    for delta in tile.deltas:
        yield _change("tiles", tile.metric, tile.name, "", period, delta)


def _trend(section: Trend) -> Iterator[Row]:
    for point in section.points:
        known = (("value", point.value), ("target", point.target), ("a year before", point.year_before))
        for measure, figure in known:
            if figure:
                yield _row("trend", section.metric, section.title, measure, "", point.label, figure)


def _ranking(section: Ranking, period: str) -> Iterator[Row]:
    for row in section.rows:
        yield _row("ranking", section.metric, section.measure, "value", row.name, period, row.value)
        if row.attainment:
            yield _row(
                "ranking", section.metric, section.measure, "of target", row.name, period, row.attainment
            )
        for name, figure in zip(section.beside, row.beside, strict=True):
            if figure:
                yield _row("ranking", "", name, "value", row.name, period, figure)


def _breakdown(section: Breakdown, period: str) -> Iterator[Row]:
    rows = [*section.rows, *([section.total] if section.total else [])]
    for row in rows:
        yield _row("breakdown", section.metric, section.measure, "value", row.name, period, row.value)
        if row.share:
            yield _row("breakdown", section.metric, section.measure, "share", row.name, period, row.share)
        if row.delta:
            yield _change("breakdown", section.metric, section.measure, row.name, period, row.delta)
