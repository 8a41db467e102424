"""Leads with what became of them: an opportunity, a sale.

A lead's opportunities are the one it names and those that name it, in its own source. It became an opportunity when
it has one, names one that was never read, has a time of conversion or a status that means so.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive

CARRIED = (
    *("created_on", "rep_id", "account_id", "region_id", "source", "channel", "campaign_id", "icp_fit"),
    "referrer_account_id",
)
OUTCOME = ("became_opportunity", "became_on", "won", "won_on", "can_become", "can_win")
_BECAME = ("leads.converted_on", "leads.opportunity_id", "leads.status_kind", "opportunities.lead_id")
_WON = ("leads.opportunity_id", "opportunities.lead_id", "opportunities.status")
COLUMNS: dict[str, str | tuple[str, ...]] = {
    **{name: f"leads.{name}" for name in CARRIED},
    "became_opportunity": _BECAME,
    "became_on": (*_BECAME, "opportunities.created_on"),
    "won": _WON,
    "won_on": (*_WON, "opportunities.closed_on"),
    "can_become": (*_BECAME, "leads.lost_reason"),
    "can_win": (*_WON, "leads.lost_reason", "leads.status_kind"),
}

WORDS: Mapping[str, str] = {
    "became_opportunity": "they became an opportunity",
    "won": "they led to a sale",
    "can_become": "they can still become an opportunity",
    "can_win": "they can still lead to a sale",
}


def with_outcome(leads: ir.Table, deals: ir.Table) -> ir.Table:
    """`leads` with the columns of `OUTCOME`; deleted deals count for nothing, deleted leads stay."""
    named = deals.select(_named_source=deals.source_id, _named=deals.id, _named_deleted=deals.deleted_at)
    theirs = _deals_of(leads, deals)
    joined = leads.left_join(
        named, [leads.source_id == named["_named_source"], leads.opportunity_id == named["_named"]]
    )
    joined = joined.left_join(
        theirs, [joined.source_id == theirs["_lead_source"], joined.id == theirs["_lead"]]
    )
    # Null where the deal isn't known, which a lead may still name.
    names_one = joined.opportunity_id.nullif("").notnull() & joined["_named_deleted"].isnull()
    said_so = joined.converted_on.notnull() | (joined.status_kind == "converted").fill_null(False)
    has_one = joined["_deals"].fill_null(0) > 0
    became = names_one | said_so | has_one
    given_up = (joined.status_kind == "unqualified").fill_null(False) | joined.lost_reason.nullif(
        ""
    ).notnull()
    won = joined["_won"].fill_null(0) > 0
    still_open = ibis.ifelse(has_one, joined["_open"].fill_null(0) > 0, ~given_up)
    return joined.select(
        *[joined[name] for name in leads.columns],
        became_opportunity=became,
        became_on=ibis.coalesce(joined.converted_on, joined["_first_on"]),
        won=won,
        won_on=joined["_won_on"],
        can_become=~became & ~given_up,
        can_win=~won & still_open,
    )


def _deals_of(leads: ir.Table, deals: ir.Table) -> ir.Table:
    """One row per lead that has deals. A deal found both ways counts twice, which no figure here notices."""
    kept = alive(deals)
    facts = ("status", "created_on", "closed_on")
    naming = kept.select(_lead_source="source_id", _lead="lead_id", **{name: name for name in facts})
    pairs = leads.select(_of_source=leads.source_id, _of=leads.id, _deal=leads.opportunity_id)
    met = pairs.join(kept, [pairs["_of_source"] == kept.source_id, pairs["_deal"] == kept.id])
    named = met.select(_lead_source="_of_source", _lead="_of", **{name: name for name in facts})
    both = ibis.union(naming.filter(naming["_lead"].notnull()), named)
    is_won = both.status == "won"
    return both.group_by("_lead_source", "_lead").aggregate(
        _deals=both.count(),
        _first_on=both.created_on.min(),
        _won=both.count(where=is_won),
        _won_on=both.closed_on.min(where=is_won),
        _open=both.count(where=(both.status == "open").fill_null(True)),
    )


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    return with_outcome(tables["leads"], tables["opportunities"])


LINKS = ("leads.opportunity_id", "opportunities.lead_id")

LEADS_WITH_OPPORTUNITY = View(
    name="leads_with_opportunity",
    rows="leads",
    grain="leads",
    requires=LINKS,
    columns=COLUMNS,
    words=WORDS,
    build=_build,
    optional=("opportunities",),
)
"""Leads and whether they became an opportunity, which they may say themselves."""

LEADS_WITH_SALE = View(
    name="leads_with_sale",
    rows="leads",
    grain="leads",
    requires=LINKS,
    columns=COLUMNS,
    words=WORDS,
    build=_build,
)
"""Leads and whether an opportunity of theirs was won."""
