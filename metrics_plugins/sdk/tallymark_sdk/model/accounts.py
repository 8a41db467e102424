"""Accounts, their contacts, what is done with them and what they answer."""

from tallymark_sdk.model.declare import (
    choice,
    day,
    decimal,
    flag,
    integer,
    moment,
    money,
    ref,
    text,
)
from tallymark_sdk.model.types import Dataset

ACCOUNTS = Dataset(
    name="accounts",
    description="Companies or people that buy or may buy.",
    label="name",
    columns=(
        text("name", "The account's name."),
        ref("parent_id", "accounts", "The account it belongs to."),
        ref("rep_id", "reps", "The rep who looks after it now."),
        text("industry", "Its industry."),
        text("segment", "The segment the tenant puts it in."),
        text("size_band", "Its size by the tenant's own bands."),
        integer("employees", "How many people work there.", "people"),
        money("annual_revenue", "Its own revenue in a year."),
        text("country", "Its country (ISO 3166 code or name).", source="ISO 3166-1"),
        ref("region_id", "regions", "Its region."),
        text("source", "Where it came from."),
        text("channel", "The way it came in."),
        day("customer_since", "The day it became a customer."),
        choice("status", "Where it stands.", "prospect", "customer", "former"),
    ),
)

CONTACTS = Dataset(
    name="contacts",
    description="People at an account.",
    label="name",
    columns=(
        ref("account_id", "accounts", "The account the person works for."),
        text("name", "The person's name."),
        text("email_hash", "Keyed hash of the e-mail address."),
        text("phone_hash", "Keyed hash of the phone number."),
        text("title", "The person's title."),
        text("country", "The person's country (ISO 3166 code or name).", source="ISO 3166-1"),
        text("language", "The person's language (BCP 47 tag).", source="BCP 47"),
        flag("is_decision_maker", "Whether the person decides."),
    ),
)

ACTIVITIES = Dataset(
    name="activities",
    description="Calls, meetings, messages and other things done with a lead, a customer or an opportunity.",
    label="subject",
    columns=(
        choice(
            "kind",
            "What was done.",
            "call",
            "email",
            "meeting",
            "demo",
            "onboarding",
            "trial",
            "visit",
            "task",
            "note",
            "message",
            "other",
        ),
        text("subject", "What it was about."),
        text("channel", "By which channel."),
        choice("direction", "Whether they came to us (in) or we to them (out).", "in", "out"),
        choice("status", "Whether it took place.", "planned", "done", "cancelled", "no_show"),
        moment("booked_at", "When it was agreed."),
        moment("due_at", "When it should take place."),
        moment("occurred_at", "When it took place."),
        integer("duration_s", "How long it took.", "seconds"),
        text("outcome", "What came of it, in the source's words."),
        flag("is_connected", "Whether the other side was reached."),
        moment("replied_at", "When the other side answered."),
        ref("rep_id", "reps", "The rep who did it."),
        ref("lead_id", "leads", "The lead it was about."),
        ref("opportunity_id", "opportunities", "The opportunity it was about."),
        ref("account_id", "accounts", "The account it was about."),
        ref("contact_id", "contacts", "The person it was with."),
        ref("campaign_id", "campaigns", "The campaign it belongs to."),
    ),
)

SURVEYS = Dataset(
    name="surveys",
    description="Answers to satisfaction surveys.",
    columns=(
        choice(
            "kind",
            "Satisfaction (csat), recommendation (nps) or effort (ces).",
            "csat",
            "nps",
            "ces",
            source="nps: F. Reichheld, The One Number You Need to Grow, 2003; "
            "ces: M. Dixon, K. Freeman, N. Toman, Stop Trying to Delight Your Customers, 2010",
        ),
        decimal("score", "The answer.", "points"),
        decimal("scale_min", "The lowest answer possible.", "points"),
        decimal("scale_max", "The highest answer possible.", "points"),
        moment("answered_at", "When it was answered."),
        ref("account_id", "accounts", "The account that answered."),
        ref("contact_id", "contacts", "The person who answered."),
        ref("opportunity_id", "opportunities", "The opportunity it was about."),
        ref("order_id", "orders", "The order it was about."),
        ref("rep_id", "reps", "The rep it was about."),
        text("product_group", "The product group it was about."),
        text("comment", "What the person added."),
    ),
)
