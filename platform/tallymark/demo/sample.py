"""The sample company "Alder & Finch Trading Co.": three full years of believable data up to yesterday.

The same basis gives the same rows, down to the last cent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import pyarrow as pa

from tallymark.demo.activities import write_activities
from tallymark.demo.blemishes import blemish
from tallymark.demo.care import write_care
from tallymark.demo.customers import make_customers, write_customers
from tallymark.demo.deals import make_deals
from tallymark.demo.fulfilment import write_fulfilment, write_surveys
from tallymark.demo.goals import Goal, Span, make_plan, write_targets
from tallymark.demo.leads import write_leads
from tallymark.demo.market import write_holidays, write_rates, write_rivals, write_stock
from tallymark.demo.orders import make_orders
from tallymark.demo.people import make_people, make_trainings
from tallymark.demo.pipeline import write_deals, write_stages
from tallymark.demo.products import make_products
from tallymark.demo.recurring import make_subscriptions, write_subscriptions
from tallymark.demo.spending import write_campaigns, write_costs
from tallymark.demo.trials import make_unpaid
from tallymark.demo.world import World, month_after
from tallymark_sdk.calendars import calendar as calendar_named

COMPANY = "Alder & Finch Trading Co."
CURRENCY, ZONE = "USD", "America/New_York"
VERSION = 2
"""Raised when the same arguments give other rows."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The sample's datasets in their import schemas, and the targets that go with them; `basis` is what it was asked."""

    basis: "Basis"
    tables: Mapping[str, pa.Table]
    goals: tuple[Goal, ...]

    def of_source(self, source_id: str) -> Mapping[str, pa.Table]:
        """The tables as rows of that source."""
        return {name: _set_source(table, source_id) for name, table in self.tables.items()}


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What the sample depends on: `today` is the first day without data; targets are for the calendar's periods."""

    today: date
    currency: str = CURRENCY
    timezone: str = ZONE
    calendar: str = "gregorian"
    fiscal_start: int = 1


def make_sample(basis: Basis) -> Sample:
    """All datasets, with `source_id` still to be given by `Sample.of_source`."""
    world = World(today=basis.today, currency=basis.currency, zone=ZoneInfo(basis.timezone))
    reps, products = make_people(world), make_products(world)
    accounts = make_customers(world, reps)
    deals = make_deals(world, reps, products, accounts)
    blemish(world, deals)
    orders = make_orders(world, reps, products, accounts, deals)
    write_customers(world, reps, accounts)
    write_stages(world)
    campaigns = write_campaigns(world)
    leads = write_leads(world, reps, accounts, deals, campaigns)
    write_deals(world, deals, campaigns, leads)
    write_activities(world, deals, leads)
    write_care(world, reps, accounts)
    write_fulfilment(world, orders)
    write_surveys(world, orders)
    plans = make_subscriptions(world, orders, reps)
    plans += make_unpaid(world, reps, accounts, products, plans)
    write_subscriptions(world, plans)
    write_costs(world, reps)
    make_trainings(world, reps)
    write_rates(world)
    write_holidays(world)
    write_rivals(world, products)
    write_stock(world, products, orders)
    goals = make_plan(world, reps, deals, orders).goals(_spans(world, basis.calendar, basis.fiscal_start))
    write_targets(world, goals)
    return Sample(basis=basis, tables=world.rows.tables("", basis.currency), goals=tuple(goals))


def _set_source(table: pa.Table, source_id: str) -> pa.Table:
    place = table.schema.get_field_index("source_id")
    return table.set_column(place, table.field(place), pa.repeat(pa.scalar(source_id), table.num_rows))


def _spans(world: World, name: str, fiscal_start: int) -> list[Span]:
    """The months, quarters and years of the tenant's calendar from the start to the end of next quarter."""
    calendar, found = calendar_named(name, fiscal_start), []
    for grain in ("month", "quarter", "year"):
        period = calendar.period(grain, world.start)
        while period.start < month_after(world.today, 3):
            found.append((period.start, period.end))
            period = calendar.step(period, 1)
    return found
