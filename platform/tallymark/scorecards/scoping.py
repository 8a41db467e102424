"""A scorecard of one member's rows: the member's cells and targets stand where the company's stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tallymark.engine import Cell
from tallymark.scorecards.compose import Target
from tallymark.scorecards.scope import Scope

Belongs = Callable[[str], bool]
"""Whether a representative is one of the scope's."""


def scoped_cells(cells: Iterable[Cell], scope: Scope, belongs: Belongs) -> list[Cell]:
    """The member's cells as totals, and those of its own representatives; nobody else's.

    Of a metric that isn't counted by the scope's breakdown nothing is left: its total would be everybody's.
    """
    found = []
    for cell in cells:
        if (cell.dimension, cell.member) == (scope.dimension, scope.member):
            found.append(replace(cell, dimension="", member=""))
            if scope.dimension == "rep":
                found.append(cell)
        elif cell.dimension == "rep" and belongs(cell.member):
            found.append(cell)
    return found


def scoped_targets(targets: Iterable[Target], scope: Scope, belongs: Belongs) -> list[Target]:
    """The same of targets."""
    found = []
    for target in targets:
        if (target.dimension, target.member) == (scope.dimension, scope.member):
            found.append(replace(target, dimension="", member=""))
            if scope.dimension == "rep":
                found.append(target)
        elif target.dimension == "rep" and belongs(target.member):
            found.append(target)
    return found
