"""Following an id to the row it names, without ever multiplying rows."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir


def follow(
    rows: ir.Table,
    key: str,
    target: ir.Table,
    columns: Mapping[str, str],
    *,
    own_source: bool = False,
    living: bool = False,
) -> ir.Table:
    """`rows` with columns of the row that `rows[key]` names in `target`.

    The link is looked for in the row's own source first. A file of reps beside a CRM's deals names the same reps
    under another source, so an id that only one source has is accepted from there; an id that several sources
    have is ambiguous and stays unlinked. Both lookups have one row per key, so the number of rows never changes.

    Args:
        columns: new column's name → the target's column.
        own_source: look nowhere but in the row's own source. Right for transactions, whose ids are small numbers
            that other sources have too; people, accounts and products may come from elsewhere.
        living: say nothing of a row that is deleted. Filtering `target` instead would let a row of another source
            that has the same id take its place.
    """

    def told(column: str) -> ir.Value:
        return ibis.ifelse(target.deleted_at.isnull(), target[column], None) if living else target[column]

    own = target.select(
        _source=target.source_id,
        _id=target.id,
        _known=ibis.literal(True),
        **{f"_own_{name}": told(column) for name, column in columns.items()},
    )
    anywhere = (
        target.group_by(_any_id=target.id)
        .aggregate(
            _sources=target.count(),
            **{f"_any_{name}": told(column).min() for name, column in columns.items()},
        )
        .filter(ibis._["_sources"] == 1)
        .drop("_sources")
    )
    joined = rows.left_join(own, [rows.source_id == own["_source"], rows[key] == own["_id"]])
    if own_source:
        return joined.select(*[joined[column] for column in rows.columns],
                             **{name: joined[f"_own_{name}"] for name in columns})  # fmt: skip
    joined = joined.left_join(anywhere, joined[key] == anywhere["_any_id"])
    linked = {
        name: ibis.ifelse(joined["_known"].notnull(), joined[f"_own_{name}"], joined[f"_any_{name}"])
        for name in columns
    }
    return joined.select(*[joined[column] for column in rows.columns], **linked)
