"""Puts the document together."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tallymark.engine.cell import Cell
from tallymark.i18n import Formatter
from tallymark.scorecards.compose.appendix import appendix
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.findings import summary
from tallymark.scorecards.compose.inputs import (
    Heading,
    Kpi,
    Layout,
    MetricFacts,
    Pace,
    Source,
    Target,
    Timeline,
)
from tallymark.scorecards.compose.members import breakdown, ranking
from tallymark.scorecards.compose.tiles import tiles
from tallymark.scorecards.compose.trends import trend
from tallymark.scorecards.document import Cover, Document, Notes, Section


def compose(
    *,
    heading: Heading,
    timeline: Timeline,
    kpis: Iterable[Kpi],
    cells: Iterable[Cell],
    metrics: Iterable[MetricFacts],
    formatter: Formatter,
    as_of: datetime,
    targets: Iterable[Target] = (),
    paces: Iterable[Pace] = (),
    sources: Iterable[Source] = (),
    layout: Layout | None = None,
    notes: Sequence[str] = (),
    locale: str | None = None,
) -> Document:
    """The scorecard of `timeline.current` as a document in the formatter's language.

    `cells` hold every KPI for `timeline.needed` (total), and for the layout's breakdowns the current and the previous
    period. `as_of` is when the data was taken (an instant with a zone). What is missing is shown as missing.
    """
    book = Book(
        timeline=timeline,
        kpis=kpis,
        cells=cells,
        metrics=metrics,
        targets=targets,
        paces=paces,
        sources=sources,
        layout=layout or Layout(),
        formatter=formatter,
    )
    shown = tiles(book)
    optional = (shown, trend(book), ranking(book), breakdown(book), _notes(book, notes), appendix(book))
    sections: tuple[Section, ...] = tuple(section for section in optional if section is not None)
    current = timeline.current
    return Document(
        locale=locale or formatter.locale,
        currency=formatter.currency,
        money_display=formatter.money_display,
        calendar=formatter.calendar,
        created=as_of.isoformat(),
        period_start=current.start.isoformat(),
        period_end=current.end.isoformat(),
        cover=_cover(heading, book, as_of),
        summary=summary(book, shown),
        sections=sections,
    )


def _cover(heading: Heading, book: Book, as_of: datetime) -> Cover:
    return Cover(
        company=heading.company,
        monogram=monogram(heading.company),
        title=heading.title,
        period=book.format.period(book.timeline.current),
        span=book.format.span(book.timeline.current),
        as_of=book.format.moment(as_of),
        prepared_by=heading.prepared_by,
        label=heading.label,
        logo=heading.logo,
    )


def monogram(company: str) -> str:
    """One or two letters that stand for the company where it has no logo: `AF` for Alder & Finch."""
    words = [word for word in company.split() if word[:1].isalpha()]
    if not words:
        return "•"
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0].upper() for word in words[:2])


def _notes(book: Book, notes: Sequence[str]) -> Notes | None:
    return Notes(title=book.texts.gettext("Notes on the data"), lines=tuple(notes)) if notes else None
