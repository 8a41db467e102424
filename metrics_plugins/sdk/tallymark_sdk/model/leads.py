"""Leads and the campaigns that bring them."""

from tallymark_sdk.model.declare import choice, day, decimal, moment, money, ref, text
from tallymark_sdk.model.types import Column, Dataset

_SOURCES = {
    "BANT": "BANT, the questions that IBM's sales asked",
    "GPCT": "GPCT, the questions of HubSpot's sales",
}


def _letter(name: str, question: str) -> tuple[Column, Column]:
    """One letter of BANT or GPCT: whether it is established, and the note beside it."""
    source = _SOURCES[question.partition(":")[0]]
    return (
        choice(name, f"{question} Unknown until asked.", "yes", "no", "unknown", source=source),
        text(f"{name}_note", f"What was said about the lead's {name}."),
    )


LEADS = Dataset(
    name="leads",
    description="People or companies that may become a customer, before there is an opportunity.",
    label="name",
    money_date="created_at",
    columns=(
        text("name", "The lead's name."),
        text("company", "The company the lead works for, as written by the source."),
        ref("account_id", "accounts", "The account the lead belongs to, where it is known."),
        ref("rep_id", "reps", "The rep who works the lead."),
        text("source", "Where the lead came from, such as fair, web or partner."),
        text("channel", "The way it came in, such as e-mail, phone or advertisement."),
        ref("campaign_id", "campaigns", "The campaign that brought the lead."),
        ref("region_id", "regions", "The lead's own region."),
        text("status", "The status by the source's own name."),
        choice(
            "status_kind", "What the status means.", "new", "working", "qualified", "unqualified", "converted"
        ),
        choice("origin", "Who found the lead.", "rep", "marketing", "referral", "other"),
        ref("referrer_account_id", "accounts", "The account that referred the lead."),
        text("icp_fit", "How well the lead fits the ideal customer profile, by the tenant's own grades."),
        decimal("score", "The lead's score by the source's own scale.", "points"),
        money("amount", "What the lead may be worth."),
        moment("first_response_at", "When somebody first answered the lead."),
        moment("qualified_at", "When the lead was qualified."),
        moment("converted_at", "When the lead became an opportunity."),
        ref("opportunity_id", "opportunities", "The opportunity the lead became."),
        text("lost_reason", "Why the lead was given up."),
        *_letter("budget", "BANT: is there a budget?"),
        *_letter("authority", "BANT: does the contact decide?"),
        *_letter("need", "BANT: is there a need?"),
        *_letter("timing", "BANT: is it known when they want to buy?"),
        *_letter("goal", "GPCT: is the goal known?"),
        *_letter("plan", "GPCT: is there a plan to reach it?"),
        *_letter("challenge", "GPCT: is the challenge known?"),
        *_letter("time", "GPCT: is the time frame known?"),
    ),
)

CAMPAIGNS = Dataset(
    name="campaigns",
    description="Marketing campaigns.",
    label="name",
    money_date="started_on",
    columns=(
        text("name", "The campaign's name."),
        text("channel", "The channel it runs in."),
        text("source", "The source its leads are counted under."),
        day("started_on", "First day of the campaign."),
        day("ended_on", "Last day of the campaign."),
        money("budget", "What may be spent on it."),
    ),
)
