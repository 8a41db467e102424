"""Cohorts by age: of those that began in a period, how many had got there after 30, 60, 90 … days."""

from datetime import timedelta
from decimal import Decimal

from tallymark.engine.cell import Cell
from tallymark.i18n.formatter import exact
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.words import LAST, worded
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import CohortCell, CohortRow, Cohorts, Figure
from tallymark_sdk.calendars import Period

AGES = (30, 60, 90, 180)
"""Days since the cohort began."""
HORIZON = "within"
"""The parameter that gives a cohort's metric its horizon, in days."""
MOST_COHORTS = 8


def cohorts(book: Book, choice: SectionChoice) -> Cohorts | None:
    """The chosen cohort metric as a heat map, or None where no metric has a horizon."""
    key = choice.metric or next(iter(book.further.cohorts), "")
    ages, metric = book.further.cohorts.get(key), book.metrics.get(key)
    if ages is None or metric is None:
        return None
    texts = book.texts
    by_age = {age: {cell.period: cell for cell in cells} for age, cells in ages.items()}
    periods = book.timeline.periods[-(choice.rows or MOST_COHORTS) :]
    highest = max(
        (exact(cell.value) for age in by_age.values() for cell in age.values() if cell.value), default=None
    )
    rows = tuple(_row(period, by_age, highest, metric.unit, book) for period in periods)
    known = any(cell.value is not None for row in rows for cell in row.cells)
    return Cohorts(
        metric=key,
        title=texts.gettext("%(name)s by cohort", name=metric.name),
        subtitle=worded(LAST, book.timeline.current.grain, texts, count=book.format.count(len(rows))),
        member=texts.gettext("Began in"),
        ages=tuple(texts.gettext("after %(days)s", days=book.format.days(age)) for age in sorted(by_age)),
        rows=rows if known else (),
        note=texts.gettext("Figures of young cohorts can still rise; they are marked.") if known else None,
        reason=None if known else texts.gettext("No cohort has a value yet."),
    )


def _row(
    period: Period, by_age: dict[int, dict[Period, Cell]], highest: Decimal | None, unit: str, book: Book
) -> CohortRow:
    cells = [(age, found.get(period)) for age, found in sorted(by_age.items())]
    return CohortRow(
        name=book.format.period(period),
        size=_size([cell for _, cell in cells], book),
        cells=tuple(_cell(age, cell, highest, unit, book) for age, cell in cells),
    )


def _size(cells: list[Cell | None], book: Book) -> Figure | None:
    sizes = [exact(cell.denominator) for cell in cells if cell is not None and cell.denominator is not None]
    return book.known(max(sizes), "count") if sizes else None


def _cell(age: int, cell: Cell | None, highest: Decimal | None, unit: str, book: Book) -> CohortCell:
    """A cohort is as old as its youngest member; before that age its figure isn't final."""
    if cell is None or cell.value is None:
        return CohortCell(value=None)
    value = exact(cell.value)
    grown = cell.period.end + timedelta(days=age) <= book.today
    return CohortCell(
        value=book.known(value, unit),
        shade=round(float(value / highest), 4) if highest else 0.0,
        immature=bool(cell.pending) or not grown,
    )
