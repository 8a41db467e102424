"""The scorecard in one sentence: what counts most, the best beat with the worst miss.

Among KPIs with a target the best beat is the greatest weight × (attainment − 1), the worst miss the greatest weight ×
(1 − attainment); while the period runs, attainment is of what is due by now, and the sentence says so.
"""

from dataclasses import dataclass
from decimal import Decimal

from tallymark.scorecards.compose.book import Book
from tallymark.scorecards.compose.inputs import Kpi, MetricFacts
from tallymark.scorecards.compose.status import attainment, due_by_now, gap, is_early, running_status
from tallymark.scorecards.document import Finding, Status


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A KPI with value and target, and how telling it is: positive beats, negative misses.

    `due` is what of the target is due: all of it, or while the period runs what is usual by now.
    """

    kpi: Kpi
    metric: MetricFacts
    value: Decimal
    target: Decimal
    due: Decimal
    status: Status
    telling: Decimal

    @property
    def gap(self) -> Decimal:
        """How far it is from what is due, as a fraction of it."""
        return gap(self.value, self.due)


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
        due = due_by_now(target, pace)
        reached = attainment(value, due, metric.better)
        if reached is not None and not is_early(pace):
            state = running_status(value, target, metric.better, kpi.thresholds, pace)
            telling = kpi.weight * (reached - 1)
            found.append(
                Judged(
                    kpi=kpi, metric=metric, value=value, target=target, due=due, status=state, telling=telling
                )
            )
    return found


def headline_of(book: Book, all_judged: list[Judged]) -> Finding:
    """One sentence about the best and the worst, about either, or without targets about the weightiest KPI."""
    best = max((each for each in all_judged if each.telling > 0), key=lambda each: each.telling, default=None)
    worst = min(
        (each for each in all_judged if each.telling < 0), key=lambda each: each.telling, default=None
    )
    told = [each for each in (best, worst) if each is not None]
    if not told:
        return _without_targets(book)
    say = _so_far if book.timeline.to_date is not None else _at_the_end
    return Finding(text=say(book, best, worst), metrics=tuple(each.metric.key for each in told))


def _at_the_end(book: Book, best: Judged | None, worst: Judged | None) -> str:
    texts = book.texts
    if best and worst:
        return texts.gettext(
            "%(best)s beat target by %(gap)s, but %(worst)s missed it: %(value)s against %(target)s.",
            best=book.format.name(best.metric.name),
            **_ahead(book, best),
            **_behind(book, worst),
        )
    if best:
        name = book.format.in_sentence(best.metric.name)
        return texts.gettext(
            "Every KPI with a target reached it; %(best)s beat it by %(gap)s.",
            best=name,
            **_ahead(book, best),
        )
    return texts.gettext(
        "No KPI beat its target; furthest from it: %(worst)s, %(value)s against %(target)s.",
        **_behind(book, worst),
    )


def _so_far(book: Book, best: Judged | None, worst: Judged | None) -> str:
    texts = book.texts
    if best and worst:
        return texts.gettext(
            "So far %(best)s is %(gap)s ahead of what is due, but %(worst)s is behind: %(value)s of %(target)s.",
            best=book.format.in_sentence(best.metric.name),
            **_ahead(book, best),
            **_behind(book, worst),
        )
    if best:
        name = book.format.in_sentence(best.metric.name)
        return texts.gettext(
            "So far nothing is behind its target; %(best)s is %(gap)s ahead of what is due.",
            best=name,
            **_ahead(book, best),
        )
    return texts.gettext(
        "So far nothing is ahead of its target; furthest behind: %(worst)s, %(value)s of %(target)s.",
        **_behind(book, worst),
    )


def _ahead(book: Book, best: Judged) -> dict[str, str]:
    return {"gap": book.format.percent(best.gap)}


def _behind(book: Book, worst: Judged | None) -> dict[str, str]:
    if worst is None:
        return {}
    return {
        "worst": book.format.in_sentence(worst.metric.name),
        "value": book.format.value(worst.value, worst.metric.unit),
        "target": book.format.value(worst.target, worst.metric.unit),
    }


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
