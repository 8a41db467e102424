"""Checking `@computed` formulas when their pack is loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from tallymark_sdk.computing import LEAST_MEGABYTES, LONGEST_SECONDS, MOST_MEGABYTES
from tallymark_sdk.dimensions import CROSS, is_available
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.formula import Computed
from tallymark_sdk.model import DATASETS, Kind
from tallymark_sdk.rows import holds_words
from tallymark_sdk.splits import splits_rows

MEMBER = "member"
"""The column that every table handed over has beside those declared."""


def computing_problems(computation: Computed) -> Iterator[str]:
    """Everything that is wrong with a `@computed` formula, in plain words."""
    function: Any = computation.function
    if not callable(function):
        yield f"@computed is for a function, not {type(function).__name__}"
        return
    yield from _name_problems(function)
    yield from _limit_problems("seconds", computation.seconds, 1, LONGEST_SECONDS)
    yield from _limit_problems("megabytes", computation.megabytes, LEAST_MEGABYTES, MOST_MEGABYTES)
    reads: Any = computation.reads
    if not isinstance(reads, tuple) or not reads or not all(isinstance(name, str) for name in reads):
        yield 'reads is a tuple of "dataset.column" names, at least one'
        return
    for name in computation.reads:
        yield from _column_problems(name)


def can_be_handed_over(computation: Computed, dimension: str) -> bool:
    """Whether every row the function is given has one member of the dimension."""
    parts = dimension.split(CROSS)
    if "customer_type" in parts:  # it depends on the day, and a function's rows have no one day
        return False
    return all(
        is_available(dimension, holds_words(dataset), dataset)
        and not any(splits_rows(part, dataset) for part in parts)
        for dataset in computation.columns
    )


def _name_problems(function: Any) -> Iterator[str]:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    found: Any = sys.modules.get(str(module))
    for part in str(name).split("."):
        found = getattr(found, part, None)
    if found is not function and getattr(found, "function", None) is not function:
        yield (
            f'the function "{name}" isn\'t found under its name in its module; a @computed function stands at the top '
            "of a module and is no lambda, since another process looks it up there"
        )


def _limit_problems(name: str, value: object, least: int, most: int) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        yield f"{name} is a whole number from {least} to {most}, not {value!r}"


def _column_problems(name: str) -> Iterator[str]:
    table, _, column = name.partition(".")
    if table not in DATASETS:
        yield f'there is no dataset "{table}".{did_you_mean(table, DATASETS)}'
        return
    columns = [each.name for each in DATASETS[table].stored_columns]
    if column not in columns:
        yield f'there is no column "{name}".{did_you_mean(column, columns)}'
    elif DATASETS[table].column(column).kind is Kind.MONEY and not column.endswith("_base"):
        yield f'"{name}" is in each row\'s own currency; use "{name}_base"'
    elif column == MEMBER:
        yield f'"{name}" can\'t be handed over: every table has a column of that name for the breakdown'
