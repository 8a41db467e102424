"""What the members of a breakdown are called."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark.engine.session import TenantData, confined
from tallymark_sdk.dimensions import label_column


def labels(data: TenantData, dimensions: Iterable[str]) -> dict[str, dict[str, str]]:
    """Dimension → member → its name. A member whose id several sources give different names keeps its id."""
    found: dict[str, dict[str, str]] = {}
    places = {dimension: place for dimension in dimensions if (place := label_column(dimension)) is not None}
    with confined(data, threads=1, only={dataset for dataset, _ in places.values()}) as connection:
        for dimension, (dataset, column) in places.items():
            if not data.is_connected(dataset):
                continue
            # Both names are the model's own, never a person's.
            query = (
                f'SELECT id, min("{column}") FROM "{dataset}" WHERE "{column}" IS NOT NULL '  # noqa: S608
                f'GROUP BY id HAVING count(DISTINCT "{column}") = 1'
            )
            found[dimension] = dict(connection.execute(query).fetchall())
    return found
