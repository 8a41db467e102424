"""Holding figures against a rule: for each member whether what it watches for is so, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from tallymark.alerts import unusual, words
from tallymark.alerts.grounds import Figures, Grounds
from tallymark.alerts.rules import AnomalyRule, PaceRule, Rule, Threshold
from tallymark.alerts.words import Sentence
from tallymark.kpis.thresholds import thresholds_for
from tallymark.scorecards.compose import Pace
from tallymark.scorecards.compose.status import attainment, due_by_now, is_early, running_status
from tallymark.scorecards.document import Status
from tallymark.targets.running import Running, decimal_of, running
from tallymark.targets.season import Usual
from tallymark_sdk.calendars import Period

State = Literal["so", "not so", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a rule found for one member in one period.

    Attributes:
        state: whether it's so, not so, or can't be said.
        words: the alert where it is so, its end where it isn't, the reason where nobody can say.
        expected, low, high: what it is held against: a target or what is due, a limit, a band.
    """

    member: str
    period: Period
    state: State
    words: Sentence
    value: Fraction | None = None
    expected: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One member's figures on one day. `seen` is the value of the running period as far as that day."""

    rule: Rule
    grounds: Grounds
    member: str
    figures: Figures
    day: date
    usual: Mapping[Period, Usual]
    seen: Mapping[Period, Period]

    @property
    def unit(self) -> str:
        """The metric's unit."""
        return self.grounds.metric(self.rule).unit

    @property
    def better(self) -> str:
        """The metric's good side."""
        return self.grounds.metric(self.rule).better

    def value(self, period: Period) -> Fraction | None:
        """The member's value in a period, as far as the day."""
        return self.figures.value(self.member, self.seen.get(period, period))

    def target(self, period: Period) -> Decimal | None:
        """The member's target."""
        found, _why = self.grounds.targets.value(self.rule.metric, self.rule.dimension, self.member, period)
        return found

    def places(self, period: Period, value: Fraction) -> dict[str, dict[str, object]]:
        """What stands in every sentence: whose what, when, and how much."""
        name = self.figures.names.get(self.member, self.member)
        metric = self.grounds.metric(self.rule)
        return {
            "subject": words.subject(metric.key, metric.name, name),
            "period": words.period(period),
            "value": words.figure(value, self.unit),
        }

    def unknown(self, period: Period, text: str, **values: dict[str, object]) -> Verdict:
        """Nobody can say, and why."""
        said = Sentence(text=text, values=values)
        return Verdict(member=self.member, period=period, state="unknown", words=said)


def judge(case: Case) -> Verdict:
    """What the rule finds."""
    match case.rule.asked:
        case Threshold(of="value") as asked:
            return _value(case, asked)
        case Threshold(of="attainment") as asked:
            return _attainment(case, asked)
        case Threshold() as asked:
            return _status(case, asked)
        case PaceRule() as asked:
            return _pace(case, asked)
        case AnomalyRule() as asked:
            return _anomaly(case, asked)


def judged_period(rule: Rule, grounds: Grounds, day: date) -> Period:
    """The period that a rule judges on a day, as far as that doesn't depend on figures.

    A running period's sum can pass a limit from below for good; that it is still under it says nothing.
    """
    match rule.asked:
        case AnomalyRule() | Threshold(of="attainment" | "value", side="below") | Threshold(of="attainment"):
            sums = grounds.sums(rule) or isinstance(rule.asked, AnomalyRule)
            return grounds.complete(rule, day) if sums else grounds.current(rule, day)
        case _:
            return grounds.current(rule, day)


def _value(case: Case, asked: Threshold) -> Verdict:
    period = judged_period(case.rule, case.grounds, case.day)
    value, limit = case.value(period), Fraction(asked.limit or 0)
    if value is None:
        return case.unknown(period, words.NO_VALUE)
    above = asked.side == "above"
    so = value > limit if above else value < limit
    if above:
        text = words.ABOVE if so else words.NO_LONGER_ABOVE
    else:
        text = words.BELOW if so else words.NO_LONGER_BELOW
    said = Sentence(text=text, values={**case.places(period, value), "limit": words.figure(limit, case.unit)})
    return Verdict(
        member=case.member, period=period, state="so" if so else "not so", words=said, value=value,
        low=None if above else limit, high=limit if above else None,
    )  # fmt: skip


def _attainment(case: Case, asked: Threshold) -> Verdict:
    period = judged_period(case.rule, case.grounds, case.day)
    value, target = case.value(period), case.target(period)
    if value is None:
        return case.unknown(period, words.NO_VALUE)
    reached = None if target is None else attainment(decimal_of(value), target, case.better)
    if target is None or reached is None:
        return case.unknown(period, words.NO_TARGET)
    limit = asked.limit or Decimal(0)
    so = reached > limit if asked.side == "above" else reached < limit
    text = words.REACHED_AGAIN
    if so:
        text = words.REACHED_ABOVE if asked.side == "above" else words.REACHED_BELOW
    places = {
        **case.places(period, value),
        "target": words.figure(target, case.unit),
        "reached": words.share(reached),
        "limit": words.share(limit),
    }
    return Verdict(
        member=case.member, period=period, state="so" if so else "not so",
        words=Sentence(text=text, values=places), value=value, expected=Fraction(target),
    )  # fmt: skip


