"""Leads: how many come in, whether somebody works them, and what becomes of them."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from tallymark_metrics.cohorts import WITHIN, in_time, when_timed
from tallymark_metrics.views.lead_contacts import LEADS_WITH_CONTACT
from tallymark_metrics.views.lead_outcomes import LEADS_WITH_OPPORTUNITY
from tallymark_metrics.views.referred_leads import REFERRED_LEADS
from tallymark_sdk import Flow, Metric, Parameter, Part, Ratio, _, previous

_OUTCOME_INPUTS = (
    "leads.converted_on",
    "leads.created_on",
    "leads.lost_reason",
    "leads.opportunity_id",
    "leads.status_kind",
    "opportunities.created_on",
    "opportunities.lead_id",
)

_LEADS = Flow("leads", on="created_on", value=_.count())


def _with_opportunity(value: Any, leave_out: Any = None) -> Flow:
    return Flow(LEADS_WITH_OPPORTUNITY, on="created_on", value=value, leave_out=leave_out or {})


NEW_LEADS = Metric(
    key="pipeline.new_leads",
    name="New leads",
    description="Leads that came in during the period. Beside them stand the change on the period before and how many "
    "of them have become an opportunity so far.",
    unit="count",
    better="higher",
    additive=True,
    inputs=(
        "leads.converted_on",
        "leads.created_on",
        "leads.opportunity_id",
        "leads.status_kind",
        "opportunities.lead_id",
    ),
    formula=_LEADS,
    parts={
        "change": Part(
            name="Change on the period before",
            unit="ratio",
            formula=Ratio(_LEADS - previous(_LEADS), previous(_LEADS)),
        ),
        "conversion": Part(
            name="Share that became an opportunity",
            unit="ratio",
            formula=Ratio(
                _with_opportunity(_.count(where=_.became_opportunity)), _with_opportunity(_.count())
            ),
        ),
    },
    by=("rep", "team", "source", "channel", "campaign", "region", "icp_fit"),
    source="KPI template (vi), 1; twelve sales KPIs (zh-Hant), 8; B2B process and KPIs (vi): potential customers of "
    "the whole system and per rep, against the period before",
)

CONTACT_DAYS = Parameter(
    name="days",
    description="Within how many days of coming in a lead must be contacted.",
    default=7,
    minimum=0,
)
_CONTACTED = (_.contacted_on.delta(_.created_on, unit="day") <= CONTACT_DAYS.value).fill_null(False)


def _contacts(value: Any) -> Flow:
    return Flow(LEADS_WITH_CONTACT, on="created_on", value=value)


LEAD_CONTACT_RATE = Metric(
    key="pipeline.lead_contact_rate",
    name="Leads contacted",
    description="Of the leads of the period, those our side reached out to (an outbound activity that took place) "
    "within the days set, counted from the day they came in.",
    unit="ratio",
    better="higher",
    inputs=(
        "activities.direction",
        "activities.lead_id",
        "activities.occurred_on",
        "activities.status",
        "leads.created_on",
    ),
    formula=Ratio(_contacts(_.count(where=_CONTACTED)), _contacts(_.count())),
    by=("rep", "team", "source"),
    parameters=(CONTACT_DAYS,),
    pending=_contacts(_.count(where=_.contacted_on.isnull())),
    horizon="days",
    source="KPI template (vi), 1: do the reps contact them well",
)

FRAMEWORK = Parameter(
    name="framework",
    description="The questions a lead is qualified by: BANT (budget, authority, need, timing) or GPCT (goal, plan, "
    "challenge, time).",
    kind="choice",
    default="bant",
    choices=("bant", "gpct"),
)
LETTERS = Parameter(
    name="letters",
    description="How many of the four questions must be answered with yes.",
    default=4,
    minimum=1,
    maximum=4,
    words="criteria to meet",
)


def _meets(framework: str, *answers: Any) -> Any:
    """Whether this is the framework and enough of its questions are answered with yes."""
    yes = reduce(add, ((answer == "yes").fill_null(False).cast("int64") for answer in answers))
    return (yes >= LETTERS.value) & (FRAMEWORK.value == framework)


_MEETS_BANT = _meets("bant", _.budget, _.authority, _.need, _.timing)
_MEETS_GPCT = _meets("gpct", _.goal, _.plan, _.challenge, _.time)

LEAD_QUALIFICATION_RATE = Metric(
    key="pipeline.lead_qualification_rate",
    name="Qualified leads",
    description="Of the leads of the period, those that meet the framework. A question not asked yet, or answered "
    "with unknown, isn't a yes.",
    unit="ratio",
    better="higher",
    inputs=(
        "leads.authority",
        "leads.budget",
        "leads.challenge",
        "leads.created_on",
        "leads.goal",
        "leads.need",
        "leads.plan",
        "leads.time",
        "leads.timing",
    ),
    formula=Ratio(
        Flow("leads", on="created_on", value=_.count(where=_MEETS_BANT | _MEETS_GPCT)),
        _LEADS,
    ),
    by=("rep", "source", "region"),
    parameters=(FRAMEWORK, LETTERS),
    source="B2B process and KPIs (vi): qualify by GPCT or BANT",
)

_UNTIMED = {"converted on an unknown day": when_timed(_.became_opportunity & _.became_on.isnull())}
_BECAME = _.became_opportunity & in_time(_.created_on, _.became_on)

OPPORTUNITY_TO_LEAD_RATIO = Metric(
    key="pipeline.opportunity_to_lead_ratio",
    name="Opportunities against leads",
    description="Of the leads of the period, those that have become an opportunity since, as the data stands. This "
    "follows each lead, so it never passes 100 %, unlike opportunities created over leads created.",
    unit="ratio",
    better="higher",
    inputs=_OUTCOME_INPUTS,
    formula=Ratio(
        _with_opportunity(_.count(where=_BECAME), _UNTIMED), _with_opportunity(_.count(), _UNTIMED)
    ),
    by=("rep", "source", "channel", "region"),
    parameters=(WITHIN,),
    pending=_with_opportunity(_.count(where=_.can_become)),
    horizon="within",
    source="Twelve sales KPIs (zh-Hant), 2",
)


def _referred(value: Any) -> Flow:
    return Flow(REFERRED_LEADS, on="created_on", value=value, where=_.referred_by_customer)


REFERRAL_LEADS = Metric(
    key="pipeline.referral_leads",
    name="Leads referred by customers",
    description="Leads of the period that an existing customer referred: an account that had won a deal with us or "
    "ordered before the lead came in. Beside them stands how many of them were won so far.",
    unit="count",
    better="higher",
    additive=True,
    inputs=(
        "leads.created_on",
        "leads.opportunity_id",
        "leads.referrer_account_id",
        "opportunities.account_id",
        "opportunities.closed_on",
        "opportunities.lead_id",
        "opportunities.status",
        "orders.account_id",
        "orders.ordered_on",
        "orders.status",
    ),
    formula=_referred(_.count()),
    parts={
        "win_rate": Part(
            name="Share won so far",
            unit="ratio",
            formula=Ratio(_referred(_.count(where=_.won)), _referred(_.count())),
        ),
    },
    by=("rep", "referring_account"),
    source="B2B process and KPIs (vi): old customers refer new opportunities",
)
