"""Puts the document together: the sections of the composition, in its order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from tallymark.engine.cell import Cell
from tallymark.i18n import Formatter
from tallymark.scorecards.compose.agreed import actions, remarks
from tallymark.scorecards.compose.appendix import appendix
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.bridges import bridge_section
from tallymark.scorecards.compose.cohorts import cohorts
from tallymark.scorecards.compose.findings import summary
from tallymark.scorecards.compose.funnel import funnel
from tallymark.scorecards.compose.inputs import (
    Further,
    Heading,
    Kpi,
    Members,
    MetricFacts,
    Pace,
    Source,
    Target,
    Timeline,
)
from tallymark.scorecards.compose.losses import losses
from tallymark.scorecards.compose.members import breakdown, ranking
from tallymark.scorecards.compose.packcharts import pack_chart
from tallymark.scorecards.compose.score import score
from tallymark.scorecards.compose.tiles import tiles
from tallymark.scorecards.compose.trends import trend
from tallymark.scorecards.composition import Composition, SectionChoice
from tallymark.scorecards.document import Cover, Document, Notes, Section, Tiles


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
    composition: Composition | None = None,
    members: Members | None = None,
    further: Further | None = None,
    notes: Sequence[str] = (),
    locale: str | None = None,
) -> Document:
    """The scorecard of `timeline.current` as a document in the formatter's language.

    `cells` hold every KPI for `timeline.needed` (total), and for the sections' breakdowns the current and the previous
    period. `as_of` is when the data was taken (an instant with a zone). What is missing is shown as missing.
    """
    chosen = composition or Composition.read({})
    book = Book(
        timeline=timeline,
        kpis=kpis,
        cells=cells,
        metrics=metrics,
        targets=targets,
        paces=paces,
        sources=sources,
        composition=chosen,
        members=members or {},
        further=further or Further(),
        today=formatter.local(as_of).date(),
        formatter=formatter,
        scope=heading.scope or "",
    )
    shown = tiles(book)
    made = (_section(book, choice, shown, notes) for choice in chosen.sections if choice.shown)
    sections = tuple(section for section in made if section is not None)
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
        paper=chosen.paper,
        orientation=chosen.orientation,
        brand=heading.brand,
    )


_MAKERS: Mapping[str, Callable[[Book, SectionChoice], Section | None]] = {
    "trend": trend,
    "funnel": funnel,
    "losses": losses,
    "bridge": bridge_section,
    "ranking": ranking,
    "breakdown": breakdown,
    "cohorts": cohorts,
    "chart": pack_chart,
    "actions": actions,
    "remarks": remarks,
    "restatements": lambda book, _choice: book.further.restatements,
    "appendix": lambda book, _choice: appendix(book),
}


def _section(book: Book, choice: SectionChoice, shown: Tiles, notes: Sequence[str]) -> Section | None:
    """The section, or None where it has nothing to show; headline and tally are the summary's."""
    if choice.kind == "tiles":
        return shown
    if choice.kind == "score":
        return score(book, shown)
    if choice.kind == "notes":
        return _notes(book, notes)
    make = _MAKERS.get(choice.kind)
    return None if make is None else make(book, choice)


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
        scope=heading.scope,
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
