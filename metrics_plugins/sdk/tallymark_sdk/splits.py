"""An opportunity without a product of its own, broken down by the products of its lines.

Its money is split over its lines in proportion to their amounts, so that the parts still sum to the whole; where
the lines' amounts sum to the opportunity's, each part is simply the line's amount. Everything else about it (that
it was won, how long it took) falls into each product it has, once.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk.links import follow

SPLIT_BY_LINES = ("product", "product_group")
MONEY = ("amount", "amount_base", "recurring_amount", "recurring_amount_base")
_PLACES = "decimal(18, 4)"


def splits_rows(dimension: str, grain: str) -> bool:
    """Whether a row may have several members here, so that a total can't be taken from the same rows."""
    return grain == "opportunities" and dimension in SPLIT_BY_LINES


def split_by_lines(rows: ir.Table, own: ir.Value, dimension: str, model: Mapping[str, ir.Table], name: str,
                   otherwise: str) -> ir.Table:  # fmt: skip
    """Opportunities once per member: their own one, else those of their lines, else `otherwise`.

    Args:
        own: the row's own member, null where it has none.
        name: the new column with the member.
    """
    parts = _parts(model, dimension, otherwise)
    rows = rows.mutate(_own=own)
    joined = rows.left_join(
        parts,
        [rows.source_id == parts["_part_source"], rows.id == parts["_part_of"], rows["_own"].isnull()],
    )
    member = ibis.coalesce(joined["_own"], joined["_part_member"], otherwise)
    money = {column: _share(joined, joined[column]) for column in MONEY if column in rows.columns}
    kept = [column for column in rows.columns if column not in money and column != "_own"]
    return joined.select(*[joined[column] for column in kept], **money, **{name: member})


def _parts(model: Mapping[str, ir.Table], dimension: str, otherwise: str) -> ir.Table:
    """One row per opportunity and member: its weight, and the weights of those before it and of all."""
    lines = model["opportunity_lines"]
    lines = lines.filter(lines.deleted_at.isnull())
    if dimension == "product":
        lines = lines.mutate(_member=lines.product_id)
    else:
        lines = follow(lines, "product_id", model["products"], {"_member": "product_group"})
    grouped = lines.group_by(
        _part_source=lines.source_id,
        _part_of=lines.opportunity_id,
        _part_member=ibis.coalesce(lines["_member"].nullif(""), otherwise),
    ).aggregate(_amount=lines.amount.fill_null(0).sum())
    whole = ibis.window(group_by=["_part_source", "_part_of"])
    weighed = grouped.mutate(_all=grouped["_amount"].sum().over(whole))
    # Lines without amounts share alike.
    weighed = weighed.mutate(_weight=ibis.ifelse(weighed["_all"] == 0, 1, weighed["_amount"]))
    so_far = ibis.cumulative_window(group_by=["_part_source", "_part_of"], order_by="_part_member")
    return weighed.select(
        "_part_source",
        "_part_of",
        "_part_member",
        _upto=weighed["_weight"].sum().over(so_far),
        _before=weighed["_weight"].sum().over(so_far) - weighed["_weight"],
        _whole=weighed["_weight"].sum().over(whole),
    )


def _share(joined: ir.Table, amount: ir.Value) -> ir.Value:
    """The part's share of an amount: what is rounded up to here, less what was rounded up to before it.

    Up to the last part that is the amount itself, so nothing is lost however the quotients are rounded; where the
    weights sum to the amount, they are the shares.
    """
    whole = joined["_whole"]

    def upto(weight: ir.Value) -> ir.Value:
        rounded = (amount * weight / whole).round(4).cast(_PLACES)
        return ibis.cases((amount == whole, weight.cast(_PLACES)), (weight == whole, amount), else_=rounded)

    share = upto(joined["_upto"]) - upto(joined["_before"])
    return ibis.ifelse(whole.isnull(), amount, share.cast(_PLACES))
