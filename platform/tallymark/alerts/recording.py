"""Saying each thing once: from what a rule finds now and what it said before to what it says now.

What lasts isn't repeated: an alert belongs to a rule, a period and a member, and while that is still so nothing more is
said, however often data lands. Its end is said once, also where a later period shows it. What comes back after its end is
said again. A rule can ask to be reminded after some days of what is still so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tallymark.alerts.judging import Verdict
from tallymark_sdk.calendars import Period
from tallymark_tenants.models import Alert

Saying = Literal["raised", "repeated", "recovered"]


@dataclass(frozen=True, kw_only=True)
class New:
    """Something to say; `key` is the same whoever finds it, so that it is said once."""

    verdict: Verdict
    state: Saying
    key: str


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a rule said before."""

    member: str
    period: Period
    state: str
    at: datetime

    @classmethod
    def of(cls, alert: Alert, period: Period) -> Spoken:
        """An alert of the database; `period` is the one it is about."""
        return cls(member=alert.member, period=period, state=alert.state, at=alert.created_at)


def news(
    verdicts: Iterable[Verdict], spoken: Sequence[Spoken], now: datetime, repeat_after_days: int | None
) -> list[New]:
    """What is to be said.

    Args:
        spoken: what the rule said before, oldest first.
    """
    found = [
        _of_member(
            verdict, [each for each in spoken if each.member == verdict.member], now, repeat_after_days
        )
        for verdict in verdicts
    ]
    return [each for each in found if each is not None]


def _of_member(
    verdict: Verdict, spoken: Sequence[Spoken], now: datetime, repeat_after_days: int | None
) -> New | None:
    if verdict.state == "unknown":
        return None
    lasting = _lasting(spoken)
    here = [each for each in spoken if each.period == verdict.period]
    if verdict.state == "not so":
        # A period that is over can't be mended by an older one: it is judged again only where data changed.
        if lasting is None or verdict.period < lasting.period:
            return None
        return _new(verdict, "recovered", f"{lasting.period.start}", sum(e.state == "raised" for e in spoken))
    if lasting is not None and lasting.period == verdict.period:
        told = max(each.at for each in here)
        if repeat_after_days is None or now - told < timedelta(days=repeat_after_days):
            return None
        return _new(verdict, "repeated", f"{verdict.period.start}", len(here))
    return _new(verdict, "raised", f"{verdict.period.start}", sum(each.state == "raised" for each in here))


def _lasting(spoken: Sequence[Spoken]) -> Spoken | None:
    """The alert that hasn't ended, as far as was said."""
    raised = [each for each in spoken if each.state != "repeated"]
    return raised[-1] if raised and raised[-1].state == "raised" else None


def _new(verdict: Verdict, state: Saying, start: str, number: int) -> New:
    return New(
        verdict=verdict, state=state, key=f"{start}:{verdict.period.grain}:{verdict.member}:{state}:{number}"
    )
