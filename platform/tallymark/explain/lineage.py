"""Which columns of a row's own dataset say why it counts as it does."""

from __future__ import annotations

from tallymark.explain.tree import Measure
from tallymark_sdk.dimensions import columns_read
from tallymark_sdk.expression import columns_used
from tallymark_sdk.formula import Leaf
from tallymark_sdk.model import DATASETS
from tallymark_sdk.rows import columns_needed, described, grain, placing_columns
from tallymark_sdk.splits import MONEY
from tallymark_sdk.view import View

KEY = ("source_id", "id")
_UNSAID = {*KEY, "deleted_at", "custom"}


def columns_of(measure: Measure) -> tuple[str, ...]:
    """The columns to show, in the model's order: what the measure, its dates and the breakdown read of the dataset.

    Amounts in the company's currency bring the row's own amount and its currency along.
    """
    leaf = measure.leaf.formula
    dataset = DATASETS[grain(leaf.dataset)]
    read = {column for each in columns_needed(leaf) for column in carried(leaf, each)}
    if measure.dimension:
        read |= columns_read(measure.dimension)
    read |= {column.name for column in dataset.stored_columns if column.in_base in read}
    if any(name.endswith("_base") for name in read) and dataset.has_money:
        read.add("currency")
    return tuple(
        column.name for column in dataset.stored_columns if column.name in read and column.name not in _UNSAID
    )


def carried(leaf: Leaf, column: str) -> tuple[str, ...]:
    """The columns of the row's own dataset that a column of the leaf's relation is made from."""
    if not isinstance(leaf.dataset, View):
        return (column,)
    if column not in leaf.dataset.columns:
        return ()
    made_from = (name.split(".", 1) for name in leaf.dataset.made_from(column))
    return tuple(name for table, name in made_from if table == leaf.dataset.grain)


def day_column(measure: Measure) -> str | None:
    """The row's own column that holds, as far as is declared, the day by which it is placed."""
    places = placing_columns(measure.leaf.formula)
    found = carried(measure.leaf.formula, places[0]) if places else ()
    return found[0] if len(found) == 1 else None


def split_column(measure: Measure) -> str | None:
    """Of amounts that a breakdown splits over a row's members: the column with the whole amount."""
    parts = described(measure.leaf.formula)
    used = columns_used(parts.argument) if parts.argument is not None else frozenset[str]()
    names = [name for each in used for name in carried(measure.leaf.formula, each) if name in MONEY]
    return names[0] if len(names) == 1 else None


def referring(measure: Measure) -> tuple[tuple[str, str], ...]:
    """The (dataset, column) from which a view may have ids of rows that aren't in their own dataset."""
    of = measure.leaf.formula.dataset
    if not isinstance(of, View):
        return ()
    return tuple(
        (name, column)
        for name in of.datasets
        for column, target in DATASETS[name].references.items()
        if target == of.grain and column in of.reads.get(name, ())
    )
