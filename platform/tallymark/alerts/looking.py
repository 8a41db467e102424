"""What a rule finds on a day, for every member that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tallymark.alerts import unusual
from tallymark.alerts.grounds import Figures, Grounds, figures_for, steps_back, to_date
from tallymark.alerts.judging import Case, Verdict, judge
from tallymark.alerts.rules import AnomalyRule, PaceRule, Rule, Threshold
from tallymark.targets.season import Usual, usual_on
from tallymark_sdk.calendars import Period

LATELY = 3
"""A member that had a value in one of so many periods before is expected to have one now."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A day on which a rule looks; `partly` that the running period's value is only as far as that day."""

    day: date
    partly: bool = False


def look(rule: Rule, grounds: Grounds) -> list[Verdict]:
    """What the rule finds on the day of the data."""
    (found,) = look_on(rule, grounds, [Look(day=grounds.as_of)])
    return found


def look_on(rule: Rule, grounds: Grounds, looks: Sequence[Look]) -> list[list[Verdict]]:
    """What the rule finds, or would have found, on each of the days; all figures are computed at once."""
    on = [grounds.on(each.day) for each in looks]
    seen = [_seen(rule, there, each) for there, each in zip(on, looks, strict=True)]
    asked = [period for there, parts in zip(on, seen, strict=True) for period in _asked(rule, there, parts)]
    figures = figures_for(rule, asked, grounds)
    usual = _usual(rule, grounds, on)
    return [
        _verdicts(rule, there, figures, parts, {} if by is None else {there.current(rule, there.as_of): by})
        for there, parts, by in zip(on, seen, usual, strict=True)
    ]


def _verdicts(
    rule: Rule,
    grounds: Grounds,
    figures: Figures,
    seen: Mapping[Period, Period],
    usual: Mapping[Period, Usual],
) -> list[Verdict]:
    members = figures.members if rule.dimension else [""]
    return [
        judge(
            Case(
                rule=rule,
                grounds=grounds,
                member=member,
                figures=figures,
                day=grounds.as_of,
                usual=usual,
                seen=seen,
            )
        )
        for member in members
    ]


def _asked(rule: Rule, grounds: Grounds, seen: Mapping[Period, Period]) -> list[Period]:
    current, complete = grounds.current(rule, grounds.as_of), grounds.complete(rule, grounds.as_of)
    if isinstance(rule.asked, AnomalyRule):
        return unusual.periods_for(rule, grounds, complete)
    # Whoever had something lately is looked at even where there is nothing now.
    lately = steps_back(grounds, complete, LATELY) if rule.dimension and not rule.member else ()
    return [*(seen.get(each, each) for each in (current, complete)), *lately]


def _seen(rule: Rule, grounds: Grounds, look: Look) -> dict[Period, Period]:
    if not look.partly:
        return {}
    current = grounds.current(rule, look.day)
    return {current: to_date(current, look.day)}


def _usual(rule: Rule, grounds: Grounds, on: Sequence[Grounds]) -> Sequence[Usual | None]:
    paced = isinstance(rule.asked, PaceRule) or (
        isinstance(rule.asked, Threshold) and rule.asked.of == "status"
    )
    if not paced:
        return [None for _ in on]
    return usual_on(
        grounds.targets, rule.metric, [(there.current(rule, there.as_of), there.as_of) for there in on]
    )
