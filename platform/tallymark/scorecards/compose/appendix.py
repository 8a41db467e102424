"""The passports of the numbers."""

from decimal import Decimal

from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import MetricFacts
from tallymark.scorecards.compose.tiles import why_empty
from tallymark.scorecards.document import Appendix, LeftOut, Passport


def appendix(book: Book) -> Appendix:
    """One passport per KPI whose metric is installed, in the set's order."""
    known = [book.metrics[kpi.metric] for kpi in book.kpis if kpi.metric in book.metrics]
    return Appendix(
        title=book.texts.gettext("How the numbers were made"),
        subtitle=book.format.period(book.timeline.current),
        passports=tuple(_passport(metric, book) for metric in known),
    )


def _passport(metric: MetricFacts, book: Book) -> Passport:
    cell = book.cell(metric.key, book.timeline.current)
    value = book.value(metric.key, book.timeline.current)
    left_out = sorted((cell.left_out if cell else {}).items())
    return Passport(
        metric=metric.key,
        name=metric.name,
        value=book.figure(value, metric.unit),
        formula=metric.formula,
        inputs=metric.reads or metric.inputs,
        rows=book.known(Decimal(cell.rows if cell else 0), "count"),
        left_out=tuple(
            LeftOut(reason=book.texts.gettext(reason), rows=book.known(Decimal(rows), "count"))
            for reason, rows in left_out
        ),
        fresh=_freshness(metric, book),
        filters=_filters(metric, book),
        reconciliation=_reconciliation(metric, book),
        pack=book.texts.gettext(
            "v%(version)s · %(pack)s",
            version=book.format.code(str(metric.version)),
            pack=book.format.code(metric.pack),
        ),
        reason=None if value is not None else why_empty(metric.key, book),
    )


def _filters(metric: MetricFacts, book: Book) -> str:
    """What narrows the rows beside the formula: whose they are, and the values of the KPI's parameters."""
    return " · ".join([*([book.scope] if book.scope else []), *metric.parameters])


def _reconciliation(metric: MetricFacts, book: Book) -> str:
    """How the rows agree with their source: how many its last load refused, of those that this number reads."""
    names = dict.fromkeys(column.split(".")[0] for column in metric.inputs)
    known = [found for name in names if (found := book.sources.get(name)) and found.rejected is not None]
    if not known:
        return book.texts.gettext("not compared with the source")
    refused = sum(source.rejected or 0 for source in known)
    rows = book.format.number(sum(source.rows for source in known))
    if not refused:
        return book.texts.gettext("%(rows)s rows loaded, none refused", rows=rows)
    return book.texts.gettext(
        "%(rows)s rows loaded, %(refused)s refused", rows=rows, refused=book.format.number(refused)
    )


def _freshness(metric: MetricFacts, book: Book) -> str:
    """The oldest load among the datasets that the metric reads: a number is as fresh as its stalest input."""
    names = dict.fromkeys(column.split(".")[0] for column in metric.inputs)
    loads = [book.sources[name] for name in names if name in book.sources]
    if not loads:
        return book.texts.gettext("not connected")
    oldest = min(loads, key=lambda source: source.loaded_at)
    when = book.format.moment(oldest.loaded_at)
    return f"{when} · {book.format.name(oldest.origin)}" if oldest.origin else when
