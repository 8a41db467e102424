"""Subscriptions, their changes, and how the product is used."""

from tallymark_sdk.model.declare import (
    choice,
    day,
    decimal,
    integer,
    moment,
    money,
    ref,
    text,
)
from tallymark_sdk.model.types import Dataset

SUBSCRIPTIONS = Dataset(
    name="subscriptions",
    description="Contracts that bring money again and again.",
    label="plan",
    money_date="started_at",
    columns=(
        ref("account_id", "accounts", "The account that subscribes."),
        ref("product_id", "products", "The product subscribed to."),
        text("plan", "The plan's name."),
        ref("order_id", "orders", "The order it came from."),
        ref("rep_id", "reps", "The rep who sold it."),
        choice("status", "Where it stands.", "trial", "active", "paused", "cancelled", "expired"),
        moment("started_at", "When it started."),
        moment("ended_at", "When it ended; empty while it runs."),
        moment("cancelled_at", "When it was cancelled, which may be before it ends."),
        text("cancel_reason", "Why it was cancelled."),
        money("mrr", "Its revenue in a month (monthly recurring revenue)."),
        decimal("quantity", "How many seats or units.", "units"),
        text("billing_period", "How often it is billed, such as month or year."),
        day("renewal_on", "The day it is next due to renew."),
    ),
)

SUBSCRIPTION_CHANGES = Dataset(
    name="subscription_changes",
    description="Starts, changes and ends of recurring revenue.",
    money_date="changed_at",
    columns=(
        ref("subscription_id", "subscriptions", "The subscription."),
        ref("account_id", "accounts", "The account."),
        moment("changed_at", "When it changed."),
        choice(
            "kind", "What kind of change it is.", "new", "expansion", "contraction", "churn", "reactivation"
        ),
        money("mrr_before", "Monthly recurring revenue before the change."),
        money("mrr_after", "Monthly recurring revenue after the change."),
    ),
)

PRODUCT_USAGE = Dataset(
    name="product_usage",
    description="How much an account used a product on a day.",
    columns=(
        ref("account_id", "accounts", "The account."),
        ref("product_id", "products", "The product."),
        day("used_on", "The day."),
        integer("active_users", "How many people used it.", "people"),
        integer("events", "How many things they did in it.", "events"),
    ),
)
