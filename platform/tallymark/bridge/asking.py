"""What is asked of a bridge, in a tenant's own terms, and the two periods that it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from tallymark.bridge.errors import NoBridge
from tallymark_sdk.attribution import Attribution
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.metric import Metric

PREVIOUS, YEAR_BEFORE = "previous", "year-before"
NEWEST, NOTHING = "newest", "none"

Against: TypeAlias = UUID | date | Literal["newest", "none"]
"""Which earlier data is meant: an edition's, that of a day, of the newest edition of the earlier period, or none."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One bridge.

    Attributes:
        metric: the metric's key.
        to: the later period as the tenant's calendar writes it, such as "2026-10" or "1405-Q3".
        from_: the earlier one, or "previous" or "year-before".
        by, member: whose change; both "" for the total.
        mix: the breakdown whose members are the segments; "" for none of them, None for what fits the metric.
        against: as of when the earlier period's first value is wanted.
        as_of: the last day that the data reaches; without it, the day of the newest snapshot.
        attribution: by whom rows count, where not as the tenant's settings have it.
        kpi_set_id: the KPI set whose parameter values hold; the default set's without it.
    """

    metric: str
    to: str
    from_: str = PREVIOUS
    by: str = ""
    member: str = ""
    mix: str | None = None
    against: Against = "newest"
    as_of: date | None = None
    attribution: Attribution | None = None
    kpi_set_id: UUID | None = None


def check_member(question: Question, metric: Metric) -> None:
    """Refuse a breakdown that the metric doesn't offer, and half of a member.

    Raises:
        NoBridge: with what to write instead.
    """
    if question.by and question.by not in metric.by:
        hint = did_you_mean(question.by, metric.by)
        offered = f" It is broken down by {', '.join(metric.by)}." if metric.by else ""
        raise NoBridge(f'{metric.key} isn\'t broken down by "{question.by}".{hint or offered}')
    if bool(question.by) != bool(question.member):
        raise NoBridge("Name the breakdown and its member together, or neither of them for the total.")


def periods_of(question: Question, comparison: Comparison) -> tuple[Period, Period]:
    """The earlier and the later period; the earlier one to as many working days where the later one is running.

    Raises:
        CalendarError: a text names no period.
        NoBridge: the two are of different lengths, or in the wrong order.
    """
    cut = comparison.calendar
    later = cut.parse(question.to)
    previous, year_before = comparison.previous(later), comparison.year_before(later)
    if question.from_ == PREVIOUS:
        return previous, later
    if question.from_ == YEAR_BEFORE:
        return year_before, later
    named = cut.parse(question.from_)
    if named.grain != later.grain:
        raise NoBridge(
            f"{named.label} is a {named.grain} and {later.label} a {later.grain}; take two of one length."
        )
    if named.start >= later.start:
        raise NoBridge(f"{named.label} isn't before {later.label}; name the earlier period first.")
    for compared in (previous, year_before):
        if _whole(compared) == named:  # as everywhere else: an aligned year before keeps its alignment
            return compared, later
    return comparison.beside(later, named), later


def against(text: str) -> Against:
    """Read "newest", "none", an edition's id or a day.

    Raises:
        NoBridge: it is none of these.
    """
    if text in (NEWEST, ""):
        return "newest"
    if text == NOTHING:
        return "none"
    readers: Iterable[type[UUID | date]] = (UUID, date)
    for reader in readers:
        try:
            return UUID(text) if reader is UUID else date.fromisoformat(text)
        except ValueError:
            continue
    raise NoBridge(
        f'"{text}" is neither an edition\'s id nor a day such as 2026-10-05; "none" leaves it out.'
    )


def _whole(period: Period) -> Period:
    return period.compared.whole if period.compared else period
