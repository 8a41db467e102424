"""Leads with whether the account that referred them was a customer by then."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_metrics.views.first_sales import SALE_INPUTS, first_sales
from tallymark_metrics.views.lead_outcomes import COLUMNS, LINKS, WORDS, with_outcome
from tallymark_sdk import View


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    leads, first = with_outcome(tables["leads"], tables["opportunities"]), first_sales(tables)
    first = first.select(_first_source=first.source_id, _first_account=first.account_id, _first_on=first.day)
    joined = leads.left_join(
        first,
        [leads.source_id == first["_first_source"], leads.referrer_account_id == first["_first_account"]],
    )
    by_customer = (joined["_first_on"] < joined.created_on).fill_null(False)
    return joined.select(*[joined[name] for name in leads.columns], referred_by_customer=by_customer)


REFERRED_LEADS = View(
    name="referred_leads",
    rows="leads",
    grain="leads",
    requires=(*LINKS, *SALE_INPUTS),
    columns={
        **COLUMNS,
        "referred_by_customer": ("leads.created_on", "leads.referrer_account_id", *SALE_INPUTS),
    },
    words={
        **WORDS,
        "referred_by_customer": "a customer referred them",
    },
    build=_build,
    optional=("orders",),
)
"""Leads, whether a customer referred them, and what became of them."""
