"""What a rule would have said: looked at on past days, by the data and the targets as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tallymark.alerts.grounds import Grounds
from tallymark.alerts.looking import Look, look_on
from tallymark.alerts.recording import New, Spoken, news
from tallymark.alerts.rules import AnomalyRule, Rule, Threshold
from tallymark_sdk.calendars import Period

PAST: dict[str, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""How many periods are the last twelve months."""
_PLACES = (1, 2, 3, 4)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Would:
    """An alert that would have been, and on which day."""

    day: date
    new: New


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The last twelve months of a rule; `unknown` counts the days on which it could say nothing."""

    alerts: tuple[Would, ...]
    days: int
    unknown: int
    why: New | None = None

    @property
    def raised(self) -> int:
        """How often it would have alerted."""
        return sum(each.new.state == "raised" for each in self.alerts)


def preview(rule: Rule, grounds: Grounds) -> Preview:
    """Look with the rule at the end of each period of the last twelve months.

    One that judges running periods looks at each quarter of their working days too.
    """
    looks = _looks(rule, grounds)
    told: list[Spoken] = []
    alerts, unknown = [], 0
    for each, verdicts in zip(looks, look_on(rule, grounds, looks), strict=True):
        now = datetime.combine(each.day, time(12), tzinfo=UTC)
        unknown += bool(verdicts) and all(verdict.state == "unknown" for verdict in verdicts)
        for new in news(verdicts, told, now, None):
            alerts.append(Would(day=each.day, new=new))
            told.append(Spoken(member=new.verdict.member, period=new.verdict.period, state=new.state, at=now))
    return Preview(alerts=tuple(alerts), days=len(looks), unknown=unknown)


def _looks(rule: Rule, grounds: Grounds) -> list[Look]:
    last = grounds.complete(rule, grounds.as_of)
    cut = grounds.comparison.calendar
    count = PAST[rule.grain]
    days: set[date] = set()
    for period in cut.range(cut.step(last, 1 - count), count):
        days.add(period.end - _DAY)
        if _judges_running(rule, grounds):
            days.update(_within(period, grounds))
    return [Look(day=day, partly=True) for day in sorted(days)]


def _judges_running(rule: Rule, grounds: Grounds) -> bool:
    match rule.asked:
        case AnomalyRule() | Threshold(of="attainment"):
            return False
        case Threshold(of="value", side="below"):
            return False
        case Threshold(of="value"):
            return not grounds.sums(rule)
        case _:
            return rule.grain != "day"


def _within(period: Period, grounds: Grounds) -> list[date]:
    workdays = grounds.comparison.workdays
    count = workdays.count(period)
    found = [workdays.nth(period, count * place // 4) for place in _PLACES if count * place // 4]
    return [day for day in found if day is not None]
