"""Answers in one form, and whether two contestants gave the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

import pyarrow as pa

from bench.question import Question
from tallymark.engine.cell import Cell
from tallymark.plugins.registry import registry

Place: TypeAlias = tuple[str, str, str, str, int]
"""Metric, part, dimension ("" for the total), member, and the period's place in the question."""

Answers: TypeAlias = Mapping[Place, Decimal | int | float | None]

_RELATIVE = 1e-9
_RELATIVE_IN_CENTS = 1e-6
_DIMENSIONS = ("rep", "team", "region", "source", "product_group")


@dataclass(frozen=True)
class Comparison:
    """How many cells two contestants agree about, and the first ones that they don't."""

    same: int
    different: tuple[str, ...]

    def __str__(self) -> str:
        if not self.different:
            return f"{self.same:,} cells, all equal"
        return f"{self.same:,} cells equal, {len(self.different):,} differ, such as {self.different[0]}"


def of_cells(cells: Iterable[Cell], question: Question) -> dict[Place, Decimal | int | float | None]:
    """The engine's cells in the common form."""
    numbers = {period: number for number, period in enumerate(question.periods)}
    return {
        (cell.metric, cell.part, cell.dimension, cell.member, numbers[cell.period]): cell.value
        for cell in cells
    }


def of_tables(tables: Iterable[pa.Table], first: int) -> dict[Place, Decimal | int | float | None]:
    """Hand-written SQL's tables in the common form: a row a period and member, a column a KPI ("metric/part").

    A member stands in the column of its dimension, the others being null, or in `dimension` and `member`.

    Args:
        first: the number that the SQL gives the first period asked for.
    """
    found: dict[Place, Decimal | int | float | None] = {}
    for table in tables:
        kpis = [name for name in table.column_names if "." in name]
        for row in table.to_pylist():
            dimension, member = _member(row)
            for kpi in kpis:
                metric, _, part = kpi.partition("/")
                place = (metric, part or "value", dimension, member, int(row["period"]) - first)
                found[place] = row[kpi]
    return found


def _member(row: Mapping[str, object]) -> tuple[str, str]:
    if "dimension" in row:
        return str(row["dimension"]), str(row["member"])
    for dimension in _DIMENSIONS:
        if row.get(dimension) is not None:
            return dimension, str(row[dimension])
    return "", ""


def compare(ours: Answers, theirs: Answers, question: Question, *, cents: bool = False) -> Comparison:
    """Cell by cell over the cells of the question that `theirs` has KPIs for.

    Counts and sums must be equal, quotients to nine digits. A member that one side doesn't list must have 0 or no
    value on the other. A count or sum of nothing may be 0 on one side and no value on the other; a quotient of nothing
    must have no value on both.

    Args:
        cents: whether sums may differ by less than half a cent, for a database that divides in another way.
    """
    offered = question.dimensions()
    wanted = {(place[0], place[1]) for place in theirs}
    same, different = 0, []
    for place in sorted({*ours, *theirs}):
        metric, part, dimension, member, period = place
        if (metric, part) not in wanted or (dimension and dimension not in offered[metric]):
            continue
        unlisted = place not in ours or place not in theirs
        zero = unlisted or _is_zero_when_empty(metric, part)
        if _are_equal(ours.get(place), theirs.get(place), zero=zero, cents=cents):
            same += 1
        else:
            different.append(
                f"{metric}/{part} {dimension} {member} in period {period}: {ours.get(place)} and {theirs.get(place)}"
            )
    return Comparison(same, tuple(different))


def _is_zero_when_empty(metric: str, part: str) -> bool:
    declared = registry()[metric]
    unit = declared.unit if part == "value" else declared.parts[part].unit
    return unit == "count" or (unit == "money" and declared.additive) or unit == "rate" or part == "value_won"


def _are_equal(left: object, right: object, *, zero: bool, cents: bool) -> bool:
    if left is None or right is None:
        return left is right or (zero and not left and not right)
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return left == right or (cents and abs(Decimal(left) - Decimal(right)) < Decimal("0.005"))
    near = _RELATIVE_IN_CENTS if cents else _RELATIVE
    return math.isclose(float(left), float(right), rel_tol=near, abs_tol=1e-12)  # type: ignore[arg-type]


def all_equal(comparisons: Sequence[Comparison]) -> bool:
    """Whether no cell differs."""
    return all(not each.different for each in comparisons)
