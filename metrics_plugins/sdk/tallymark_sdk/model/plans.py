"""What was planned and spent, and the calendar and exchange rates that both are counted by."""

from tallymark_sdk.model.declare import (
    choice,
    day,
    decimal,
    flag,
    money,
    ref,
    source_key,
    text,
)
from tallymark_sdk.model.types import Dataset

TARGETS = Dataset(
    name="targets",
    description="What a metric should reach in a period.",
    money_date="period_start",
    columns=(
        text("metric", "The key of the metric, such as revenue.bookings."),
        choice(
            "scope",
            "Whose target it is.",
            "company",
            "department",
            "region",
            "team",
            "rep",
            "product_group",
            "product",
            "source",
        ),
        source_key("scope_id", "Which member of the scope; empty for the company."),
        day("period_start", "First day of the period."),
        day("period_end", "First day after the period."),
        # An amount for money metrics, and a plain number for others: a decimal column of six places would
        # have no room for a company's target in đồng or rial.
        money(
            "value", "The target in the metric's unit, a ratio as a fraction; currency counts for money only."
        ),
    ),
)

COSTS = Dataset(
    name="costs",
    description="What was spent on marketing, sales and success.",
    money_date="spent_on",
    money_date_else=("period_start",),
    columns=(
        choice(
            "kind",
            "What it was spent on.",
            "advertising",
            "salary",
            "commission",
            "event",
            "tool",
            "travel",
            "enablement",
            "training",
            "other",
        ),
        choice("purpose", "What it should bring.", "acquisition", "retention", "enablement", "other"),
        choice("function", "Who spent it.", "marketing", "sales", "success"),
        money("amount", "How much was spent."),
        day("spent_on", "The day it was spent; empty where it belongs to a period."),
        day("period_start", "First day of the period that the cost is spread over by day."),
        day("period_end", "First day after that period."),
        text("source", "The source it was spent for."),
        text("channel", "The channel it was spent in."),
        ref("campaign_id", "campaigns", "The campaign it was spent for."),
        ref("region_id", "regions", "The region it was spent for."),
        ref("team_id", "teams", "The team it was spent for."),
        ref("rep_id", "reps", "The rep it was spent for."),
    ),
)

FX_RATES = Dataset(
    name="fx_rates",
    description="Exchange rates by day.",
    columns=(
        text("currency", "The currency (ISO 4217).", source="ISO 4217"),
        day("on", "The day."),
        # Six places would leave two digits of the rate of a đồng or rial in dollars.
        decimal("rate", "What one unit of it is worth.", "tenant currency", places=12),
    ),
)

CALENDAR_DAYS = Dataset(
    name="calendar_days",
    description="Working days and holidays.",
    label="holiday",
    columns=(
        day("on", "The day."),
        flag("is_workday", "Whether people work on it."),
        text("holiday", "The holiday's name, where it is one."),
    ),
)
