"""By whom a row counts: who owns it now, or who owned it then. Worked by hand, in the engine and in its oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import Registry
from tallymark_sdk import Flow, Metric, PerPeriod, Ratio, Stock, View, _, check
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.calendars import Period, calendar
from tallymark_sdk.formula import Formula
from tallymark_sdk.inputs import inputs_used
from tallymark_sdk.ownership import TEAM_HISTORY
from tallymark_sdk.reference import ReferenceEvaluator

LakeOf = Callable[[Mapping[str, Any]], TenantData]
Asker = Callable[..., dict[str, Decimal | int]]
GREGORIAN = calendar("gregorian")
JUNE, JULY = GREGORIAN.parse("2026-06"), GREGORIAN.parse("2026-07")

WON = Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won"))
ORDERS = Flow("orders", on="ordered_on", value=_.count())
CALLS = Flow("activities", on="occurred_on", value=_.count())


def open_deals(at: Any) -> Stock:
    return Stock("opportunities", start="created_on", end="closed_on", at=at, value=_.count())


@pytest.fixture
def parts(lake_of: LakeOf) -> Asker:
    """Member → value of a count or ratio, without members that count nothing; the engine's, held equal to the oracle's."""

    def ask(formula: Formula, rows: Mapping[str, Any], by: str = "team", attribution: Attribution = AS_WAS,
            period: Period = JUNE) -> dict[str, Decimal | int]:  # fmt: skip
        made = metric(formula, by)
        cells = compute(Registry(metrics={made.key: made}), [made.key], [period], [by], data=lake_of(rows),
                        calendar=GREGORIAN, attribution=attribution)  # fmt: skip
        oracle = ReferenceEvaluator(rows, GREGORIAN, [made], attribution=attribution)
        for cell in cells:
            assert cell.value == oracle.value(made, period, dimension=cell.dimension, member=cell.member)
        return {cell.member: cell.value for cell in cells if cell.dimension and cell.value}

    return ask


def metric(formula: Formula, *by: str) -> Metric:
    bare = Metric(key="acme.x", name="X", description="X.", unit="count", better="higher", inputs=(),
                  formula=formula, by=by, additive=isinstance(formula, Flow | Stock))  # fmt: skip
    made = Metric(**{**bare.__dict__, "inputs": inputs_used(bare)})
    check(made)
    return made


def june(day: int) -> date:
    return date(2026, 6, day)


def deal(name: str, closed: date | None, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": "won" if closed else "open", "closed_on": closed, "rep_id": "an",
            "created_on": date(2026, 5, 1), **more}  # fmt: skip


def order(name: str, on: date | None, **more: Any) -> dict[str, Any]:
    return {"id": name, "status": "paid", "ordered_on": on, "rep_id": "an", **more}


def assigned(
    name: str, team: str | None, start: date | None, end: date | None, **more: Any
) -> dict[str, Any]:
    return {"id": name, "rep_id": "an", "team_id": team, "valid_from": start, "valid_to": end, **more}


def handed(name: str, of: str, day: date, old: str | None, new: str | None = None, hour: int = 12,
           **more: Any) -> dict[str, Any]:  # fmt: skip
    return {"id": name, "opportunity_id": of, "field": "owner", "old_value": old, "new_value": new,
            "changed_at": datetime(day.year, day.month, day.day, hour, tzinfo=UTC), "changed_on": day, **more}  # fmt: skip


REPS = [{"id": "an", "team_id": "south", "region_id": "r2", "department": "Field"},
        {"id": "bo", "team_id": "west", "region_id": "r3", "department": "Field"}]  # fmt: skip
MOVES = [
    assigned("1", "north", None, june(15), region_id="r1"),
    assigned("2", "south", june(15), None, region_id="r2"),
]
PEOPLE = {"reps": REPS, "rep_assignments": MOVES}


def test_a_rep_who_moves_in_the_middle_of_a_month_counts_for_both_teams(parts: Asker) -> None:
    rows = {**PEOPLE, "orders": [order("a", june(1)), order("b", june(14)), order("c", june(15))]}
    assert parts(ORDERS, rows, attribution=AS_IS) == {"south": 3}
    assert parts(ORDERS, rows) == {"north": 2, "south": 1}  # 15 June is the first day in the new team
    assert parts(ORDERS, rows, "region") == {"r1": 2, "r2": 1}
    assert parts(ORDERS, rows, "rep") == {"an": 3}


def test_what_a_row_says_of_itself_stays_first(parts: Asker) -> None:
    rows = {
        **PEOPLE,
        "accounts": [{"id": "x", "region_id": "home"}],
        "orders": [
            order("a", june(1), team_id="sold by", region_id="own"),
            order("b", june(1), account_id="x"),
            order("c", june(1)),
        ],
    }
    assert parts(ORDERS, rows) == {"sold by": 1, "north": 2}
    assert parts(ORDERS, rows, "region") == {"own": 1, "home": 1, "r1": 1}


def test_the_team_of_a_deal_is_of_now_so_the_team_of_then_comes_first(parts: Asker) -> None:
    rows = {
        **PEOPLE,
        "opportunities": [deal("a", june(1), team_id="now"), deal("b", june(1), region_id="own")],
    }
    assert parts(WON, rows, attribution=AS_IS) == {"now": 1, "south": 1}
    assert parts(WON, rows) == {"north": 2}
    assert parts(WON, rows, "region") == {"own": 1, "r1": 1}


def test_a_deal_handed_over_after_it_closed_stays_with_who_closed_it(parts: Asker) -> None:
    rows = {
        **PEOPLE,
        "opportunities": [deal("a", june(10), team_id="south"), deal("b", june(20)), deal("c", june(25))],
        "opportunity_changes": [
            handed("1", "a", june(20), "bo", "an"),
            handed("2", "b", june(20), "bo", "an"),  # on the very day: a day's owner is the one it ended with
            handed("3", "c", june(20), "bo", "an"),
        ],
    }
    assert parts(WON, rows, "rep", AS_IS) == {"an": 3}
    assert parts(WON, rows, "rep") == {"bo": 1, "an": 2}
    # Nothing is told of Bo's teams, so hers is the one of now; the deal's own team is of An's.
    assert parts(WON, rows) == {"west": 1, "south": 2}
    assert parts(WON, rows, "region") == {"r3": 1, "r2": 2}


def test_owners_are_looked_up_among_several_changes(parts: Asker) -> None:
    changes = [
        handed("1", "a", june(5), "bo", "cy"),
        handed("2", "a", june(9), "cy", "bo", hour=8),
        handed("3", "a", june(9), "bo", "an", hour=9),
        handed("4", "a", june(30), "an", "zoe", deleted_at=datetime(2026, 7, 1, tzinfo=UTC)),
        {**handed("5", "a", june(30), "10", "20"), "field": "amount"},
        handed("6", "a", june(30), "elsewhere", "x", source_id="other"),
    ]
    for day, owner in [(4, "bo"), (5, "cy"), (8, "cy"), (9, "an"), (12, "an")]:
        rows = {"opportunities": [deal("a", june(day))], "opportunity_changes": changes}
        assert parts(WON, rows, "rep") == {owner: 1}, day


def test_a_change_without_its_old_value_goes_by_the_change_before(parts: Asker) -> None:
    rows = {
        "opportunities": [deal("a", june(4)), deal("b", june(8))],
        "opportunity_changes": [
            handed("1", "a", june(5), None, "bo"),  # nobody had it before
            handed("2", "b", june(5), None, "bo"),
            handed("3", "b", june(9), "", "an"),
        ],
    }
    assert parts(WON, rows, "rep") == {"unassigned": 1, "bo": 1}


@pytest.mark.parametrize(
    ("at", "in_june", "in_july"),
    [
        ("start", "north", "south"),
        ("end", "south", "south"),
        ("during", "south", "south"),
        ("both", "north", "south"),
    ],
)
def test_a_stock_counts_by_the_day_of_its_boundary(parts: Asker, at: str, in_june: str, in_july: str) -> None:
    rows = {**PEOPLE, "opportunities": [deal("a", None)]}
    assert parts(open_deals(at), rows) == {in_june: 1}
    assert parts(open_deals(at), rows, period=JULY) == {in_july: 1}
    assert parts(open_deals(at), rows, attribution=AS_IS) == {"south": 1}


def test_a_stock_knows_the_owner_at_each_boundary(parts: Asker) -> None:
    rows = {
        "opportunities": [deal("a", None)],
        "opportunity_changes": [handed("1", "a", date(2026, 5, 31), "cy"), handed("2", "a", june(30), "bo")],
    }
    assert parts(open_deals("start"), rows, "rep") == {"bo": 1}  # since 31 May, the last day before June
    assert parts(open_deals("end"), rows, "rep") == {"an": 1}  # since 30 June
    assert parts(open_deals("end"), rows, "rep", period=GREGORIAN.parse("2026-05")) == {"bo": 1}


def test_reps_themselves_count_where_they_belonged(parts: Asker) -> None:
    heads = Stock("reps", start="hired_on", end="left_on", at="start", open_start=True, value=_.count())
    rows = {**PEOPLE, "teams": [{"id": "north", "department": "Inside"}, {"id": "south"}]}
    assert parts(heads, rows) == {"north": 1, "west": 1}
    assert parts(heads, rows, "region") == {"r1": 1, "r3": 1}
    assert parts(heads, rows, "department") == {"Inside": 1, "Field": 1}
    assert parts(heads, rows, "rep") == {"an": 1, "bo": 1}
    assert parts(heads, rows, attribution=AS_IS) == {"south": 1, "west": 1}


def test_a_department_is_the_one_of_the_team_of_then(parts: Asker) -> None:
    rows = {
        **PEOPLE,
        "teams": [{"id": "north", "department": "Inside"}, {"id": "south"}],
        "orders": [order("a", june(1)), order("b", june(20))],
    }
    assert parts(ORDERS, rows, "department") == {"Inside": 1, "Field": 1}  # South has none: the rep's own
    assert parts(ORDERS, rows, "department", AS_IS) == {"Field": 2}


def test_a_view_per_period_counts_by_the_periods_last_day(parts: Asker) -> None:
    view = View(
        name="orders_by_period",
        grain="orders",
        per_period=True,
        requires=("orders.ordered_on",),
        columns={"rep_id": "orders.rep_id"},
        build=lambda tables: tables["orders"].join(
            tables["periods"], tables["orders"].ordered_on < tables["periods"].beyond
        ),
    )
    rows = {**PEOPLE, "orders": [order("a", june(1))]}
    may = GREGORIAN.parse("2026-05")
    assert parts(PerPeriod(view, value=_.count()), rows) == {"south": 1}
    rows["orders"] = [order("a", date(2026, 5, 20))]
    assert parts(PerPeriod(view, value=_.count()), rows, period=may) == {"north": 1}


def test_without_history_it_is_as_it_is(parts: Asker) -> None:
    calls = {
        "activities": [
            {"id": "1", "occurred_on": june(1), "rep_id": "an"},
            {"id": "2", "occurred_on": june(1)},
        ]
    }
    now = {"south": 1, "unassigned": 1}
    assert parts(CALLS, {**calls, "reps": REPS}) == now
    assert parts(CALLS, {**calls, "reps": REPS, "rep_assignments": []}) == now
    others = [assigned("1", "north", None, None, rep_id="bo"), assigned("2", "north", None, june(1)),
              assigned("3", "north", june(2), None), assigned("4", None, june(1), june(2))]  # fmt: skip
    assert parts(CALLS, {**calls, "reps": REPS, "rep_assignments": others}) == now
    gone = [assigned("1", "north", None, None, deleted_at=datetime(2026, 7, 1, tzinfo=UTC))]
    assert parts(CALLS, {**calls, "reps": REPS, "rep_assignments": gone}) == now


def test_a_row_without_a_date_is_left_out_as_ever(lake_of: LakeOf) -> None:
    made = metric(ORDERS, "team")
    rows = {**PEOPLE, "orders": [order("a", june(1)), order("b", None)]}
    cells = compute(Registry(metrics={made.key: made}), [made.key], [JUNE], ["team"], data=lake_of(rows),
                    calendar=GREGORIAN, attribution=AS_WAS)  # fmt: skip
    assert [(cell.member, cell.value, dict(cell.left_out)) for cell in cells] == [
        ("", 1, {"no date (ordered on)": 1}),
        ("north", 1, {}),
    ]


OVERLAPS = [
    assigned("1", "one", None, None),
    assigned("2", "two", june(5), june(25)),
    assigned("3", "three", june(10), june(12)),
    assigned("4", "never", june(11), june(11)),
    assigned("5", "four", june(20), None),
    assigned("6", "five", june(20), june(22)),
]


@pytest.mark.parametrize(
    ("day", "team"),
    [(4, "one"), (5, "two"), (10, "three"), (11, "three"), (12, "south"), (15, "south"), (20, "five"), (21, "five"),
     (22, "south")],
)  # fmt: skip
def test_a_later_assignment_ends_an_earlier_one_and_gaps_are_as_it_is(
    parts: Asker, day: int, team: str
) -> None:
    for assignments in (OVERLAPS, OVERLAPS[::-1]):
        rows = {"reps": REPS, "rep_assignments": assignments, "orders": [order("a", june(day))]}
        assert parts(ORDERS, rows) == {team: 1}


def test_history_may_come_from_another_source_unless_two_tell_it(parts: Asker) -> None:
    hr = [assigned("1", "north", None, None, source_id="hr")]
    rows: dict[str, Sequence[Any]] = {"reps": REPS, "orders": [order("a", june(1))], "rep_assignments": hr}
    assert parts(ORDERS, rows) == {"north": 1}
    rows["rep_assignments"] = [*hr, assigned("2", "east", None, None, source_id="payroll")]
    assert parts(ORDERS, rows) == {"south": 1}  # which of them is An can't be said
    rows["rep_assignments"] = [*hr, assigned("3", "own", None, june(2)), assigned("4", "late", june(3), None)]
    assert parts(ORDERS, rows) == {"own": 1}
    rows["orders"] = [order("a", june(2))]
    assert parts(ORDERS, rows) == {"south": 1}


def test_no_row_is_lost_or_counted_twice(parts: Asker) -> None:
    days = [june(day) for day in range(1, 31)]
    rows = {
        "reps": REPS,
        "rep_assignments": [*OVERLAPS, *(each | {"source_id": "hr"} for each in OVERLAPS)],
        "opportunities": [deal(f"d{day}", day) for day in days],
        "opportunity_changes": [
            handed(f"{day}-{n}", f"d{day}", june(n), "bo", "an") for day in days for n in (3, 9, 9, 27)
        ],
    }
    for by in ("rep", "team", "region", "department", "rep x team"):
        assert sum(parts(WON, rows, by).values()) == len(days), by


def test_each_side_of_a_ratio_goes_by_its_own_day(parts: Asker) -> None:
    rows = {
        **PEOPLE,
        "opportunities": [deal("a", None), deal("b", june(20)), deal("c", june(2)), deal("d", None)],
    }
    assert parts(Ratio(WON, open_deals("start")), rows) == {"north": Decimal("0.25")}
    assert parts(Ratio(open_deals("both"), open_deals("start")), rows) == {"north": Decimal("0.5")}


def test_team_history_can_be_counted_like_any_view(parts: Asker) -> None:
    in_team = Stock(TEAM_HISTORY, start="from_on", end="to_on", at="end", value=_.count())
    rows = {"reps": REPS, "rep_assignments": MOVES}
    assert parts(in_team, rows, attribution=AS_IS) == {"south": 1}
    assert parts(in_team, rows, attribution=AS_IS, period=GREGORIAN.parse("2026-05")) == {"north": 1}
