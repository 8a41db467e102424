"""Sums without loss: numbers of any size taken apart into limbs that doubles add up exactly.

A chunk has at most 2^20 rows, so sums of 32-bit limbs stay below 2^52 and a double holds them to the unit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tallymark.engine.facts.columns import Array

_LIMB = 32
_MASK = np.int64((1 << _LIMB) - 1)
EXACT = 1 << 53
"""A double holds every whole number up to this."""
SAFE = 1 << 62
"""Whole numbers below this can be added in 64 bits without a thought."""


def limbs(low: Array, high: Array | None, largest: int) -> list[tuple[int, Array]]:
    """(shift, limb) pairs whose shifted sum is the number; limbs are doubles.

    Args:
        low, high: the lower 64 bits and, for wider numbers, the upper ones.
        largest: the largest size of any number in the column.
    """
    if largest * max(len(low), 1) < EXACT:
        return [(0, low.astype(np.float64))]
    if high is None or largest < 1 << 63:
        return [(0, (low & _MASK).astype(np.float64)), (_LIMB, (low >> _LIMB).astype(np.float64))]
    return [
        (0, (low & _MASK).astype(np.float64)),
        (_LIMB, ((low >> _LIMB) & _MASK).astype(np.float64)),
        (2 * _LIMB, (high & _MASK).astype(np.float64)),
        (3 * _LIMB, (high >> _LIMB).astype(np.float64)),
    ]


def whole(parts: dict[int, Array]) -> Array:
    """The numbers that limbs (by their shift, int64) stand for: int64 where they fit, else Python's integers."""
    sizes = {shift: int(np.abs(part).max()) if part.size else 0 for shift, part in parts.items()}
    fits = sum(size << shift for shift, size in sizes.items()) < SAFE
    total: Any = 0
    for shift, part in parts.items():
        total = total + ((part << shift) if fits else part.astype(object) * (1 << shift))
    return np.asarray(total)
