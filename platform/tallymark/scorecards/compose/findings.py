"""The scorecard in words: a headline and a few findings, made from the numbers by rule.

Headline: among KPIs with a target the best beat is the greatest weight × (attainment − 1), the worst miss the greatest
weight × (1 − attainment). Both → one sentence with both; one → a sentence about it; none → the change of the
weightiest KPI; nothing computed → that. Findings: the weightiest KPI with its changes, the count on target, what is
close, where to start, what has no value, the best or worst value in a long time, how much the best members bring. At
most four.
"""

from dataclasses import dataclass
from decimal import Decimal

from tallymark.scorecards.compose.book import UNASSIGNED, Book
from tallymark.scorecards.compose.inputs import Kpi, MetricFacts
from tallymark.scorecards.compose.members import RANKED_BY, valued
from tallymark.scorecards.compose.records import record
from tallymark.scorecards.compose.status import attainment, due_by_now, gap, is_early, running_status
from tallymark.scorecards.compose.tiles import counted
from tallymark.scorecards.compose.tiles import deltas as changes_of
from tallymark.scorecards.document import Finding, Status, Summary, Tally, Tiles

MOST = 4
_NAMED = 4
_TOP = 3


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A KPI with value and target, and how telling it is: positive beats, negative misses."""

    kpi: Kpi
    metric: MetricFacts
    value: Decimal
    target: Decimal
    status: Status
    telling: Decimal


def judged(book: Book) -> list[Judged]:
    """All KPIs that can be held against a target, in the set's order."""
    found = []
    for kpi in book.kpis:
        metric = book.metrics.get(kpi.metric)
        value = book.value(kpi.metric, book.timeline.current)
        target = book.target(kpi.metric, book.timeline.current)
        if metric is None or value is None or target is None:
            continue
        pace = book.paces.get(kpi.metric)
        reached = attainment(value, due_by_now(target, pace), metric.better)
        if reached is not None and not is_early(pace):
            state = running_status(value, target, metric.better, kpi.thresholds, pace)
            telling = kpi.weight * (reached - 1)
            found.append(
                Judged(kpi=kpi, metric=metric, value=value, target=target, status=state, telling=telling)
            )
    return found


def summary(book: Book, shown: Tiles) -> Summary:
    """Headline, findings and tally; what is switched off is empty."""
    all_judged = judged(book)
    headline: Finding | None = None
    findings: list[Finding] = []
    if book.composition.shown("headline"):
        makers = (_main, _on_target, _close, _start_here, record, _empty, _concentration)
        headline = _headline(book, all_judged)
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


def _headline(book: Book, all_judged: list[Judged]) -> Finding:
    texts, write = book.texts, book.format
    best = max((each for each in all_judged if each.telling > 0), key=lambda each: each.telling, default=None)
    worst = min(
        (each for each in all_judged if each.telling < 0), key=lambda each: each.telling, default=None
    )
    if best and worst:
        text = texts.gettext(
            "%(best)s beat target by %(gap)s, but %(worst)s missed it: %(value)s against %(target)s.",
            best=write.name(best.metric.name),
            gap=write.percent(gap(best.value, best.target)),
            worst=write.in_sentence(worst.metric.name),
            value=write.value(worst.value, worst.metric.unit),
            target=write.value(worst.target, worst.metric.unit),
        )
        return Finding(text=text, metrics=(best.metric.key, worst.metric.key))
    if best:
        text = texts.gettext(
            "Every KPI with a target reached it; %(best)s beat it by %(gap)s.",
            best=write.in_sentence(best.metric.name),
            gap=write.percent(gap(best.value, best.target)),
        )
        return Finding(text=text, metrics=(best.metric.key,))
    if worst:
        text = texts.gettext(
            "No KPI beat its target; furthest from it: %(worst)s, %(value)s against %(target)s.",
            worst=write.in_sentence(worst.metric.name),
            value=write.value(worst.value, worst.metric.unit),
            target=write.value(worst.target, worst.metric.unit),
        )
        return Finding(text=text, metrics=(worst.metric.key,))
    return _without_targets(book)


def _without_targets(book: Book) -> Finding:
    key = book.weightiest()
    period = book.format.period(book.timeline.current)
    if key is None:
        return Finding(
            text=book.texts.gettext("No figure could be computed for %(period)s.", period=period), metrics=()
        )
    value = book.value(key, book.timeline.current) or Decimal(0)
    metric = book.metrics[key]
    text = book.texts.gettext(
        "%(name)s: %(value)s in %(period)s.",
        name=book.format.name(metric.name),
        value=book.format.value(value, metric.unit),
        period=period,
    )
    return Finding(text=text, metrics=(key,))


def _main(book: Book, _judged: list[Judged]) -> Finding | None:
    key = book.weightiest()
    if key is None:
        return None
    metric, changes = book.metrics[key], changes_of(book.metrics[key], book)
    value = book.format.value(book.value(key, book.timeline.current) or Decimal(0), metric.unit)
    if not changes:
        return None
    said = book.format.listing([f"{change.text} {change.against}" for change in changes])
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
