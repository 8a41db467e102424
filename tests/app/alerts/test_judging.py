"""What each kind of rule finds in a made-up history, worked by hand, and what it says."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from tallymark.alerts.looking import Look, look, look_on
from tallymark.alerts.preview import preview
from tallymark.alerts.rules import AnomalyRule, PaceRule, Rule, Threshold
from tallymark.alerts.words import Speaker
from tallymark.calendars import workdays_of
from tallymark.i18n import Formatter
from tallymark.plugins.wording import Wording
from tallymark_tenants.ids import uuid7
from tallymark_tenants.profile import TenantProfile

BOOKINGS = Rule(metric="t.bookings", grain="month", asked=AnomalyRule(one_in=20))
LIMIT = Decimal(1000)


def below(limit=LIMIT, of="value"):
    return Threshold(of=of, side="below", limit=Decimal(limit))


def above(limit=LIMIT, of="value"):
    return Threshold(of=of, side="above", limit=Decimal(limit))


def said(verdict, grounds, locale="en"):
    formatter = Formatter.of(locale, "EUR", grounds.targets.profile.calendar, "UTC")
    speaker = Speaker(formatter, Wording(grounds.targets.registry, "en"), grounds.targets.calendar)
    return speaker.say(verdict.words)


def only(rule, grounds):
    (verdict,) = look(rule, grounds)
    return verdict


# Two deals a month; the second half of the month has nine tenths of it.
MONTHS = [
    deal
    for year, month in ((2026, m) for m in range(1, 11))
    for deal in ((date(year, month, 2), 100), (date(year, month, 28), 900))
]


# thresholds -----------------------------------------------------------------------------------------------------------
def test_a_sum_that_is_still_below_is_judged_when_its_period_is_over(grounds_of):
    grounds = grounds_of([*MONTHS, (date(2026, 11, 2), 50)], date(2026, 11, 20))
    found = only(replace(BOOKINGS, asked=below(1001)), grounds)
    assert (found.state, found.value, found.low) == ("so", 1000, 1001)
    assert said(found, grounds) == "Bookings: €1.00K in October 2026, below €1.00K."
    assert only(replace(BOOKINGS, asked=below(1000)), grounds).state == "not so"


def test_a_sum_that_is_above_is_judged_while_its_period_runs(grounds_of):
    grounds = grounds_of([*MONTHS, (date(2026, 11, 2), 1200)], date(2026, 11, 20))
    found = only(replace(BOOKINGS, asked=above(1100)), grounds)
    assert (found.state, found.value) == ("so", 1200)
    assert said(found, grounds) == "Bookings: €1.20K in November 2026, above €1.10K."
    assert only(replace(BOOKINGS, asked=above(1200)), grounds).state == "not so"


def test_a_ratio_is_judged_while_its_period_runs(grounds_of):
    grounds = grounds_of([*MONTHS, (date(2026, 11, 2), 50)], date(2026, 11, 20))
    found = only(replace(BOOKINGS, metric="t.size", asked=below(500)), grounds)
    assert (found.state, found.value) == ("so", 50)


def test_attainment_of_the_month_that_is_over(grounds_of):
    grounds = grounds_of(MONTHS, date(2026, 11, 20), targets={"t.bookings": 15000})
    found = only(replace(BOOKINGS, asked=below("0.9", "attainment")), grounds)
    assert (found.state, found.expected) == ("so", 1250)
    assert (
        said(found, grounds)
        == "Bookings: €1.00K in October 2026, 80% of the target of €1.25K and so below 90%."
    )
    assert only(replace(BOOKINGS, asked=below("0.8", "attainment")), grounds).state == "not so"
    without = grounds_of(MONTHS, date(2026, 11, 20))
    lost = only(replace(BOOKINGS, asked=below("0.9", "attainment")), without)
    assert (lost.state, said(lost, without)) == ("unknown", "No target is set for the period.")


def test_each_member_is_judged_by_its_own_figures(grounds_of):
    deals = [(date(2026, 10, 5), 900, "an"), (date(2026, 10, 6), 1100, "bo"), (date(2026, 9, 6), 1, "cy")]
    grounds = grounds_of(deals, date(2026, 11, 20))
    rule = replace(BOOKINGS, dimension="rep", asked=below(1000))
    states = {verdict.member: verdict.state for verdict in look(rule, grounds)}
    assert states == {"an": "so", "bo": "not so", "cy": "so"}
    found = next(each for each in look(rule, grounds) if each.member == "an")
    assert said(found, grounds).startswith("Bookings of an: €900 in October 2026")
    assert [each.member for each in look(replace(rule, member="bo"), grounds)] == ["bo"]


# status and pace ------------------------------------------------------------------------------------------------------
def test_status_follows_the_pace_of_the_running_month(grounds_of):
    """By 20 November 15 of 21 working days are over. Ten months had a tenth by then: of 1,000 only 100 is due."""
    deals = [*MONTHS, (date(2026, 11, 2), 95)]
    grounds = grounds_of(deals, date(2026, 11, 20), targets={"t.bookings": 12000})
    off = replace(BOOKINGS, asked=Threshold(of="status", status="off"))
    risk = replace(BOOKINGS, asked=Threshold(of="status", status="risk"))
    assert only(off, grounds).state == "not so"
    found = only(risk, grounds)
    assert (found.state, found.expected) == ("so", 100)
    assert said(found, grounds) == "Bookings, November 2026: at risk with €95.00, where €100 is due by now."
    lower = grounds_of([*MONTHS, (date(2026, 11, 2), 80)], date(2026, 11, 20), targets={"t.bookings": 12000})
    assert only(off, lower).state == "so"


def test_a_kpi_s_own_thresholds_decide_its_status(grounds_of):
    grounds = grounds_of(
        [*MONTHS, (date(2026, 11, 2), 95)], date(2026, 11, 20), targets={"t.bookings": 12000}
    )
    own = replace(grounds, thresholds={"t.bookings": {"on": "0.95", "risk": "0.5"}})
    rule = replace(BOOKINGS, asked=Threshold(of="status", status="risk"))
    assert only(rule, own).state == "not so"


def test_on_the_first_day_the_month_before_is_judged(grounds_of):
    grounds = grounds_of(MONTHS, date(2026, 11, 1), targets={"t.bookings": 18000})
    found = only(replace(BOOKINGS, asked=Threshold(of="status", status="off")), grounds)
    assert (found.state, found.period.start) == ("so", date(2026, 10, 1))


def test_pace_projects_by_what_is_usual_by_now(grounds_of):
    """80 where a tenth is usual projects to 800 of 1,000: a fifth short."""
    deals = [*MONTHS, (date(2026, 11, 2), 80)]
    grounds = grounds_of(deals, date(2026, 11, 20), targets={"t.bookings": 12000})
    found = only(replace(BOOKINGS, asked=PaceRule(miss=Decimal("0.1"))), grounds)
    assert (found.state, found.value, found.expected) == ("so", 80, 100)
    assert said(found, grounds) == (
        "Bookings, November 2026: heading for €800, 20% short of the target of €1.00K. By working day 15 of 21 there was "
        "€80.00, where €100 was due."
    )
    assert only(replace(BOOKINGS, asked=PaceRule(miss=Decimal("0.2"))), grounds).state == "not so"
    early = grounds_of(MONTHS, date(2026, 11, 2), targets={"t.bookings": 12000})
    assert said(only(replace(BOOKINGS, asked=PaceRule(miss=Decimal(0))), early), early) == (
        "Too little of the period is due to judge by."
    )


def test_pace_of_a_cost_is_over_and_not_short(grounds_of):
    deals = [*MONTHS, (date(2026, 11, 2), 150)]
    grounds = grounds_of(deals, date(2026, 11, 20), targets={"t.costs": 12000})
    found = only(replace(BOOKINGS, metric="t.costs", asked=PaceRule(miss=Decimal("0.1"))), grounds)
    assert found.state == "so"
    assert "heading for €1.50K, 50% over the target of €1.00K" in said(found, grounds)


# anomaly --------------------------------------------------------------------------------------------------------------
def steady(first, last, amount, **settings):
    """A deal on each working day."""
    workdays = workdays_of(TenantProfile(id=uuid7(), slug="t", name="T", **settings))
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    return [(day, amount(day)) for day in days if workdays.is_workday(day)]


def test_a_week_far_under_its_like_is_explained(grounds_of):
    """100 on each working day, 500 a week; in the week of 16 November only 69 a day, 31 % under."""
    week = date(2026, 11, 16)
    deals = steady(
        date(2024, 1, 1), date(2026, 11, 23), lambda day: 69 if day >= week else 98 + 4 * (day.day % 2)
    )
    grounds = grounds_of(deals, date(2026, 11, 22))
    found = only(replace(BOOKINGS, grain="week"), grounds)
    assert (found.state, found.period.start) == ("so", week)
    assert found.value == 345
    words = said(found, grounds)
    assert words.startswith("Bookings, Week 47, 2026: €345, 31% under what the same weeks of earlier years")
    assert words.endswith("Usually 1 in 20 weeks is outside.")
    calm = grounds_of(
        steady(date(2024, 1, 1), date(2026, 11, 23), lambda day: 98 + 4 * (day.day % 2)), date(2026, 11, 22)
    )
    assert only(replace(BOOKINGS, grain="week"), calm).state == "not so"


def test_not_enough_history_says_how_much_there_is(grounds_of):
    """20 months of deals, of which the first is not counted: 7 of the 12 months before have one of a year before."""
    grounds = grounds_of(steady(date(2025, 3, 1), date(2026, 11, 1), lambda _: 100), date(2026, 10, 31))
    found = only(BOOKINGS, grounds)
    assert found.state == "unknown"
    # April to September 2026 have one; October is judged, and March 2025 may be cut.
    assert said(found, grounds) == "Not enough history: 6 of 12 periods."


def test_a_holiday_is_no_anomaly(grounds_of):
    """A week with two days off has three fifths of the sales, and that is as it should be."""
    deals = steady(date(2023, 1, 1), date(2026, 1, 5), lambda day: 95 + day.day % 9, country="DE")
    grounds = grounds_of(deals, date(2025, 12, 28), country="DE")
    found = only(replace(BOOKINGS, grain="week"), grounds)
    assert found.period.start == date(2025, 12, 22)
    assert found.value < 350
    assert found.state == "not so"


VIETNAM = {"country": "VN", "alignment": "tet", "timezone": "Asia/Ho_Chi_Minh"}
TET = [
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
]


def slow_before_tet(day):
    """Nearly nothing is signed in the two weeks before Tết and the one after; 85 to 115 on other days, by month."""
    near = any(-14 <= (day - tet).days <= 7 for tet in TET)
    ups_and_downs = Random(day.year * 100 + day.month).randint(85, 115)
    return (20 if near else 100) * ups_and_downs


def test_a_seasonal_company_is_not_alerted_each_tet(grounds_of):
    deals = steady(date(2020, 6, 1), date(2026, 4, 1), slow_before_tet, country="VN")
    grounds = grounds_of(deals, date(2026, 3, 31), **VIETNAM)
    ends = [date(year, month, 28) for year in (2025, 2026) for month in (2, 3)]
    looks = [Look(day=end.replace(day=1) - timedelta(days=1)) for end in (*ends, date(2026, 4, 1))]
    found = [each for verdicts in look_on(BOOKINGS, grounds, looks) for each in verdicts]
    assert [each.period.start.isoformat()[:7] for each in found] == [
        "2025-01", "2025-02", "2026-01", "2026-02", "2026-03",
    ]  # fmt: skip
    assert [each.state for each in found] == ["not so"] * 5
    # Tết's month sold much less, so it would have been seen without its like.
    values = {each.period.start.month: each.value for each in found if each.period.start.year == 2026}
    assert values[2] < values[3] / 2


def test_a_tet_that_is_really_bad_is_alerted(grounds_of):
    deals = steady(
        date(2020, 6, 1), date(2026, 3, 1),
        lambda day: slow_before_tet(day) // (3 if day >= date(2026, 2, 1) else 1), country="VN",
    )  # fmt: skip
    grounds = grounds_of(deals, date(2026, 2, 28), **VIETNAM)
    found = only(BOOKINGS, grounds)
    assert (found.state, found.period.start) == ("so", date(2026, 2, 1))
    assert "under what the same months of earlier years" in said(found, grounds)


# preview --------------------------------------------------------------------------------------------------------------
def test_a_preview_lists_what_would_have_been(grounds_of):
    weak = {date(2026, 3, 28), date(2026, 4, 28), date(2026, 7, 28)}
    deals = [(day, 500 if day in weak else amount) for day, amount in MONTHS]
    grounds = grounds_of(deals, date(2026, 11, 20))
    told = preview(replace(BOOKINGS, asked=below(1000)), grounds)
    # November and December 2025 are empty and so below; March and April are one after the other.
    assert [(each.new.verdict.period.label, each.new.state) for each in told.alerts] == [
        ("November 2025", "raised"), ("December 2025", "raised"), ("January 2026", "recovered"),
        ("March 2026", "raised"), ("April 2026", "raised"), ("May 2026", "recovered"),
        ("July 2026", "raised"), ("August 2026", "recovered"),
    ]  # fmt: skip
    assert (told.raised, told.days, told.unknown) == (5, 12, 0)


def test_a_preview_of_pace_looks_at_the_quarters_of_each_month(grounds_of):
    """August began with nothing: at a quarter, a half and three quarters of its working days it was short."""
    deals = [(day, 0 if day == date(2026, 8, 2) else amount) for day, amount in MONTHS]
    grounds = grounds_of(deals, date(2026, 11, 20), targets={"t.bookings": 12000})
    told = preview(replace(BOOKINGS, asked=PaceRule(miss=Decimal("0.5"))), grounds)
    raised = [each for each in told.alerts if each.new.verdict.period.start == date(2026, 8, 1)]
    assert [(each.day, each.new.state) for each in raised] == [
        (date(2026, 8, 7), "raised"), (date(2026, 8, 31), "recovered"),
    ]  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "vi", "fa", "zh-Hant"])
def test_what_was_found_is_said_in_each_language(grounds_of, locale):
    grounds = grounds_of(
        [*MONTHS, (date(2026, 11, 2), 80)], date(2026, 11, 20), targets={"t.bookings": 12000}
    )
    found = only(replace(BOOKINGS, asked=PaceRule(miss=Decimal("0.1"))), grounds)
    words = said(found, grounds, locale)
    assert "%(" not in words
    assert ("۲۰" in words) == (locale == "fa")
