"""Spark's answers in the places where the engine's arithmetic looks for figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pyarrow as pa

from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.members import Members
from tallymark.engine.fuse import BEFORE, UNDATED
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import LeafFigures, Part
from tallymark.engine.plan import Leaf, Plan
from tallymark.engine.spark.answers import Answer, Answers
from tallymark_sdk.rows import DELETED

_ALWAYS = ("sum", "count", "distinct")


def know_members(answers: Answers, members: Members) -> None:
    """Number every member that Spark found; before axes are laid out."""
    found: dict[str, set[str]] = {}
    for _leaf, dimension, member, _period in answers.figures:
        if dimension != TOTAL:
            found.setdefault(dimension, set()).add(member)
    for dimension, names in sorted(found.items()):
        members.encode(dimension, pa.array(sorted(names), pa.string()))


def part_of(answers: Answers, plan: Plan, axis: Axis, members: Members) -> Part:
    """All answers that have a place on the axis, as if one fact had given them; members must be known."""
    slots: dict[tuple[str, str], int] = {}
    for block in axis.blocks:
        names = members.texts(block.dimension).to_pylist() if block.dimension else [""]
        for slot, name in enumerate(names[block.first : block.first + block.size], block.offset):
            slots[block.dimension, name] = slot
    by_leaf: dict[Leaf, dict[tuple[int, int], Answer]] = {leaf: {} for leaf in plan.breakdowns}
    for (leaf, dimension, member, period), answer in answers.figures.items():
        if (place := slots.get((dimension, member))) is not None:
            by_leaf[leaf][place, period] = answer
    dimensions = frozenset(block.dimension for block in axis.blocks) - {TOTAL}
    return Part(
        axis=axis,
        places=tuple(range(len(plan.periods))),
        leaves={leaf: _figures(leaf, found, axis.size, len(plan.periods)) for leaf, found in by_leaf.items()},
        dimensions=dimensions,
        total=axis.block(TOTAL) is not None,
    )


def _figures(leaf: Leaf, found: Mapping[tuple[int, int], Answer], slots: int, periods: int) -> LeafFigures:
    figures = LeafFigures.empty(slots, periods, always=leaf.kernel in _ALWAYS)
    figures.divisor = 10 ** max((_places(answer.value) for answer in found.values()), default=0)
    figures.values = np.zeros((slots, periods), object)
    figures.before = np.zeros(slots, bool)
    for (slot, period), answer in found.items():
        seen = bool(answer.rows or set(answer.left_out) - {DELETED})
        if period == BEFORE:
            figures.before[slot] |= seen
            continue
        for reason, rows in answer.left_out.items():
            if period == UNDATED:
                figures.undated.setdefault(reason, np.zeros(slots, np.int64))[slot] = rows
            else:
                figures.left_out.setdefault(reason, np.zeros((slots, periods), np.int64))[slot, period] = rows
        if period == UNDATED:
            continue
        figures.rows[slot, period], figures.seen[slot, period] = answer.rows, seen
        if answer.value is not None and answer.rows:
            figures.values[slot, period] = _in_units(answer.value, figures.divisor)
            if figures.has is not None:
                figures.has[slot, period] = True
    return figures


def _in_units(value: Decimal | int, divisor: int) -> int:
    over, under = value.as_integer_ratio()  # exact, whatever digits a decimal context keeps
    return over * (divisor // under)


def _places(value: Decimal | int | None) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
