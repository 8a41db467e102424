"""Kernels that need a cell's values in order: median, least and greatest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tallymark.engine.facts.columns import Array

_HISTOGRAM = 1 << 22
"""Cells times values up to which counting each value beats sorting rows."""
_FEW = 20_000


class Ordered(NamedTuple):
    """Whole numbers over a common divisor, and which cells have one."""

    values: Array
    has: Array
    divisor: int


def reduce(kernel: str, codes: Array, values: Array, cells: int) -> Ordered:
    """The kernel over the values of each cell.

    Args:
        codes: each row's cell, int64.
        values: each row's value; int64, or Python's integers where they take more.
        cells: how many cells there are.
    """
    counts = np.bincount(codes, minlength=cells)
    has = counts > 0
    if not len(codes):
        return Ordered(np.zeros(cells, np.int64), has, 1)
    if kernel == "median":
        return Ordered(_medians(codes, values, counts), has, 2)
    least = kernel == "min"
    edge = values.max() if least else values.min()
    found = np.full(cells, edge, values.dtype)
    (np.minimum if least else np.maximum).at(found, codes, values)
    return Ordered(np.where(has, found, 0), has, 1)


def _medians(codes: Array, values: Array, counts: Array) -> Array:
    """Twice the median of each cell, 0 where it has no row."""
    starts = np.cumsum(counts) - counts
    lower, upper = starts + (counts - 1) // 2, starts + counts // 2
    has = counts > 0
    ranks = np.concatenate([lower[has], upper[has]])
    least, span = int(values.min()), int(values.max()) - int(values.min()) + 1
    twice = np.zeros(len(counts), values.dtype)
    if len(counts) * span < 1 << 62:
        keys = codes * span + (values - least)
        if len(counts) * span <= _HISTOGRAM and len(codes) > _FEW:
            places = np.searchsorted(np.cumsum(np.bincount(keys)), ranks, side="right")
        else:
            places = np.sort(keys)[ranks]
        found = places % span + least
    else:
        order = np.lexsort((values, codes)) if values.dtype != object else _by_both(codes, values)
        found = values[order][ranks]
    half = len(ranks) // 2
    twice[has] = found[:half] + found[half:]
    return twice


def _by_both(codes: Array, values: Array) -> Array:
    return np.array(sorted(range(len(codes)), key=lambda row: (codes[row], values[row])), np.int64)
