"""The scorecard in words: a headline and a few findings, made from the numbers by rule.

Headline: among KPIs with a target the best beat is the greatest weight × (attainment − 1), the worst miss the greatest
weight × (1 − attainment). Both → one sentence with both; one → a sentence about it; none → the change of the
weightiest KPI; nothing computed → that. Findings: the weightiest KPI with its changes, the count on target, what is
close, where to start, what has no value, the best or worst value in a long time, how much the best members bring. At
most four.
"""

from decimal import Decimal

from tallymark.scorecards.compose.book import UNASSIGNED, Book
from tallymark.scorecards.compose.headline import Judged, headline_of, judged
from tallymark.scorecards.compose.members import RANKED_BY, valued
from tallymark.scorecards.compose.records import record
from tallymark.scorecards.compose.tiles import counted
from tallymark.scorecards.compose.tiles import deltas as changes_of
from tallymark.scorecards.document import Finding, Status, Summary, Tally, Tiles

MOST = 4
_NAMED = 4
_TOP = 3


def summary(book: Book, shown: Tiles) -> Summary:
    """Headline, findings and tally; what is switched off is empty."""
    all_judged = judged(book)
    headline: Finding | None = None
    findings: list[Finding] = []
    if book.composition.shown("headline"):
        makers = (_main, _on_target, _close, _start_here, record, _empty, _concentration)
        headline = headline_of(book, all_judged)
        findings = [finding for make in makers if (finding := make(book, all_judged)) is not None]
    tally: tuple[Tally, ...] = ()
    if book.composition.shown("tally"):
        counts = counted(shown)
        tally = tuple(
            Tally(status=kind, count=book.known(Decimal(counts[kind]), "count"))
            for kind in Status
            if counts[kind] or kind is not Status.NONE
        )
    return Summary(headline=headline, findings=tuple(findings[:MOST]), tally=tally)


def _main(book: Book, _judged: list[Judged]) -> Finding | None:
    key = book.weightiest()
    if key is None:
        return None
    metric, changes = book.metrics[key], changes_of(book.metrics[key], book)
    value = book.format.value(book.value(key, book.timeline.current) or Decimal(0), metric.unit)
    if not changes:
        return None
    said = book.format.listing(
        [
            book.texts.gettext("%(change)s %(against)s", change=change.text, against=change.against)
            for change in changes
        ]
    )
    text = book.texts.gettext(
        "%(name)s: %(value)s, %(changes)s.", name=book.format.name(metric.name), value=value, changes=said
    )
    return Finding(text=text, metrics=(key,))


def _on_target(book: Book, all_judged: list[Judged]) -> Finding | None:
    if not all_judged:
        return None
    reached = [each for each in all_judged if each.status is Status.ON]
    text = book.texts.ngettext(
        "%(reached)s of %(count)s KPI with a target is on target.",
        "%(reached)s of %(count)s KPIs with a target are on target.",
        len(all_judged),
        reached=book.format.count(len(reached)),
        count=book.format.count(len(all_judged)),
    )
    return Finding(text=text, metrics=tuple(each.metric.key for each in reached))


def _close(book: Book, all_judged: list[Judged]) -> Finding | None:
    near = sorted((each for each in all_judged if each.status is Status.RISK), key=lambda each: each.telling)[
        ::-1
    ]
    if not near:
        return None
    named = [
        book.texts.gettext(
            "%(name)s (%(value)s of %(target)s)",
            name=book.format.in_sentence(each.metric.name),
            value=book.format.value(each.value, each.metric.unit),
            target=book.format.value(each.target, each.metric.unit),
        )
        for each in near[:_NAMED]
    ]
    text = book.texts.gettext("Close to target: %(names)s.", names=book.format.listing(named))
    return Finding(text=text, metrics=tuple(each.metric.key for each in near))


def _start_here(book: Book, all_judged: list[Judged]) -> Finding | None:
    missed = sorted((each for each in all_judged if each.status is Status.OFF), key=lambda each: each.telling)
    if not missed:
        return None
    named = [book.format.in_sentence(each.metric.name) for each in missed[:_NAMED]]
    text = book.texts.gettext(
        "Furthest from target, so start here: %(names)s.", names=book.format.listing(named)
    )
    return Finding(text=text, metrics=tuple(each.metric.key for each in missed))


def _empty(book: Book, _judged: list[Judged]) -> Finding | None:
    empty = [
        book.metrics[kpi.metric].name if kpi.metric in book.metrics else kpi.metric
        for kpi in book.kpis
        if book.value(kpi.metric, book.timeline.current) is None
    ]
    if not empty:
        return None
    text = book.texts.gettext(
        "Without a value in this period: %(names)s.",
        names=book.format.listing([book.format.in_sentence(name) for name in empty[:_NAMED]]),
    )
    return Finding(text=text, metrics=())


def _concentration(book: Book, _judged: list[Judged]) -> Finding | None:
    """How much the best three bring, where the metric is additive and there are clearly more than three."""
    choice = next(iter(book.composition.shown("ranking")), None)
    if choice is None:
        return None
    dimension = choice.by or RANKED_BY
    metric = book.metrics.get(choice.metric or book.weightiest(dimension) or "")
    total = book.value(metric.key, book.timeline.current) if metric and metric.additive else None
    if metric is None or total is None or total <= 0:
        return None
    found = [pair for pair in valued(metric.key, dimension, book) if pair[0] != UNASSIGNED]
    if len(found) <= _TOP + 1:
        return None
    text = book.texts.gettext(
        "%(names)s bring %(share)s of %(metric)s.",
        names=book.format.listing(
            [book.format.name(book.member_name(dimension, member)) for member, _ in found[:_TOP]]
        ),
        share=book.format.percent(sum((value for _, value in found[:_TOP]), Decimal(0)) / total),
        metric=book.format.in_sentence(metric.name),
    )
    return Finding(text=text, metrics=(metric.key,))
