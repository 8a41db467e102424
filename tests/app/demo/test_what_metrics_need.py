"""The sample company has what every metric of the catalogue reads, and it makes sense together."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow.compute as pc
import pytest

from tallymark.demo.sample import Basis, Sample, make_sample
from tallymark_sdk.model import CANONICAL

TODAY = date(2026, 11, 21)
#: Hashes of addresses that nobody has, and what a trading company has no use for.
EMPTY = {
    "regions.parent_id", "teams.parent_id", "accounts.parent_id", "reps.email_hash", "contacts.email_hash",
    "contacts.phone_hash", "products.valid_to",
}  # fmt: skip
Ask = Callable[[str], Any]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(Basis(today=TODAY))


@pytest.fixture(scope="module")
def ask(sample: Sample) -> Iterator[Ask]:
    """The rows of a query; of one value, the value."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'America/New_York'")
    for name, table in sample.tables.items():
        connection.register(name, table)

    def asking(query: str) -> Any:
        rows = connection.sql(query).fetchall()
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows

    yield asking
    connection.close()


def test_every_column_is_filled_somewhere(sample: Sample) -> None:
    empty = {
        f"{name}.{column.name}"
        for name, table in sample.tables.items()
        for column in CANONICAL[name].columns
        if table[column.name].null_count == table.num_rows
    }
    assert empty == EMPTY


@pytest.mark.parametrize(
    ("dataset", "column"),
    [
        ("activities", "kind"),
        ("activities", "status"),
        ("costs", "kind"),
        ("costs", "purpose"),
        ("costs", "function"),
        ("leads", "origin"),
        ("surveys", "kind"),
        ("trainings", "kind"),
        ("subscription_changes", "kind"),
        ("stock_movements", "kind"),
        ("opportunities", "status"),
        ("opportunities", "origin"),
    ],
)
def test_every_choice_that_metrics_tell_apart_occurs(sample: Sample, dataset: str, column: str) -> None:
    found = set(pc.unique(sample.tables[dataset][column]).to_pylist())
    assert found >= set(CANONICAL[dataset].column(column).choices) - {"other", "reactivated"}


def test_leads_are_contacted_referred_and_brought_by_campaigns(ask: Ask) -> None:
    contacted = ask(
        "select avg((exists (from activities a where a.lead_id = l.id and direction = 'out' "
        "and occurred_at between l.created_at and l.created_at + interval 7 day))::int) from leads l"
    )
    assert 0.3 < contacted < 0.9
    assert ask("select count(referrer_account_id) from leads where origin = 'referral'") > 300
    strangers = (
        "from leads l join accounts a on a.id = l.referrer_account_id where "
        "a.customer_since is null or a.customer_since >= l.created_at::date or a.id = l.account_id"
    )
    assert ask(f"select count(*) {strangers}") == 0
    late = "from {} x join campaigns c on c.id = x.campaign_id where c.started_on > x.created_at::date"
    assert ask(f"select count(*) {late.format('leads')}") == 0
    assert ask("select count(*) from leads where campaign_id is not null") > 200
    other = "from opportunities o join leads l on l.id = o.lead_id where o.campaign_id is distinct from l.campaign_id"
    assert ask(f"select count(*) {other}") == 0


def test_appointments_lie_ahead_of_open_deals_only(ask: Ask) -> None:
    ahead = f"from activities a join opportunities o on o.id = a.opportunity_id where due_at >= '{TODAY}'"
    assert ask(f"select count(distinct o.id) {ahead} and a.kind in ('meeting', 'demo')") > 20
    assert ask(f"select count(*) {ahead} and (o.status <> 'open' or a.status <> 'planned')") == 0
    assert ask("select count(*) from activities where booked_at > due_at or created_at > due_at") == 0
    assert ask(f"select count(*) from activities where greatest(replied_at, occurred_at) >= '{TODAY}'") == 0


def test_care_is_mostly_done_by_its_day(ask: Ask) -> None:
    due = f"from activities where subject = 'Customer care' and due_at < '{TODAY}'"
    on_time = ask(
        f"select avg(coalesce(status = 'done' and occurred_at::date <= due_at::date, false)::int) {due}"
    )
    assert 0.6 < on_time < 0.95
    assert ask(f"select count(*) {due} and status = 'done' and occurred_at::date > due_at::date") > 50
    assert ask(f"select count(*) {due} and status = 'planned'") > 20
    assert ask("select count(*) from activities where (status = 'done') <> (occurred_at is not null)") == 0


def test_competitors_are_beaten_sometimes(ask: Ask) -> None:
    rows = ask(
        "select competitor, avg((status = 'won')::int) from opportunities "
        "where competitor is not null and status in ('won', 'lost') group by 1"
    )
    assert len(rows) == 3
    assert all(0.1 < share < 0.7 for _, share in rows)
    assert (
        ask(
            "select count(distinct contract_end_on - contract_start_on) from opportunities where status = 'won'"
        )
        > 2
    )


