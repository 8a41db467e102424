"""Customers of a period's start beside what was done with them in the period."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.customers import (
    CUSTOMER_COLUMNS,
    CUSTOMER_DATASETS,
    CUSTOMER_INPUTS,
    CUSTOMER_WORDS,
    customers,
)
from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive

WITH_CUSTOMERS = ("call", "email", "meeting", "demo", "onboarding", "trial", "visit", "message", "other")
"""Kinds of activity that take place with somebody; notes and tasks are our own."""


def with_account(activities: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """Activities with the account they were with: their own, else their opportunity's, else their contact's."""
    linked = follow(
        activities,
        "opportunity_id",
        alive(tables["opportunities"]),
        {"_deal_account": "account_id"},
        own_source=True,
    )
    linked = follow(
        linked, "contact_id", alive(tables["contacts"]), {"_contact_account": "account_id"}, own_source=True
    )
    account = ibis.coalesce(linked.account_id.nullif(""), linked["_deal_account"], linked["_contact_account"])
    return linked.mutate(account_id=account).drop("_deal_account", "_contact_account")


def done(activities: ir.Table) -> ir.BooleanValue:
    """Whether an activity took place; a source that keeps no status lists only what did."""
    condition: ir.BooleanValue = activities.status.isnull() | (activities.status == "done")
    return condition


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    held = with_account(alive(tables["activities"]), tables)
    held = held.filter(done(held), held.kind.isnull() | held.kind.isin(WITH_CUSTOMERS))
    periods = tables["periods"]
    dated = held.join(periods, [held.occurred_on >= periods["first"], held.occurred_on < periods.beyond])
    counted = dated.group_by(_source="source_id", _account="account_id", _period="period").aggregate(
        _done=dated.count()
    )
    those = customers(tables)
    joined = those.left_join(
        counted,
        [
            those.source_id == counted["_source"],
            those.account_id == counted["_account"],
            those.period == counted["_period"],
        ],
    )
    joined = follow(joined, "rep_id", tables["reps"], {"_team": "team_id"})
    joined = joined.mutate(_all=joined["_done"].fill_null(0))

    def once(*keys: str) -> ir.Value:
        """The account's interactions on one row of each of these: one with several plans or reps has several rows."""
        place = ibis.row_number().over(
            group_by=["period", "source_id", "account_id", "at_start", *keys],
            order_by=[joined.rep_id, joined.region_id, joined.plan, joined.source_id, joined.id],
        )
        return ibis.ifelse(place == 0, joined["_all"], 0)

    return joined.mutate(
        interactions=once(),
        interactions_of_rep=once("rep_id"),
        interactions_of_team=once("_team"),
        engaged=joined["_all"] > 0,
    )


ENGAGEMENT = View(
    name="engagement",
    rows="customers",
    grain="accounts",
    per_period=True,
    optional=(*CUSTOMER_DATASETS, "contacts", "opportunities", "reps"),
    requires=(
        *CUSTOMER_INPUTS,
        "activities.account_id",
        "activities.contact_id",
        "activities.kind",
        "activities.occurred_on",
        "activities.opportunity_id",
        "activities.status",
        "contacts.account_id",
        "opportunities.account_id",
        "reps.team_id",
    ),
    columns={
        **CUSTOMER_COLUMNS,
        "interactions": "activities.occurred_on",
        "interactions_of_rep": "activities.occurred_on",
        "interactions_of_team": "activities.occurred_on",
        "engaged": "activities.occurred_on",
    },
    words={
        **CUSTOMER_WORDS,
        "engaged": "somebody dealt with them in the period",
        "interactions_of_rep": "interactions",
        "interactions_of_team": "interactions",
    },
    build=_build,
)
"""Customers as in `CUSTOMERS`, each with how many activities took place with its account in the period."""
