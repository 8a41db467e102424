"""Opportunities with how likely each is to be won: by its own word, else by its stage's."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow

_CARRIED = (
    *("status", "created_on", "closed_on", "amount", "amount_base", "stage_id", "account_id"),
    *("rep_id", "team_id", "region_id", "product_id", "product_group"),
)


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    of_stage = {"_of_stage": "probability"}
    known = follow(tables["opportunities"], "stage_id", tables["stages"], of_stage, living=True)
    return known.mutate(probability=ibis.coalesce(known.probability, known["_of_stage"]))


LIKELY_OPPORTUNITIES = View(
    name="likely_opportunities",
    rows="opportunities",
    grain="opportunities",
    requires=("opportunities.stage_id",),
    columns={
        **{name: f"opportunities.{name}" for name in _CARRIED},
        "probability": ("opportunities.probability", "stages.probability"),
    },
    build=_build,
    optional=("stages",),
)
"""Opportunities with their probability, else that of the stage they are in."""
