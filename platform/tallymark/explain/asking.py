"""What is asked of an explanation, in a tenant's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from tallymark.explain.errors import NoExplanation
from tallymark_sdk.attribution import Attribution
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.metric import Metric

PAGE_SIZE = 50
MOST_ON_A_PAGE = 1000

Which: TypeAlias = Literal["used", "left_out"]
"""The rows that made the number, or those that were meant but couldn't be used."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One cell, and which of its rows are wanted.

    Attributes:
        metric: the metric's key.
        period: as the tenant's calendar writes it, such as "2026-10", "2026-Q3" or "1405-07".
        part: "value", or one of the metric's further figures, such as "median".
        by, member: whose figure; both "" for the total.
        measure: the number, from 1, of the measure whose rows are listed: a ratio has two, for one.
        page: from 1.
        edition: a sealed edition, whose data and KPI set hold; without one the data of now.
        as_of: the last day that the data reaches; without it, the day of the newest snapshot.
        attribution: by whom rows count, where not as the tenant's settings have it.
        kpi_set_id: the KPI set whose parameter values hold; the default set's without it.
    """

    metric: str
    period: str
    part: str = "value"
    by: str = ""
    member: str = ""
    measure: int = 1
    which: Which = "used"
    page: int = 1
    page_size: int = PAGE_SIZE
    edition: UUID | None = None
    as_of: date | None = None
    attribution: Attribution | None = None
    kpi_set_id: UUID | None = None


def check(question: Question, metric: Metric) -> None:
    """Refuse a part or a breakdown that the metric doesn't have, half of a member, and a page before the first.

    Raises:
        NoExplanation: with what to write instead.
    """
    if question.part != "value" and question.part not in metric.parts:
        parts = ("value", *metric.parts)
        hint = did_you_mean(question.part, parts) or f" It has {', '.join(parts)}."
        raise NoExplanation(f'{metric.key} has no part "{question.part}".{hint}')
    if question.by and question.by not in metric.by:
        hint = did_you_mean(question.by, metric.by)
        offered = f" It is broken down by {', '.join(metric.by)}." if metric.by else ""
        raise NoExplanation(f'{metric.key} isn\'t broken down by "{question.by}".{hint or offered}')
    if bool(question.by) != bool(question.member):
        raise NoExplanation("Name the breakdown and its member together, or neither of them for the total.")
    if question.page < 1 or not 1 <= question.page_size <= MOST_ON_A_PAGE:
        raise NoExplanation(f"Pages are numbered from 1 and hold up to {MOST_ON_A_PAGE:,} rows.")
