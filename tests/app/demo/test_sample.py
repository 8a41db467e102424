"""The sample company: whole, the same each time, anchored to its day, and believable."""

from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pyarrow.compute as pc
import pytest

from tallymark.demo.sample import Basis, Sample, make_sample
from tallymark_sdk.model import CANONICAL
from tallymark_sdk.model import dataset as dataset_named

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(Basis(today=TODAY))


@pytest.fixture(scope="module")
def ask(sample):
    connection = duckdb.connect()
    connection.execute("set timezone = 'America/New_York'")
    for name, table in sample.tables.items():
        connection.register(name, table)

    def asking(query):
        return connection.sql(query).fetchall()

    yield asking
    connection.close()


def test_every_dataset_is_filled_in_its_import_schema(sample):
    assert set(sample.tables) == set(CANONICAL)
    for name, table in sample.tables.items():
        assert table.schema.equals(dataset_named(name).import_schema), name
        assert table.num_rows, name
        assert pc.count_distinct(table["id"]).as_py() == table.num_rows, name


def test_choices_are_those_of_the_model(sample):
    for name, table in sample.tables.items():
        for column in CANONICAL[name].columns:
            if column.choices:
                found = set(pc.unique(table[column.name]).to_pylist()) - {None}
                assert found <= set(column.choices), f"{name}.{column.name}"


def test_the_same_basis_gives_the_same_rows_and_another_day_other_ones(sample):
    again = make_sample(Basis(today=TODAY))
    assert all(again.tables[name].equals(table) for name, table in sample.tables.items())
    assert again.goals == sample.goals
    later = make_sample(Basis(today=TODAY + timedelta(days=40)))
    assert not later.tables["opportunities"].equals(sample.tables["opportunities"])


def test_a_source_is_set_on_every_row(sample):
    tables = sample.of_source("here")
    assert {value for table in tables.values() for value in pc.unique(table["source_id"]).to_pylist()} == {
        "here"
    }


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2028, 2, 29), TODAY], ids=str)
def test_it_reaches_from_three_full_years_ago_to_yesterday(today):
    tables = make_sample(Basis(today=today)).tables
    closed = tables["opportunities"]["closed_at"]
    ordered = tables["orders"]["ordered_at"]
    assert pc.min(ordered).as_py().date() < date(today.year - 3, today.month, 1) + timedelta(days=7)
    assert today - timedelta(days=6) < pc.max(ordered).as_py().date() <= today
    assert pc.max(closed).as_py().date() <= today


def test_nothing_happens_in_the_future(ask):
    moments = {
        "opportunities": ("created_at", "closed_at"),
        "orders": ("ordered_at", "confirmed_at"),
        "activities": ("occurred_at",),
        "leads": ("created_at", "converted_at", "first_response_at", "qualified_at"),
        "payments": ("paid_at",),
        "deliveries": ("delivered_at",),
        "surveys": ("answered_at",),
        "stage_history": ("entered_at", "left_at"),
        "subscription_changes": ("changed_at",),
    }
    for dataset, columns in moments.items():
        for column in columns:
            late = f"select count(*) from {dataset} where {column} >= timestamptz '{TODAY} 00:00'"
            assert ask(late) == [(0,)], f"{dataset}.{column}"


def test_references_lead_somewhere(sample, ask):
    for name, described in CANONICAL.items():
        for column, target in described.references.items():
            if column in ("manager_id", "changed_by_id") or target not in sample.tables:
                continue
            lost = (
                f'select count(*) from "{name}" a anti join "{target}" b on a."{column}" = b.id '
                f'where a."{column}" is not null'
            )
            assert ask(lost) == [(0,)], f"{name}.{column} → {target}"


def test_sales_are_believable(ask):
    [(won, lost, opportunities)] = ask(
        "select count(*) filter (status = 'won'), count(*) filter (status = 'lost'), count(*) from opportunities"
    )
    assert 4700 < opportunities < 5500
    assert 0.20 < won / (won + lost) < 0.35
    yearly = [row[0] for row in ask(
        "select sum(l.amount) from order_lines l join orders o on o.id = l.order_id where status <> 'cancelled' "
        "group by date_diff('month', date '2023-11-01', ordered_at::date) // 12 order by 1 limit 4"
    )]  # fmt: skip
    assert yearly[-1] > yearly[1]
    [(share,)] = ask("select count(cost) / count(*) from order_lines")
    assert 0.93 < share < 0.97
    [(orders, cancelled)] = ask("select count(*), count(*) filter (status = 'cancelled') from orders")
    assert orders == 3000
    assert 40 < cancelled < 150


def test_amounts_are_the_sums_of_their_lines(ask):
    wrong = """
        select count(*) from orders o
        join (select order_id, sum(amount) as lines from order_lines group by 1) l on l.order_id = o.id
        where l.lines <> o.amount
    """
    assert ask(wrong) == [(0,)]


def test_stage_spans_follow_on_each_other(ask):
    gaps = """
        select count(*) from (
            select left_at, lead(entered_at) over (partition by opportunity_id order by entered_at) as next
            from stage_history
        ) where left_at is distinct from next
    """
    assert ask(gaps) == [(0,)]


def test_reps_sell_only_while_they_are_employed(ask):
    strangers = """
        select count(*) from orders o join reps r on r.id = o.rep_id
        where o.opportunity_id is null
          and (o.ordered_at::date < r.hired_on or o.ordered_at::date >= r.left_on)
    """
    assert ask(strangers) == [(0,)]
    assert ask("select count(*) filter (left_on < current_date) > 0 from reps") == [(True,)]


def test_the_last_full_month_holds_the_blemishes(ask):
    month = (
        "closed_at >= timestamptz '2026-10-01' and closed_at < timestamptz '2026-11-01' and status = 'won'"
    )
    for blemish in ("amount is null", "closed_at < created_at", "rep_id is null", "currency = 'NOK'"):
        assert ask(f"select count(*) > 0 from opportunities where {month} and {blemish}") == [(True,)], (
            blemish
        )
    assert ask("select count(*) from fx_rates where currency = 'NOK'") == [(0,)]


def test_prices_fit_the_currency():
    dong = make_sample(Basis(today=TODAY, currency="VND", timezone="Asia/Ho_Chi_Minh"))
    amounts = dong.tables["orders"].filter(pc.field("currency") == "VND")["amount"]
    assert pc.min(amounts).as_py() > 100_000
    assert all(amount % 100 == 0 for amount in amounts.slice(0, 50).to_pylist())


def test_goals_follow_the_calendar_and_lie_near_what_was_sold(sample):
    jalali = make_sample(Basis(today=TODAY, calendar="jalali"))
    assert date(2026, 9, 23) in {goal.start for goal in jalali.goals}
    years = {
        goal.start.year: goal.value
        for goal in sample.goals
        if goal.metric == "revenue.revenue" and (goal.end - goal.start).days > 360
    }
    sold = sample.tables["order_lines"]
    assert Decimal(0) < years[2024] < years[2025] < years[2026] < pc.sum(sold["amount"]).as_py()
