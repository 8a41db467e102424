"""Rankings and breakdowns: one metric by the members of a dimension."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from tallymark.scorecards.compose.book import UNASSIGNED, Book
from tallymark.scorecards.compose.inputs import MetricFacts, Thresholds
from tallymark.scorecards.compose.status import attainment, running_status
from tallymark.scorecards.compose.tiles import deltas
from tallymark.scorecards.compose.words import MEMBER, MEMBERS, versus, worded
from tallymark.scorecards.composition import SectionChoice
from tallymark.scorecards.document import Breakdown, BreakdownRow, Ranking, RankRow

RANKED_BY, BROKEN_DOWN_BY = "rep", "region"
"""The breakdowns of a ranking and of a breakdown that name none."""
MOST_ROWS = 200
"""Rows kept of a section that doesn't say how many; more are counted."""

_ROOM = Decimal("1.03")
"""Keeps the tick of the highest target inside the bar's track."""

Valued = list[tuple[str, Decimal]]


def valued(metric: str, dimension: str, book: Book) -> Valued:
    """Members with their values, the largest first, equal ones by name; the unassigned last."""
    found = []
    for member in book.members(metric, dimension):
        value = book.value(metric, book.timeline.current, dimension=dimension, member=member)
        if value is not None:
            found.append((member, value))
    return sorted(
        found, key=lambda pair: (pair[0] == UNASSIGNED, -pair[1], book.member_name(dimension, pair[0]))
    )


def ranking(book: Book, choice: SectionChoice) -> Ranking | None:
    """Who did best in the reported period, or None where nothing can be ranked."""
    dimension = choice.by or RANKED_BY
    metric = book.metrics.get(choice.metric or book.weightiest(dimension) or "")
    if metric is None:
        return None
    found = [pair for pair in valued(metric.key, dimension, book) if pair[0] != UNASSIGNED]
    if metric.better == "lower":
        found.reverse()
    goals = {member: _target(metric, dimension, member, book) for member, _ in found}
    longest = max(
        [*(abs(value) for _, value in found), *(goal * _ROOM for goal in goals.values() if goal)],
        default=Decimal(0),
    )
    kept = found[: choice.rows or MOST_ROWS]
    beside = [book.metrics[key] for key in choice.beside if key in book.metrics]
    rows = tuple(
        _rank_row(_Ranked(rank, member, value, goals[member]), longest, metric, dimension, beside, book)
        for rank, (member, value) in enumerate(kept, start=1)
    )
    return Ranking(
        metric=metric.key,
        title=worded(MEMBERS, dimension, book.texts),
        subtitle=book.texts.gettext(
            "Ranked by %(name)s, %(period)s",
            name=book.format.in_sentence(metric.name),
            period=book.format.period(book.timeline.current),
        ),
        member=worded(MEMBER, dimension, book.texts),
        measure=metric.name,
        beside=tuple(each.name for each in beside),
        rows=rows,
        omitted=len(found) - len(kept),
        reason=None if rows else book.texts.gettext("No member has a value in this period."),
        dimension=dimension,
    )


def _target(metric: MetricFacts, dimension: str, member: str, book: Book) -> Decimal | None:
    return book.target(metric.key, book.timeline.current, dimension=dimension, member=member)


class _Ranked(NamedTuple):
    """A member's place, with its value and its goal."""

    rank: int
    member: str
    value: Decimal
    goal: Decimal | None


def _rank_row(
    ranked: _Ranked,
    longest: Decimal,
    metric: MetricFacts,
    dimension: str,
    columns: Sequence[MetricFacts],
    book: Book,
) -> RankRow:
    rank, member, value, goal = ranked
    beside = [
        book.figure(
            book.value(each.key, book.timeline.current, dimension=dimension, member=member), each.unit
        )
        for each in columns
    ]
    reached = None if goal is None else attainment(value, goal, metric.better)
    return RankRow(
        rank=book.format.count(rank),
        name=book.member_name(dimension, member),
        value=book.known(value, metric.unit),
        bar=_part(value, longest),
        tick=None if goal is None else _part(goal, longest),
        attainment=book.figure(reached, "ratio"),
        status=running_status(value, goal, metric.better, Thresholds(), book.paces.get(metric.key)),
        beside=tuple(beside),
    )


def breakdown(book: Book, choice: SectionChoice) -> Breakdown | None:
    """The metric by members with its computed total, or None where it has no members."""
    dimension = choice.by or BROKEN_DOWN_BY
    metric = book.metrics.get(choice.metric or book.weightiest(dimension) or "")
    if metric is None:
        return None
    found = valued(metric.key, dimension, book)
    total = book.value(metric.key, book.timeline.current)
    longest = max((abs(value) for _, value in found), default=Decimal(0))
    kept = found[: choice.rows or MOST_ROWS]
    texts = book.texts
    return Breakdown(
        metric=metric.key,
        title=texts.gettext(
            "%(name)s by %(dimension)s",
            name=metric.name,
            dimension=book.format.in_sentence(worded(MEMBER, dimension, texts)),
        ),
        subtitle=book.format.period(book.timeline.current),
        member=worded(MEMBER, dimension, texts),
        measure=metric.name,
        change=versus(book.timeline.previous, book.timeline.current.grain, texts),
        rows=tuple(_breakdown_row(pair, total, longest, metric, dimension, book) for pair in kept),
        total=None if total is None else _total_row(metric, total, book),
        omitted=len(found) - len(kept),
        note=None
        if metric.additive
        else texts.gettext("The members don't add up to the total: this KPI is not a sum."),
        reason=None if found else texts.gettext("No member has a value in this period."),
        dimension=dimension,
    )


def _breakdown_row(
    pair: tuple[str, Decimal],
    total: Decimal | None,
    longest: Decimal,
    metric: MetricFacts,
    dimension: str,
    book: Book,
) -> BreakdownRow:
    member, value = pair
    share = value / total if metric.additive and total and total > 0 else None
    changes = deltas(metric, book, dimension=dimension, member=member)
    grain = versus(book.timeline.previous, book.timeline.current.grain, book.texts)
    return BreakdownRow(
        name=book.member_name(dimension, member),
        value=book.figure(value, metric.unit),
        share=book.figure(share, "ratio"),
        bar=_part(value, longest),
        delta=next((change for change in changes if change.against == grain), None),
    )


def _total_row(metric: MetricFacts, total: Decimal, book: Book) -> BreakdownRow:
    grain = versus(book.timeline.previous, book.timeline.current.grain, book.texts)
    return BreakdownRow(
        name=book.texts.gettext("Total"),
        value=book.figure(total, metric.unit),
        share=book.figure(Decimal(1), "ratio") if metric.additive and total > 0 else None,
        bar=0.0,
        delta=next((change for change in deltas(metric, book) if change.against == grain), None),
    )


def _part(value: Decimal, longest: Decimal) -> float:
    return round(max(0.0, float(value / longest)), 4) if longest else 0.0
