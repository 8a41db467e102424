"""Targets of several periods and scopes together: which wins, what is left, what is summed, and what is missing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallymark_sdk.calendars import calendar
from tallymark_sdk.targets import Nature, Spread, TargetBook, TargetRow

CUT = calendar()
SUM = Nature(money=True)
RATIO = Nature(sums_over_time=False, sums_over_members=False)
STOCK = Nature(money=True, sums_over_time=False)
NATURES = {"a.sum": SUM, "a.ratio": RATIO, "a.stock": STOCK}


def row(period, value, dimension="", member="", *, metric="a.sum", **more):
    span = CUT.parse(period)
    return TargetRow(
        metric=metric, dimension=dimension, member=member, start=span.start, end=span.end,
        value=None if value is None else Decimal(value), **more,
    )  # fmt: skip


def book(*rows, **options):
    return TargetBook(rows, calendar=CUT, nature=NATURES.get, **options)


def ask(targets, period, dimension="", member="", *, metric="a.sum"):
    return targets.value(metric, dimension, member, CUT.parse(period))


def test_a_target_set_for_the_period_is_the_answer():
    assert ask(book(row("2026-05", "70.125")), "2026-05") == (Decimal("70.125"), None)


def test_without_any_there_is_a_reason():
    assert ask(book(), "2026-05") == (None, "no target set")
    assert ask(book(row("2026", 1)), "2026-05", "rep", "an") == (None, "no target set")
    assert ask(book(row("2026", 1)), "2026-05", metric="a.other") == (None, "no target set")


def test_the_finer_target_wins_and_the_rest_is_spread_over_what_remains():
    targets = book(row("2026", 2400), row("2026-12", 750))
    assert ask(targets, "2026-12") == (750, None)
    assert ask(targets, "2026-01") == (150, None)  # (2400 - 750) / 11
    assert ask(targets, "2026-Q4") == (1050, None)
    assert ask(targets, "2026") == (2400, None)


def test_a_quarter_between_year_and_month_keeps_its_own_sum():
    targets = book(row("2026", 1200), row("2026-Q1", 600), row("2026-02", 100))
    assert [ask(targets, f"2026-0{n}")[0] for n in range(1, 5)] == [250, 100, 250, Decimal("66.67")]
    assert ask(targets, "2026-Q1") == (600, None)


def test_where_finer_targets_exceed_the_wider_one_nothing_is_left():
    targets = book(row("2026", 2400), row("2026-01", 3000))
    assert ask(targets, "2026-02") == (0, None)
    assert ask(targets, "2026") == (2400, None)


def test_months_add_up_to_a_quarter_and_a_gap_is_told():
    targets = book(row("2026-01", 10), row("2026-02", 20))
    assert ask(targets, "2026-Q1") == (None, "no target set for the whole period")
    assert ask(book(*[row(f"2026-0{n}", n) for n in (1, 2, 3)]), "2026-Q1") == (6, None)


def test_a_week_across_two_years_takes_from_both():
    targets = book(row("2026", 365), row("2027", 730))
    # Four days of December 2026 (3.92 of 30.42) and three of January 2027 (5.89 of 60.83).
    assert ask(targets, "2026-W53") == (Decimal("9.81"), None)


def test_a_week_that_one_year_leaves_open_has_none():
    assert ask(book(row("2026", 365)), "2026-W53") == (None, "no target set for the whole period")


def test_a_ratio_holds_in_every_part_of_its_period():
    targets = book(row("2026", "0.3", metric="a.ratio"), row("2026-06", "0.35", metric="a.ratio"))
    assert ask(targets, "2026-05", metric="a.ratio") == (Decimal("0.3"), None)
    assert ask(targets, "2026-06-03", metric="a.ratio") == (Decimal("0.35"), None)
    assert ask(targets, "2026-Q2", metric="a.ratio") == (None, "its target changes within the period")
    assert ask(targets, "2026-Q3", metric="a.ratio") == (Decimal("0.3"), None)


def test_ratios_are_never_summed_over_members():
    targets = book(row("2026", "0.3", "rep", "an", metric="a.ratio"))
    assert ask(targets, "2026", metric="a.ratio") == (None, "no target set")


def test_a_stocks_target_is_not_divided_but_its_members_add_up():
    targets = book(
        row("2026", 500, "rep", "an", metric="a.stock"), row("2026", 300, "rep", "bo", metric="a.stock")
    )
    assert ask(targets, "2026-05", metric="a.stock") == (800, None)


TEAMS = {"team": {"an": "north", "bo": "north", "cy": "south"}}


def test_a_missing_team_target_is_the_sum_over_its_reps():
    targets = book(row("2026", 120, "rep", "an"), row("2026-05", 5, "rep", "bo"), members_of_reps=TEAMS)
    assert ask(targets, "2026-05", "team", "north") == (15, None)
    assert ask(targets, "2026-05", "team", "south") == (None, "no target set")
    assert targets.members("a.sum", "team") == ["north"]


def test_a_teams_own_target_goes_before_its_reps():
    targets = book(row("2026", 120, "rep", "an"), row("2026", 600, "team", "north"), members_of_reps=TEAMS)
    assert ask(targets, "2026-05", "team", "north") == (50, None)


def test_a_missing_company_target_takes_the_first_scope_and_fills_it_from_the_reps():
    targets = book(
        row("2026", 1200, "team", "north"), row("2026", 120, "rep", "an"), row("2026", 240, "rep", "cy"),
        row("2026", 60, "rep", "dee"), row("2026", 9999, "source", "web"), members_of_reps=TEAMS,
    )  # fmt: skip
    answer = targets.answer("a.sum", "", "", CUT.parse("2026-05"))
    assert answer.value == 100 + 20 + 5  # north's own, south's reps, and the rep of no team
    assert answer.how == "sum of team"


def test_reps_who_come_and_go_make_a_sum_as_long_as_every_day_has_one():
    targets = book(row("2026-Q1", 30, "rep", "an"), row("2026-02", 7, "rep", "bo"))
    assert ask(targets, "2026-Q1") == (37, None)
    assert ask(targets, "2026-Q2") == (None, "no target set")
    assert ask(targets, "2026") == (None, "no target set for the whole period")


def test_a_target_set_here_goes_before_an_imported_one():
    assert ask(book(row("2026-05", 1), row("2026-05", 2, own=True), row("2026-05", 3)), "2026-05") == (
        2,
        None,
    )


def test_imported_targets_that_disagree_are_no_target():
    reason = "different targets are set for the same period"
    targets = book(row("2026-05", 1), row("2026-05", 2), row("2026", 100))
    assert ask(targets, "2026-05") == (None, reason)
    assert ask(targets, "2026-06") == (None, reason)  # what is left of the year can't be said either
    assert ask(targets, "2026") == (100, None)
    assert ask(book(row("2026-05", 1), row("2026-05", 1)), "2026-05") == (1, None)


def test_spreads_of_a_row_its_metric_and_every_metric():
    season = {1: Decimal(1), 2: Decimal(3)}

    def of(metric, dimension, member, month):
        assert (metric, dimension, member) == ("a.sum", "", "")
        return season.get(month.start.month)

    yearly = row("2026", 400)
    assert ask(book(yearly, season=of), "2026-02")[0] == Decimal("33.34")
    assert ask(book(yearly, season=of, spreads={"": Spread(method="seasonality")}), "2026-02")[0] == 300
    both = {"": Spread(method="seasonality"), "a.sum": Spread(method="level")}
    assert ask(book(yearly, season=of, spreads=both), "2026-02")[0] == 400
    own = row("2026", 400, spread=Spread())
    assert ask(book(own, season=of, spreads=both), "2026-02")[0] == Decimal("33.34")
    ratio = row("2026", "0.3", metric="a.ratio")
    assert ask(book(ratio, spreads={"": Spread(method="working-days")}), "2026-02", metric="a.ratio")[
        0
    ] == Decimal("0.3")


def test_weights_that_no_longer_fit_are_a_reason():
    odd = row("2026-Q1", 10, spread=Spread(method="weights", weights=(Decimal(1),) * 5))
    assert ask(book(odd), "2026-02") == (None, "its weights don't fit its period")


spans = st.tuples(st.integers(0, 23), st.integers(1, 12)).map(lambda pair: (pair[0], min(sum(pair), 24)))
amounts = st.decimals(min_value=0, max_value=10**6, places=2)


@settings(deadline=None, max_examples=50)
@given(
    parent=amounts,
    parts=st.dictionaries(st.integers(0, 11), amounts, max_size=11),
    grain=st.sampled_from(["day", "week", "month", "quarter"]),
)
def test_children_reconcile_to_the_parent(parent, parts, grain):
    rows = [row("2026", parent)]
    rows += [row(f"2026-{month + 1:02}", value) for month, value in parts.items()]
    targets = book(*rows)
    year = CUT.parse("2026")
    pieces = [CUT.period("month" if grain == "week" else grain, year.start)]
    while pieces[-1].end < year.end:
        pieces.append(CUT.step(pieces[-1], 1))
    found = sum((Fraction(targets.value("a.sum", "", "", each)[0]) for each in pieces), Fraction())
    assert found == max(Fraction(parent), sum(map(Fraction, parts.values()), Fraction()))


@settings(deadline=None, max_examples=30)
@given(given_rows=st.lists(st.tuples(spans, amounts), min_size=1, max_size=6), seed=st.randoms())
def test_the_order_of_rows_changes_nothing(given_rows, seed):
    months = CUT.range(CUT.parse("2026-01"), 24)
    rows = [
        TargetRow(metric="a.sum", start=months[first].start, end=months[last - 1].end, value=value)
        for (first, last), value in given_rows
    ]
    shuffled = list(rows)
    seed.shuffle(shuffled)
    for period in (*months, CUT.parse("2026"), CUT.parse("2027-Q2"), CUT.parse("2026-W10")):
        assert book(*rows).value("a.sum", "", "", period) == book(*shuffled).value("a.sum", "", "", period)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_first_and_last_day_belong_to_the_target(day):
    value, reason = book(row("2026", 365 * 12)).value("a.sum", "", "", CUT.period("day", day))
    assert reason is None
    assert value == Decimal("11.77") or value == Decimal("11.78")
