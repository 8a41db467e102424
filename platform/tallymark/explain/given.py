"""What a function in Python was given: datasets, columns and how many rows; which of them it used, only it knows."""

from __future__ import annotations

from dataclasses import dataclass

from tallymark.engine.session import TenantData, confined
from tallymark_sdk.formula import Computed


@dataclass(frozen=True, kw_only=True)
class Given:
    """One dataset that a function was given; None where it isn't connected."""

    function: str
    dataset: str
    columns: tuple[str, ...]
    rows: int | None


def given_to(functions: tuple[Computed, ...], data: TenantData) -> tuple[Given, ...]:
    """What each function was given of each dataset, over all periods; deleted rows aren't among it."""
    wanted = {dataset for function in functions for dataset in function.columns}
    if not wanted:
        return ()
    counts: dict[str, int] = {}
    with confined(data, only=wanted) as connection:
        for dataset in sorted(filter(data.is_connected, wanted)):
            # The name is a dataset of the model, held so when its metric was loaded.
            query = f'SELECT count(*) FROM "{dataset}" WHERE deleted_at IS NULL'  # noqa: S608
            counts[dataset] = connection.sql(query).fetchall()[0][0]
    return tuple(
        Given(
            function=function.function.__qualname__,
            dataset=dataset,
            columns=columns,
            rows=counts.get(dataset),
        )
        for function in functions
        for dataset, columns in sorted(function.columns.items())
    )
