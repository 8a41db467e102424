"""The trend of one metric against its targets and last year."""

from dataclasses import replace
from decimal import Decimal

from tallymark.scorecards.charts import axis_ticks
from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import Thresholds
from tallymark.scorecards.compose.status import running_status
from tallymark.scorecards.compose.words import LAST, worded
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import Figure, Status, Trend, TrendPoint

_MISSED = (Status.RISK, Status.OFF)
_STRICT = Thresholds(on=Decimal(1), risk=Decimal(0))


def trend(book: Book, choice: SectionChoice) -> Trend | None:
    """The chosen metric over the timeline, or None where no metric has a value."""
    key = choice.metric or book.weightiest()
    metric = book.metrics.get(key) if key else None
    if metric is None or not any(
        book.value(metric.key, period) is not None for period in book.timeline.periods
    ):
        return None
    periods = tuple(zip(book.timeline.periods, book.timeline.year_before, strict=True))
    points, numbers = [], []
    for period, earlier in periods:
        value, target = book.value(metric.key, period), book.target(metric.key, period)
        past = book.value(metric.key, earlier)
        pace = book.paces.get(metric.key) if period == book.timeline.current else None
        numbers += [number for number in (value, target, past) if number is not None]
        points.append(
            TrendPoint(
                label=book.format.period(period),
                short=book.format.period(period, short=True),
                value=book.figure(value, metric.unit),
                target=book.figure(target, metric.unit),
                year_before=book.figure(past, metric.unit),
                missed=running_status(value, target, metric.better, _STRICT, pace) in _MISSED,
            )
        )
    targeted = any(point.target for point in points)
    title = book.texts.gettext("%(name)s against target", name=metric.name) if targeted else metric.name
    count = book.format.count(len(points))
    return Trend(
        metric=metric.key,
        title=title,
        subtitle=worded(LAST, book.timeline.current.grain, book.texts, count=count),
        points=tuple(points),
        ticks=tuple(_tick(tick, metric.unit, book) for tick in axis_ticks(numbers)),
        caption=_caption(metric.name, points, book),
    )


def _tick(value: Decimal, unit: str, book: Book) -> Figure:
    return replace(book.known(value, unit), text=book.format.axis(value, unit))


def _caption(name: str, points: list[TrendPoint], book: Book) -> str:
    known = [point for point in points if point.value]
    return book.texts.gettext(
        "%(name)s from %(first)s (%(start)s) to %(last)s (%(end)s)",
        name=name,
        first=known[0].label,
        start=known[0].value.text if known[0].value else "",
        last=known[-1].label,
        end=known[-1].value.text if known[-1].value else "",
    )
