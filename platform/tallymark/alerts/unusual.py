"""From a company's figures to the band of one period: which periods are its like, and how they are made comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from tallymark.alerts import words
from tallymark.alerts.band import NEEDED, SEASONS, Band, Past, TooShort, band_of
from tallymark.alerts.grounds import Figures, Grounds, steps_back
from tallymark.alerts.rules import Rule
from tallymark.alerts.words import Sentence
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.period import Compared

_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Held:
    """A value and its band, in the metric's unit."""

    value: Fraction
    band: Band


def held_against_the_past(
    rule: Rule, grounds: Grounds, figures: Figures, member: str, period: Period, one_in: int
) -> Held | Sentence:
    """A member's value in a period with its band, or why there is none.

    What adds up over time is compared by working day, so that a month with a holiday isn't one with fewer sales. The same
    period of earlier years is aligned to the holiday that moves, where the company's comparisons are: Tết is held
    against Tết. Single days are held against the same weekday of the weeks before.
    """
    value = figures.value(member, period)
    if value is None:
        return Sentence(text=words.NO_VALUE, values={})
    worked = _scale(rule, grounds, period)
    if not worked:
        return Sentence(text=words.DAY_OFF, values={})
    need = NEEDED[rule.grain]
    since = figures.since(member)
    now = _past(rule, grounds, figures, member, period, since)
    past = [_past(rule, grounds, figures, member, each, since) for each in _window(rule, grounds, period)]
    found = band_of(now, past, need, one_in)
    if isinstance(found, TooShort):
        values = {"have": words.count(found.have), "need": words.count(found.need)}
        return Sentence(text=words.NOT_ENOUGH, values=values)
    band = Band(expected=found.expected * worked, low=found.low * worked, high=found.high * worked)
    return Held(value=value, band=band)


def periods_for(rule: Rule, grounds: Grounds, period: Period) -> list[Period]:
    """All periods whose figures a band stands on, and the period itself."""
    asked = [period, *_window(rule, grounds, period)]
    return [*asked, *(like for each in asked for like in _alike(rule, grounds, each))]


def _window(rule: Rule, grounds: Grounds, period: Period) -> Sequence[Period]:
    """The periods before: as many as are needed and half of that again, since some may hold nothing."""
    return steps_back(grounds, period, NEEDED[rule.grain] * 3 // 2)


def _alike(rule: Rule, grounds: Grounds, period: Period) -> list[Period]:
    """The same season one, two and three years before; of a day, the same weekday of the weeks before."""
    cut = grounds.comparison.calendar
    if rule.grain == "day":
        return [cut.period("day", period.start - timedelta(days=_WEEK * n)) for n in range(1, SEASONS + 1)]
    found, like = [], period
    for years in range(1, SEASONS + 1):
        like = cut.year_before(like)
        days = _moved(period, like, years, grounds.comparison.alignment)
        found.append(like if not days else _shifted(period, like, days))
    return found


def _moved(period: Period, like: Period, years: int, alignment: Alignment | None) -> int:
    """How many days before the period its like begins where a holiday moved between the two; 0 where none did.

    As `Alignment` has it for one year: days are alike that lie as far from the holiday. It is looked for here over
    several years, since the year between may have had the holiday in another month.
    """
    if alignment is None or period.grain == "year":
        return 0
    now, then = _season(period, alignment), _season(like, alignment)
    if now is None and then is None:
        return 0
    place = now if now is not None else (then or 0) + years
    if not years <= place < len(alignment.days):
        return 0
    holiday, earlier = alignment.days[place], alignment.days[place - years]
    if _held(period, holiday, alignment) == _held(like, earlier, alignment):
        return 0
    return (holiday - earlier).days


def _season(period: Period, alignment: Alignment) -> int | None:
    """The place of the holiday whose season the period touches."""
    return next((n for n, day in enumerate(alignment.days) if _held(period, day, alignment)), None)


def _held(period: Period, holiday: date, alignment: Alignment) -> range:
    """Which days of the holiday's season the period holds, by their distance from it."""
    first = max((period.start - holiday).days, -alignment.before)
    beyond = min((period.end - holiday).days, alignment.after + 1)
    return range(first, beyond) if first < beyond else range(0)


def _shifted(period: Period, like: Period, days: int) -> Period:
    back = timedelta(days=days)
    came = Compared(asked=period, whole=like)
    return replace(like, start=period.start - back, end=period.end - back, compared=came)


def _past(
    rule: Rule, grounds: Grounds, figures: Figures, member: str, period: Period, since: date | None
) -> Past:
    def at(each: Period) -> Fraction | None:
        value = figures.value(member, each)
        scale = _scale(rule, grounds, each)
        known = since is not None and each.start >= since
        return value / scale if value is not None and scale and known else None

    return Past(value=at(period), before=tuple(at(each) for each in _alike(rule, grounds, period)))


def _scale(rule: Rule, grounds: Grounds, period: Period) -> Fraction:
    """What a value is divided by to be compared: the working days of what adds up over time."""
    if not grounds.sums(rule):
        return Fraction(1)
    return Fraction(grounds.comparison.workdays.count(period))
