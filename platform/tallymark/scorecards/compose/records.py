"""The finding that a KPI has its best or worst value in a long time."""

from collections.abc import Sequence
from decimal import Decimal

from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import Kpi
from tallymark.scorecards.compose.words import LAST, worded
from tallymark.scorecards.document import Finding

_LONG = 6
"""Periods with a value before it is worth saying."""


def record(book: Book, _judged: object) -> Finding | None:
    """The weightiest KPI whose value is better or worse than in any other of at least six periods; ties aren't records."""
    if book.timeline.to_date is not None:
        return None  # a running period is lower than whole ones because it isn't over
    for kpi in sorted(book.kpis, key=lambda each: -each.weight):
        if found := _record_of(kpi, book):
            return found
    return None


def _record_of(kpi: Kpi, book: Book) -> Finding | None:
    metric = book.metrics.get(kpi.metric)
    if metric is None or metric.better not in ("higher", "lower"):
        return None
    values = [book.value(kpi.metric, period) for period in book.timeline.periods]
    known = [value for value in values if value is not None]
    now = values[-1]
    if now is None or len(known) < _LONG:
        return None
    highest, lowest = _stands_out(now, known[:-1])
    if not (highest or lowest):
        return None
    said = {
        "name": book.format.in_sentence(metric.name),
        "value": book.format.value(now, metric.unit),
        "span": worded(LAST, book.timeline.current.grain, book.texts, count=book.format.count(len(known))),
    }
    if highest == (metric.better == "higher"):
        text = book.texts.gettext("Best value of the %(span)s: %(name)s, %(value)s.", **said)
    else:
        text = book.texts.gettext("Worst value of the %(span)s: %(name)s, %(value)s.", **said)
    return Finding(text=text, metrics=(metric.key,))


def _stands_out(now: Decimal, before: Sequence[Decimal]) -> tuple[bool, bool]:
    """Whether it is above all others, and whether it is below all."""
    return now > max(before), now < min(before)
