"""The cell that the picked rows make, for where the engine isn't asked for one."""

from __future__ import annotations

from collections.abc import Sequence

from tallymark.engine.cell import Cell
from tallymark.engine.vectors import OTHER_PERIOD
from tallymark.explain.basis import Place
from tallymark.explain.picking import USED, Picked
from tallymark.explain.tree import Node
from tallymark_sdk.arithmetic import settle
from tallymark_sdk.rows import grain


def cell_of_rows(place: Place, tree: Node, picked: Sequence[Picked]) -> Cell:
    """The cell as the engine tells it: rows are those of the widest measure that isn't of another period.

    What is known of a metric beside its formula (since when its history is, how many can still change it) isn't here.
    """
    return Cell(
        metric=place.metric.key,
        part=place.part,
        period=place.period,
        dimension=place.dimension,
        member=place.member,
        value=settle(tree.value),
        rows=max((each.count(USED) for each in picked if not each.measure.moves), default=0),
        left_out=_left_out(picked),
        reason=tree.reason if tree.value is None else None,
    )


def _left_out(picked: Sequence[Picked]) -> dict[str, int]:
    """Measures of one dataset read the same rows, so the largest count of each reason is taken."""
    largest: dict[tuple[str, str], int] = {}
    for each in picked:
        for reason, count in each.left_out.items():
            told = reason + f" ({OTHER_PERIOD})" * each.measure.moves
            name = (grain(each.measure.leaf.formula.dataset), told)
            largest[name] = max(largest.get(name, 0), count)
    found: dict[str, int] = {}
    for (_, reason), count in largest.items():
        found[reason] = found.get(reason, 0) + count
    return found
