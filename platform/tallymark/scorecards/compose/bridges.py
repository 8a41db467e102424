"""What moved a metric since the period before."""

from dataclasses import replace
from decimal import Decimal
from itertools import accumulate, pairwise

from tallymark.bridge.terms import Bridge
from tallymark.bridge.words import term_name
from tallymark.scorecards.compose.book import Book, plain
from tallymark.scorecards.compose.changes import mood_of
from tallymark.scorecards.compose.inputs import MetricFacts
from tallymark.scorecards.compose.words import versus
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import BridgeSection, BridgeStep, Direction, Figure
from tallymark_sdk.said import Said

ZERO = Decimal(0)


def bridge_section(book: Book, choice: SectionChoice) -> BridgeSection | None:
    """The bridge of the chosen metric, or of the first one that was asked for; None where none was."""
    key = choice.metric or next(iter(book.further.bridges), "")
    found, metric = book.further.bridges.get(key), book.metrics.get(key)
    if found is None or metric is None:
        return None
    texts = book.texts
    empty = BridgeSection(
        metric=key,
        title=texts.gettext("What moved %(name)s", name=book.format.in_sentence(metric.name)),
        subtitle=versus(book.timeline.previous, book.timeline.current.grain, texts),
        steps=(),
    )
    if isinstance(found, Said):
        return replace(empty, reason=book.format.said(found))
    notes = tuple(book.format.said(note) for note in found.notes)
    return replace(empty, steps=_steps(found, metric, book), notes=notes)


def _steps(found: Bridge, metric: MetricFacts, book: Book) -> tuple[BridgeStep, ...]:
    """The two ends, and between them the terms that moved anything."""
    written = found.written()
    levels = list(accumulate((written.start, *written.terms)))
    moved = [
        _step(term_name(term.key, book.texts), value, edges, metric, book)
        for term, value, edges in zip(found.terms, written.terms, pairwise(levels), strict=True)
        if value
    ]
    return (
        _end(book.format.period(found.earlier), written.start, metric, book),
        *moved,
        _end(book.format.period(found.later), written.end, metric, book),
    )


def _end(name: str, value: Decimal, metric: MetricFacts, book: Book) -> BridgeStep:
    figure = book.known(value, metric.unit)
    mood = mood_of(Direction.FLAT, metric.better)
    return BridgeStep(name=name, figure=figure, before="0", after=plain(value), mood=mood, is_end=True)


def _step(
    name: str, value: Decimal, edges: tuple[Decimal, Decimal], metric: MetricFacts, book: Book
) -> BridgeStep:
    direction = Direction.UP if value > ZERO else Direction.DOWN
    return BridgeStep(
        name=name,
        figure=_signed(value, metric, book),
        before=plain(edges[0]),
        after=plain(edges[1]),
        mood=mood_of(direction, metric.better),
    )


def _signed(value: Decimal, metric: MetricFacts, book: Book) -> Figure:
    write = book.format
    if metric.unit == "ratio":
        return Figure(exact=plain(value), text=write.signed(value, points=True),
                      full=write.signed(value, points=True), unit=metric.unit)  # fmt: skip
    text = write.with_sign(value, metric.unit)
    return Figure(
        exact=plain(value),
        text=text,
        full=write.with_sign(value, metric.unit, compact=False),
        unit=metric.unit,
    )
