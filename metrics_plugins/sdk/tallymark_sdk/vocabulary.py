"""Every English text of the kit that readers see: the msgids of its own catalogue.

Besides the phrases of formulas these are the words for what a formula speaks of: datasets, columns, the values a
choice may take, breakdowns, and the engine's reasons.
"""

from __future__ import annotations

from functools import cache

from tallymark_sdk import phrases, reasons
from tallymark_sdk.dimensions import DIMENSIONS
from tallymark_sdk.model import CANONICAL, Dataset
from tallymark_sdk.rowwords import words

PARTS = ("mean", "median", "share", "count", "growth")
"""Names that parts of metrics often have, for formulas that refer to one."""

PARAMETERS = ("days", "days allowed")
"""What parameters of metrics are often called."""

MEMBERS = ("new", "existing", "unassigned")
"""Members of breakdowns that the kit itself names."""


def model_words(dataset: Dataset) -> frozenset[str]:
    """The words for a dataset, its columns and the values of its choices."""
    columns = dataset.stored_columns
    choices = {choice for column in columns for choice in column.choices}
    return frozenset(words(name) for name in (dataset.name, *(column.name for column in columns), *choices))


@cache
def messages() -> frozenset[str]:
    """The kit's own texts, in English. What packs add to the model is theirs to translate."""
    model = frozenset[str]().union(*(model_words(dataset) for dataset in CANONICAL.values()))
    breakdowns = {words(name) for name in DIMENSIONS}
    return frozenset({*phrases.every(), *reasons.PHRASES, *model, *breakdowns, *PARTS, *PARAMETERS, *MEMBERS})
