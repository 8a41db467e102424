"""Every English text of the kit that readers see: the msgids of its own catalogue.

Besides the phrases of formulas these are the words for what a formula speaks of: datasets, columns, the values a
choice may take, breakdowns, and the engine's reasons.
"""

from __future__ import annotations

from functools import cache

from tallymark_sdk import text
from tallymark_sdk.dimensions import DIMENSIONS
from tallymark_sdk.model import DATASETS, Dataset


def words(name: str) -> str:
    """A name of the model as English words: `closed_on` → "closed on", `amount_base` → "amount"."""
    return name.removesuffix("_base").replace("_", " ")


def model_words(dataset: Dataset) -> set[str]:
    """The words for a dataset, its columns and the values of its choices."""
    columns = dataset.stored_columns
    choices = {choice for column in columns for choice in column.choices}
    return {words(name) for name in (dataset.name, *(column.name for column in columns), *choices)}


@cache
def messages() -> frozenset[str]:
    """The kit's own texts, in English."""
    model = set().union(*(model_words(dataset) for dataset in DATASETS.values()))
    return frozenset({*phrases(), *model, *(words(name) for name in DIMENSIONS)})


def phrases() -> set[str]:
    """The phrases that formulas are worded with."""
    return {
        *text.REDUCED.values(),
        *text.PLACED.values(),
        *text.SHIFTED.values(),
        *text.COMPARED.values(),
        "{measure} of {rows}",
        "where {condition}",
        "by {date}",
        "and",
        "or",
        "not {what}",
        "{left} is empty",
        "{left} is known",
        "{what}, of all members",
    }
