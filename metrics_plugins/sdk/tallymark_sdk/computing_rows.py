"""The rows that a `@computed` function is given."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from tallymark_sdk.dimensions import with_member
from tallymark_sdk.rows import empty_model, empty_relation


def member_column(dimension: str) -> str:
    """What the column of a breakdown's members is called until the function is called for it."""
    return f"_by_{dimension}"


def handed_over(dataset: str, columns: Iterable[str], dimensions: Iterable[str]) -> ir.Table:
    """A dataset's rows that are not deleted: these columns, and each dimension's members.

    In the order of their keys, so that a function that adds up floating numbers does it the same way each time.
    """
    rows = empty_relation(dataset)
    rows = rows.filter(rows.deleted_at.isnull())
    members = [(dimension, member_column(dimension)) for dimension in dimensions]
    for dimension, name in members:
        rows = with_member(rows, dimension, grain=dataset, day=None, model=empty_model(), name=name)
    return rows.order_by(["source_id", "id"]).select(*columns, *(name for _, name in members))