def test_recurring_revenue_is_the_sum_of_its_changes(ask: Ask) -> None:
    assert (
        ask(
            "select count(*) from (select subscription_id as id, sum(mrr_after - mrr_before) as moved "
            "from subscription_changes group by 1) c full join subscriptions s using (id) "
            "where coalesce(moved, 0) <> (case when s.status = 'active' then s.mrr else 0 end)"
        )
        == 0
    )
    firsts = "select subscription_id, min(changed_at) as began from subscription_changes group by 1"
    assert (
        ask(
            f"select count(*) from ({firsts}) c join subscriptions s on s.id = subscription_id where began <> started_at"
        )
        == 0
    )
    assert ask("select count(*) from subscription_changes where kind = 'reactivation'") > 3
    returned = (
        "select count(*) from subscription_changes r where kind = 'reactivation' and not exists (from "
        "subscription_changes c where c.account_id = r.account_id and c.kind = 'churn' and c.changed_at < r.changed_at)"
    )
    assert ask(returned) == 0
    assert ask("select count(*) from subscriptions where mrr = 0 and status = 'active'") > 10
    assert ask("select count(*) from subscriptions where status = 'trial' and ended_at is null") > 2
    assert ask("select count(*) from subscriptions where status in ('trial', 'expired') and mrr <> 0") == 0
    assert (
        ask("select count(*) from subscriptions where (ended_at is null) <> (status in ('active', 'trial'))")
        == 0
    )


def test_payments_never_pass_their_invoice_and_some_are_partial(ask: Ask) -> None:
    paid = (
        "from invoices i join (select invoice_id, sum(amount) as paid, count(*) as parts, min(paid_at) as first "
        "from payments group by 1) p on p.invoice_id = i.id"
    )
    assert ask(f"select count(*) {paid} where paid > amount or first < issued_at") == 0
    assert ask(f"select count(*) {paid} where paid < amount") > 10
    assert ask(f"select count(*) {paid} where parts = 2 and paid = amount") > 50
    assert ask(f"select count(*) {paid} where (paid = amount) <> (status = 'paid')") == 0
    assert ask(f"select count(*) from invoices where status = 'overdue' and due_on < date '{TODAY}' - 90") > 5


def test_deliveries_hold_what_was_ordered(ask: Ask) -> None:
    ordered = "select order_id, sum(quantity) as units from order_lines group by 1"
    sent = "select order_id, sum(quantity) as units from deliveries group by 1"
    assert (
        ask(f"select count(*) from ({ordered}) o join ({sent}) d using (order_id) where o.units <> d.units")
        == 0
    )
    assert ask("select count(*) from deliveries where order_line_id is not null") > 300
    assert ask("select count(*) from deliveries where status = 'late' and delivered_at is null") > 3
    on_time = ask(
        f"select avg(coalesce(delivered_at::date <= due_on, false)::int) from deliveries where due_on < '{TODAY}'"
    )
    assert 0.75 < on_time < 0.95


def test_stock_is_there_before_the_first_sale_and_never_refilled_beyond_reason(ask: Ask) -> None:
    assert ask("select max(moved_on) < (select min(ordered_at)::date from orders) from stock_movements "
               "where kind = 'opening'")  # fmt: skip
    units = "coalesce(sum(quantity) filter (kind = '{}'), 0)"
    [(sold, received)] = ask(
        f"select -{units.format('sold')}, {units.format('received')} from stock_movements"
    )
    assert Decimal("0.8") < sold / (received + 400 * 20) < Decimal(1)


def test_costs_are_of_a_day_or_spread_over_a_period(ask: Ask) -> None:
    assert ask("select count(*) from costs where (spent_on is null) <> (period_start is not null)") == 0
    assert ask("select count(*) from costs where period_end <= period_start") == 0
    assert ask(f"select count(*) from costs where spent_on >= '{TODAY}'") == 0
    assert ask("select min(n) from (select count(*) as n from costs group by purpose)") > 30
    per_deal = "select sum(amount) filter (purpose = 'retention') / sum(amount) filter (purpose = 'acquisition') from costs"
    assert 0.2 < ask(per_deal) < 1


def test_answers_say_their_scale(ask: Ask) -> None:
    assert ask("select count(*) from surveys where score < scale_min or score > scale_max") == 0
    assert ask("select count(distinct scale_max) from surveys where kind = 'csat'") == 2
    newest = "from surveys where kind = 'csat' and scale_max = 10"
    assert 6 < ask(f"select avg(score) {newest}") < 10


def test_targets_reach_from_the_company_to_the_rep_in_every_year(ask: Ask) -> None:
    years = (
        "select count(distinct year(period_start)) from targets where metric = 'revenue.revenue' "
        "and period_end - period_start > 360 and scope = '{}'"
    )
    assert all(ask(years.format(scope)) >= 4 for scope in ("company", "region", "rep"))
    parts = ask(
        "select avg(regions / whole) from (select period_start, period_end, "
        "sum(value) filter (scope = 'region') as regions, sum(value) filter (scope = 'company') as whole "
        "from targets where metric = 'revenue.revenue' group by 1, 2)"
    )
    assert 0.97 < parts < 1.03


def test_prices_of_competitors_move_and_markets_are_known(ask: Ask) -> None:
    moved = "select count(distinct price) > 1 from competitor_prices group by competitor, product_id having count(*) > 2"
    assert all(row[0] for row in ask(moved))
    share = ask(
        "select (select sum(l.amount) from order_lines l join orders o on o.id = l.order_id "
        "where year(o.ordered_at) = 2025) / (select sum(value) from market_sizes where year(period_start) = 2025)"
    )
    assert 0.001 < share < 0.5


def test_somebody_was_hired_lately_and_has_sold(ask: Ask) -> None:
    first = (
        "select r.id, min(o.closed_at::date) - r.hired_on as days from reps r join opportunities o on o.rep_id = r.id "
        f"where o.status = 'won' and r.hired_on > date '{TODAY}' - 365 group by r.id, r.hired_on"
    )
    found = ask(first)
    assert found
    assert all(0 < days < 200 for _, days in found)
