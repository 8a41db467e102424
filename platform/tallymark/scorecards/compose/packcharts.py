"""Charts that metric packs declare, as sections like the others."""

from dataclasses import replace

from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import PackChart
from tallymark.scorecards.compose.members import breakdown, ranking
from tallymark.scorecards.compose.trends import trend
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import BarRow, Bars, Breakdown, Funnel, FunnelStep, Ranking, Trend

Drawn = Trend | Bars | Ranking | Breakdown | Funnel


def pack_chart(book: Book, choice: SectionChoice) -> Drawn | None:
    """The section of the chosen chart, or None where its pack isn't installed or nothing of it can be shown."""
    chart = book.further.charts.get(choice.chart)
    if chart is None:
        return None
    made = _made(book, choice, chart)
    return None if made is None else replace(made, title=chart.name)


def _made(book: Book, choice: SectionChoice, chart: PackChart) -> Drawn | None:
    of_chart = replace(choice, metric=chart.metrics[0], by=chart.by, beside=chart.metrics[1:])
    if chart.kind == "trend":
        return trend(book, of_chart)
    if chart.kind == "ranking":
        return ranking(book, of_chart)
    if chart.kind == "funnel":
        return _funnel(book, chart)
    if chart.kind == "bars":
        return _bars(breakdown(book, of_chart))
    return breakdown(book, of_chart)


def _funnel(book: Book, chart: PackChart) -> Funnel | None:
    """Metrics that count, in the order in which one leads to the next."""
    current = book.timeline.current
    known = [(key, value) for key in chart.metrics if (value := book.value(key, current)) is not None]
    widest = max((value for _, value in known), default=None)
    if not widest:
        return None
    steps = []
    for place, (key, value) in enumerate(known):
        after = known[place + 1][1] if place + 1 < len(known) else None
        steps.append(
            FunnelStep(
                name=book.metrics[key].name,
                count=book.known(value, book.metrics[key].unit),
                bar=round(float(value / widest), 4),
                onward=book.figure(after / value if after is not None and value else None, "ratio"),
            )
        )
    return Funnel(metric=chart.metrics[0], title="", subtitle=book.format.period(current), steps=tuple(steps))


def _bars(found: Breakdown | None) -> Bars | None:
    if found is None:
        return None
    return Bars(
        metric=found.metric,
        title=found.title,
        subtitle=found.subtitle,
        member=found.member,
        measure=found.measure,
        rows=tuple(
            BarRow(name=row.name, value=row.value, bar=row.bar, beside=row.share)
            for row in found.rows
            if row.value is not None
        ),
        omitted=found.omitted,
        reason=found.reason,
    )
