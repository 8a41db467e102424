"""What a formula really reads, to hold a metric's declared inputs against."""

from __future__ import annotations

from tallymark_sdk.formula import Leaf
from tallymark_sdk.leaves import computations, leaves, references, targets
from tallymark_sdk.metric import Metric
from tallymark_sdk.rows import described, placing_columns
from tallymark_sdk.view import View


def inputs_of_leaf(leaf: Leaf) -> frozenset[str]:
    """The "dataset.column" names that a leaf reads: value, conditions, reasons and dates.

    For a view these are the columns its columns carry, and those its build requires. Breakdowns don't count.
    """
    columns = described(leaf).columns | set(placing_columns(leaf))
    if isinstance(leaf.dataset, View):
        carried = {name for column in columns for name in _carried(leaf.dataset, column)}
        return frozenset(carried | set(leaf.dataset.requires))
    return frozenset(f"{leaf.dataset}.{column}" for column in columns)


def inputs_used(metric: Metric) -> tuple[str, ...]:
    """Everything the metric's formulas use, sorted: columns, and the keys of metrics referred to."""
    used: set[str] = set()
    for formula in metric.all_formulas():
        for leaf in leaves(formula):
            used |= inputs_of_leaf(leaf)
        used |= {reference.key for reference in references(formula)}
        used |= {target.key for target in targets(formula)}
        for computation in computations(formula):
            used |= set(computation.reads)
    return tuple(sorted(used))


def _carried(view: View, column: str) -> tuple[str, ...]:
    return view.made_from(column) if column in view.columns else (f"{view.grain}.{column}",)
