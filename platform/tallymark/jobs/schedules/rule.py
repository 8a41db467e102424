"""When a schedule ticks.

A rule is a small JSON object:

    {"every": "day", "at": "06:00"}
    {"every": "working-day", "at": "06:00"}
    {"every": "week", "day": "monday", "at": "06:00"}
    {"every": "month", "day": 1, "at": "06:00"}               # -1 is the last day; 31 is cut to the month
    {"every": "month", "working_day": 3, "at": "06:00"}
    {"every": "quarter", "day": 1, "at": "06:00"}             # also "year"

Months, quarters and years are those of the tenant's calendar, `at` is on the tenant's clock. Working
days are the tenant's (its weekend, its country's holidays, its own days), unless the rule names a
`"weekend": ["thursday", "friday"]` of its own, which then alone decides. An hour that summer time skips
happens an hour later; one it repeats happens once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tallymark_sdk.calendars import Calendar, Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = ("month", "quarter", "year")
EVERY = ("day", "working-day", "week", *PERIODS)
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
ONE_DAY = timedelta(days=1)
EXAMPLE = '{"every": "month", "day": 1, "at": "06:00"}'
LONGEST_HOLIDAY = 60
"""Days without a working day after which a rule stops waiting for one."""

Works = Callable[[date], bool]
"""Whether people work on a day."""


def monday_to_friday(day: date) -> bool:
    """The working days of whoever says nothing about theirs."""
    return day.weekday() < 5


class RuleError(ValueError):
    """A rule that cannot be followed; the sentence says what to change."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A parsed rule.

    `day` is a day's place in its period (negative from the end) or, in a week, the weekday from 0;
    `working` counts working days only. `weekend` None leaves it to the tenant which days those are.
    """

    every: str
    at: time
    day: int = 1
    working: bool = False
    weekend: frozenset[int] | None = None

    @property
    def asks_for_working_days(self) -> bool:
        """Whether its days depend on which days the tenant works."""
        return self.weekend is None and (self.working or self.every == "working-day")


def read(text: str) -> Rule:
    """The rule in a schedule's text; raises RuleError."""
    try:
        raw = json.loads(text)
    except ValueError:
        raise RuleError(f"The rule {text[:60]!r} is not JSON; write it like {EXAMPLE}.") from None
    if not isinstance(raw, dict):
        raise RuleError(f"The rule {text[:60]!r} is not a JSON object; write it like {EXAMPLE}.")
    return parse(raw)


def parse(raw: Mapping[str, Any]) -> Rule:
    """The rule such an object describes; raises RuleError."""
    unknown = set(raw) - {"every", "at", "day", "working_day", "weekend"}
    if unknown:
        raise RuleError(f"A rule has no {min(unknown)!r}; use every, at, day, working_day or weekend.")
    every = raw.get("every")
    if every not in EVERY:
        raise RuleError(f"A schedule cannot run every {every!r}; use one of {', '.join(EVERY)}.")
    if "day" in raw and "working_day" in raw:
        raise RuleError("A rule has either a day or a working_day; remove one.")
    if every in ("day", "working-day") and ("day" in raw or "working_day" in raw):
        raise RuleError(f"A rule for every {every} takes no day; remove it.")
    weekend = frozenset(_weekday(name) for name in raw["weekend"]) if "weekend" in raw else None
    if weekend is not None and len(weekend) > 6:
        raise RuleError("A week needs at least one working day; shorten the weekend.")
    return Rule(
        every=every,
        at=_clock(raw.get("at")),
        day=_weekday(raw.get("day", "monday")) if every == "week" else _place(every, raw),
        working="working_day" in raw,
        weekend=weekend,
    )


def next_tick(
    rule: Rule, after: datetime, zone: ZoneInfo, calendar: Calendar, works: Works = monday_to_friday
) -> datetime:
    """The first moment later than `after` (aware) that the rule names, in UTC.

    `works` are the tenant's working days, for rules that leave them to the tenant.
    """
    if rule.weekend is not None:
        weekend = rule.weekend
        works = lambda day: day.weekday() not in weekend  # noqa: E731  one of two ways to say the same
    for day in _days(rule, after.astimezone(zone).date(), calendar, works):
        moment = datetime.combine(day, rule.at, tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
    raise AssertionError("the days of a rule never end")


def _days(rule: Rule, start: date, calendar: Calendar, works: Works) -> Iterator[date]:
    """The rule's days in order, from the period of `start` on."""
    if rule.every in PERIODS:
        period = calendar.period(rule.every, start)
        while True:
            yield _pick(rule, period, works)
            period = calendar.step(period, 1)
    day, idle = start, 0
    while True:
        if _matches(rule, day, works) or idle >= LONGEST_HOLIDAY:
            idle = 0
            yield day
        idle += 1
        day += ONE_DAY


def _matches(rule: Rule, day: date, works: Works) -> bool:
    if rule.every == "week":
        return day.weekday() == rule.day
    return rule.every == "day" or works(day)


def _pick(rule: Rule, period: Period, works: Works) -> date:
    length = (period.end - period.start).days
    days = [period.start + timedelta(days=n) for n in range(length)]
    if rule.working:
        # A period that nobody works in at all still has its report.
        days = [day for day in days if works(day)] or days
    index = rule.day - 1 if rule.day > 0 else len(days) + rule.day
    return days[min(max(index, 0), len(days) - 1)]


def _clock(raw: object) -> time:
    written = CLOCK.fullmatch(str(raw))
    if written is None:
        raise RuleError(f"{raw!r} is no time of day; write it like 06:00.")
    return time(int(written[1]), int(written[2]))


def _weekday(raw: object) -> int:
    name = str(raw).lower()
    if name not in WEEKDAYS:
        raise RuleError(f"{raw!r} is no day of the week; use one of {', '.join(WEEKDAYS)}.")
    return WEEKDAYS.index(name)


def _place(every: str, raw: Mapping[str, Any]) -> int:
    place = raw.get("working_day", raw.get("day", 1))
    if not isinstance(place, int) or isinstance(place, bool) or place == 0 or abs(place) > 366:
        raise RuleError(f"{place!r} is no day of a {every}; count from 1, or from -1 for the last.")
    return place
