"""Opportunities, their lines, the stages they pass through and what changed on the way."""

from tallymark_sdk.model.declare import (
    choice,
    day,
    decimal,
    flag,
    integer,
    moment,
    money,
    ref,
    source_key,
    text,
)
from tallymark_sdk.model.types import Dataset

STATUSES = ("open", "won", "lost", "cancelled")

OPPORTUNITIES = Dataset(
    name="opportunities",
    description="Deals being worked on, won, lost or cancelled.",
    label="name",
    money_date="closed_at",
    columns=(
        text("name", "The opportunity's name."),
        ref("account_id", "accounts", "The account that would buy."),
        ref("contact_id", "contacts", "The main contact."),
        ref("lead_id", "leads", "The lead it came from."),
        ref("campaign_id", "campaigns", "The campaign that brought it."),
        ref("rep_id", "reps", "The rep who owns it now."),
        ref("team_id", "teams", "The team that owns it now."),
        ref("region_id", "regions", "Its own region; without one the account's counts, else the rep's."),
        source_key("pipeline_id", "The pipeline it runs through."),
        ref("stage_id", "stages", "The stage it is in now."),
        choice("status", "Whether it is still open and how it ended.", *STATUSES),
        money("amount", "What it is worth, without tax unless the tenant says otherwise; empty if unknown."),
        money("recurring_amount", "What it is worth again in every recurring period."),
        text("recurring_period", "How often the recurring amount is due, such as month or year."),
        decimal("probability", "How likely it is to be won.", "fraction (0 to 1)"),
        text("forecast_category", "The source's forecast category, such as commit or best case."),
        choice("kind", "What kind of deal it is.", "new", "renewal", "upsell", "cross_sell", "other"),
        text("source", "Where it came from."),
        text("channel", "The way it came in."),
        choice("origin", "Who found it.", "rep", "marketing", "referral", "other"),
        ref("product_id", "products", "The product, where it has a single one; else its lines count."),
        text("product_group", "The product group, where it has a single one."),
        moment("opened_at", "When it became an opportunity."),
        moment("first_touch_at", "When the customer was first contacted about it."),
        day("expected_close_on", "The day it is expected to close."),
        moment("closed_at", "When it was won, lost or cancelled; empty while it is open."),
        moment("won_at", "When it was won."),
        moment("lost_at", "When it was lost."),
        text("loss_reason", "Why it was lost."),
        text("competitor", "The competitor it was lost to or is contested by."),
        day("contract_start_on", "First day of the contract."),
        day("contract_end_on", "Last day of the contract."),
        moment("last_activity_at", "When anybody last did anything about it."),
    ),
)

OPPORTUNITY_LINES = Dataset(
    name="opportunity_lines",
    description="The products on an opportunity.",
    money_date_else=("opportunity_id.closed_at",),
    columns=(
        ref("opportunity_id", "opportunities", "The opportunity."),
        ref("product_id", "products", "The product."),
        decimal("quantity", "How many.", "units"),
        money("unit_price", "Price of one unit before the discount."),
        decimal("discount_pct", "Discount on the line.", "percent (0 to 100)"),
        money("amount", "Worth of the line after the discount."),
    ),
)

STAGE_HISTORY = Dataset(
    name="stage_history",
    description="Spans: one row for each stay of an opportunity in a stage.",
    money_date="entered_at",
    columns=(
        ref("opportunity_id", "opportunities", "The opportunity."),
        source_key("pipeline_id", "The pipeline of the stage."),
        ref("from_stage_id", "stages", "The stage it came from; empty for the first."),
        ref("stage_id", "stages", "The stage it was in."),
        moment("entered_at", "When it entered the stage."),
        moment("left_at", "When it left the stage; empty while it is there."),
        money("amount_at_entry", "Its amount when it entered."),
        decimal("probability_at_entry", "Its probability when it entered.", "fraction (0 to 1)"),
        day("close_on_at_entry", "The close day expected when it entered."),
        ref("changed_by_id", "reps", "Who moved it."),
        choice(
            "origin",
            "Whether the source kept the span, it was seen between syncs, or it was imported.",
            "source",
            "derived",
            "imported",
        ),
    ),
)

OPPORTUNITY_CHANGES = Dataset(
    name="opportunity_changes",
    description="Changes of an opportunity's amount, close date, probability, owner, stage or forecast.",
    columns=(
        ref("opportunity_id", "opportunities", "The opportunity."),
        choice(
            "field",
            "What was changed.",
            "amount",
            "close_date",
            "probability",
            "owner",
            "stage",
            "forecast_category",
        ),
        text("old_value", "The value before, as text."),
        text("new_value", "The value after, as text."),
        moment("changed_at", "When it was changed."),
        ref("changed_by_id", "reps", "Who changed it."),
    ),
)

STAGES = Dataset(
    name="stages",
    description="The stages of each pipeline, in order.",
    label="name",
    columns=(
        source_key("pipeline_id", "The pipeline."),
        text("pipeline_name", "The pipeline's name."),
        text("name", "The stage's name."),
        integer("position", "Its place in the pipeline, counted from 1."),
        choice("kind", "What being in the stage means.", *STATUSES),
        flag("is_quote", "Whether a quote is out from this stage on."),
        decimal("probability", "How likely an opportunity in it is to be won.", "fraction (0 to 1)"),
        flag("is_active", "Whether the stage is in use."),
    ),
)
