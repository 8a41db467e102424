"""Which segments a change's mix is taken between."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark.bridge.errors import NoBridge
from tallymark.bridge.forms import Form, Sum
from tallymark.bridge.rows import sides_sql
from tallymark_sdk.attribution import AS_IS
from tallymark_sdk.dimensions import UnknownDimension
from tallymark_sdk.formula import Leaf
from tallymark_sdk.metric import Metric

FOR_MONEY = ("product", "product_group", "plan")
"""What people mean by the mix of money, the first that its rows know."""


def segments_of(metric: Metric, form: Form, by: str, mix: str | None) -> str:
    """The breakdown that is meant: the one asked for, else what fits the metric; "" for a single segment.

    Money is mixed from products, a ratio from the members of the first breakdown that it offers.

    Args:
        by: the breakdown of the member whose change it is; all of a member's rows have the same one.

    Raises:
        NoBridge: its rows can't be broken down by the one asked for.
    """
    leaves = tuple(_leaves(form))
    if mix is not None:
        if mix and mix == by:
            raise NoBridge(f"All rows of one {by} have the same {by}; take another breakdown for the mix.")
        if mix and (why := _why_not(leaves, mix)):
            raise NoBridge(f'The mix can\'t be told by "{mix}": {why}.')
        return mix
    offered = FOR_MONEY if isinstance(form, Sum) else metric.by
    return next((each for each in offered if each != by and not _why_not(leaves, each)), "")


def _leaves(form: Form) -> Iterable[Leaf]:
    weighted = form.leaves if isinstance(form, Sum) else (*form.over, *form.under)
    return (leaf for _, leaf in weighted)


def _why_not(leaves: Iterable[Leaf], mix: str) -> str:
    for leaf in leaves:
        try:
            sides_sql(leaf, "", mix, AS_IS)
        except UnknownDimension as error:
            return str(error).rstrip(".")
    return ""