_WORSE = {"risk": (Status.RISK, Status.OFF), "off": (Status.OFF,)}


def _status(case: Case, asked: Threshold) -> Verdict:
    """The running period by its pace; where that can't be judged yet, the one that is over."""
    current = case.grounds.current(case.rule, case.day)
    found = _status_in(case, asked, current)
    before = case.grounds.complete(case.rule, case.day)
    return _status_in(case, asked, before) if found.state == "unknown" and before != current else found


def _status_in(case: Case, asked: Threshold, period: Period) -> Verdict:
    value, target = case.value(period), case.target(period)
    if value is None:
        return case.unknown(period, words.NO_VALUE)
    if target is None:
        return case.unknown(period, words.NO_TARGET)
    stands = _running(case, period, value, target)
    pace = None if stands is None else Pace(metric="", pace=stands.pace, needed=None, share=stands.share)
    levels = thresholds_for(case.grounds.thresholds.get(case.rule.metric, {}), period)
    status = running_status(decimal_of(value), target, case.better, levels, pace)
    if status is Status.NONE:
        return case.unknown(period, words.TOO_EARLY if is_early(pace) else words.NO_TARGET)
    so = status in _WORSE[asked.status]
    due = due_by_now(target, pace)
    if pace is None:
        text = (words.OFF if status is Status.OFF else words.AT_RISK) if so else words.GOOD
    else:
        text = (words.OFF_NOW if status is Status.OFF else words.AT_RISK_NOW) if so else words.GOOD_NOW
    places = {**case.places(period, value), "target": words.figure(due, case.unit)}
    return Verdict(
        member=case.member, period=period, state="so" if so else "not so",
        words=Sentence(text=text, values=places), value=value, expected=Fraction(due),
    )  # fmt: skip


def _pace(case: Case, asked: PaceRule) -> Verdict:
    period = case.grounds.current(case.rule, case.day)
    value, target = case.value(period), case.target(period)
    if value is None:
        return case.unknown(period, words.NO_VALUE)
    if target is None or not target:
        return case.unknown(period, words.NO_TARGET)
    stands = _running(case, period, value, target)
    if stands is None or stands.usual is None:
        return case.unknown(period, words.NOT_RUNNING)
    if is_early(Pace(metric="", pace=stands.pace, needed=None, share=stands.share)):
        return case.unknown(period, words.TOO_EARLY)
    by = stands.usual
    projected = value / by.share
    miss = (Fraction(target) - projected) / abs(Fraction(target))
    miss = miss if case.better == "higher" else -miss
    so = miss > Fraction(asked.miss)
    text = (words.SHORT if case.better == "higher" else words.OVER) if so else words.ON_PACE
    due = Fraction(target) * by.share
    places = {
        **case.places(period, value),
        "projected": words.figure(projected, case.unit),
        "target": words.figure(target, case.unit),
        "due": words.figure(due, case.unit),
        "miss": words.share(miss),
        "day": words.count(by.day),
        "days": words.count(by.days),
    }
    return Verdict(
        member=case.member, period=period, state="so" if so else "not so",
        words=Sentence(text=text, values=places), value=value, expected=due,
    )  # fmt: skip


def _running(case: Case, period: Period, value: Fraction, target: Decimal) -> Running | None:
    return running(
        case.grounds.targets,
        case.rule.metric,
        decimal_of(value),
        target,
        period,
        case.day,
        case.usual.get(period),
    )


def _anomaly(case: Case, asked: AnomalyRule) -> Verdict:
    period = judged_period(case.rule, case.grounds, case.day)
    found = unusual.held_against_the_past(
        case.rule, case.grounds, case.figures, case.member, period, asked.one_in
    )
    if isinstance(found, Sentence):
        return case.unknown(period, found.text, **found.values)  # type: ignore[arg-type]
    band, value = found.band, found.value
    so = not band.low <= value <= band.high
    places = {
        **case.places(period, value),
        "low": words.figure(band.low, case.unit),
        "high": words.figure(band.high, case.unit),
    }
    text = words.USUAL_AGAIN
    if so:
        places["one_in"] = words.count(asked.one_in)
        text = words.OUTSIDE
        if band.expected > 0:
            places["off"] = words.share(abs(value - band.expected) / band.expected)
            text = (words.UNDER if value < band.expected else words.UPPER)[period.grain]
    return Verdict(
        member=case.member, period=period, state="so" if so else "not so",
        words=Sentence(text=text, values=places), value=value, expected=band.expected, low=band.low, high=band.high,
    )  # fmt: skip
