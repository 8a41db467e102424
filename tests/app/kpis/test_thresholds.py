"""Which thresholds hold in which period, and what is refused."""

from decimal import Decimal

import pytest

from tallymark.kpis.thresholds import ThresholdsRefused, change, lines, thresholds_for, with_levels, without
from tallymark.lake import Lake
from tallymark.scorecards.compose import Thresholds
from tallymark.scorecards.gather import gather
from tallymark_sdk.calendars import calendar
from tallymark_tenants.kpi_sets import KpiSetRefused, create_set

GREGORIAN, JALALI = calendar(), calendar("jalali")
OCTOBER = GREGORIAN.parse("2026-10")
KEPT = {
    "on": "1",
    "risk": "0.9",
    "by_grain": {"week": {"on": "1", "risk": "0.7"}},
    "periods": [
        {"from": "2026-10-01", "to": "2027-01-01", "on": "0.95", "risk": "0.85"},
        {"from": "2026-11-01", "to": "2026-12-01", "on": "0.8", "risk": "0.6"},
        {"from": "2028-01-01", "to": None, "on": "1.1", "risk": "1"},
    ],
}


@pytest.mark.parametrize(
    ("period", "on", "risk"),
    [
        ("2026-09", "1", "0.9"),
        ("2026-W37", "1", "0.7"),
        ("2026-10", "0.95", "0.85"),
        ("2026-Q4", "0.95", "0.85"),
        ("2026-W43", "0.95", "0.85"),  # a stretch goes before a grain
        ("2026-11", "0.8", "0.6"),  # the shorter stretch
        ("2026", "1", "0.9"),  # not all of it lies in the stretch
        ("2026-W53", "1", "0.7"),  # nor of this week
        ("2031-05", "1.1", "1"),
    ],
)
def test_what_is_more_particular_holds(period, on, risk):
    assert thresholds_for(KEPT, GREGORIAN.parse(period)) == Thresholds(on=Decimal(on), risk=Decimal(risk))


def test_without_any_the_defaults_hold():
    assert thresholds_for({}, OCTOBER) == Thresholds(on=Decimal(1), risk=Decimal("0.9"))
    assert thresholds_for({"risk": "0.8"}, OCTOBER) == Thresholds(on=Decimal(1), risk=Decimal("0.8"))


def test_they_are_set_listed_and_removed_one_by_one():
    raw = with_levels({}, "always", "100%", "92.5%", GREGORIAN)
    raw = with_levels(raw, "week", "1", "0.8", GREGORIAN)
    raw = with_levels(raw, "2026-Q4", "95%", "85%", GREGORIAN)
    raw = with_levels(raw, "2026-10-05/2026-10-20", "90%", "80%", GREGORIAN)
    raw = with_levels(raw, "2027-01-01/", "110%", "100%", GREGORIAN)
    assert [(each.when, str(each.on), str(each.risk)) for each in lines(raw, GREGORIAN)] == [
        ("always", "1", "0.925"),
        ("week", "1", "0.8"),
        ("2026-Q4", "0.95", "0.85"),
        ("2026-10-05/2026-10-20", "0.9", "0.8"),
        ("2027-01-01/", "1.1", "1"),
    ]
    again = with_levels(raw, "2026-Q4", "99%", "85%", GREGORIAN)
    assert len(again["periods"]) == 3
    for when in ("always", "week", "2026-Q4", "2026-10-05/2026-10-20", "2027-01-01/"):
        raw = without(raw, when, GREGORIAN)
    assert raw == {}


def test_a_period_is_one_of_the_company_s_calendar():
    raw = with_levels({}, "1405-08", "95%", "85%", JALALI)
    assert raw["periods"] == [{"from": "2026-10-23", "to": "2026-11-22", "on": "0.95", "risk": "0.85"}]
    assert lines(raw, JALALI)[1].when == "1405-08"
    assert thresholds_for(raw, JALALI.parse("1405-08")).on == Decimal("0.95")
    assert thresholds_for(raw, JALALI.parse("1405-07")).on == 1


@pytest.mark.parametrize(
    ("when", "on", "risk", "field", "words"),
    [
        ("always", "90%", "100%", "risk", "smaller share"),
        ("always", "much", "90%", "on", "Write a share"),
        ("always", "100%", "0", "risk", "above 0"),
        ("always", "100%", "-5%", "risk", "above 0"),
        ("always", "NaN", "90%", "on", "above 0"),
        ("always", "100.001%", "90%", "on", "two decimal places"),
        ("soon", "100%", "90%", "when", "soon"),
        ("2026-13-01/", "100%", "90%", "when", "two dates"),
        ("2026-10-05/2026-10-05", "100%", "90%", "when", "later"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_field(when, on, risk, field, words):
    with pytest.raises(ThresholdsRefused, match=words) as refused:
        with_levels({}, when, on, risk, GREGORIAN)
    assert refused.value.field == field


def test_a_scorecard_takes_those_of_its_period(database, settings, tenant):
    lake = Lake(settings.lake_dir)
    with database.tenant(tenant.id) as session:
        board = create_set(session, "Board", ["revenue.bookings", "revenue.revenue"])
        change(session, board, "revenue.bookings", "2026-Q4", ("95%", "80%"), GREGORIAN)
        with pytest.raises(KpiSetRefused, match="doesn't have"):
            change(session, board, "revenue.other", "always", ("95%", "80%"), GREGORIAN)
        with pytest.raises(ThresholdsRefused, match="no thresholds"):
            change(session, board, "revenue.bookings", "2026-Q3", None, GREGORIAN)
    for day, on in ((OCTOBER.start, Decimal("0.95")), (GREGORIAN.parse("2026-06").start, Decimal(1))):
        with database.tenant(tenant.id) as session:
            basis = gather(session, lake, board, grain="month", day=day)
        assert [kpi.thresholds.on for kpi in basis.kpis] == [on, Decimal(1)]
