"""Checks of how values add up: over members, and when every row is there twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.dimensions import columns_read
from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Flow,
    Monthly,
    Number,
    Operand,
    PeriodDays,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.rows import empty_relation, measured
from tallymark_sdk.testing.golden import same, shown
from tallymark_sdk.testing.installed import installed_metrics
from tallymark_sdk.testing.rows import Row, Rows
from tallymark_sdk.testing.scene import Cell, Scene
from tallymark_sdk.testing.subject import Subject


def additivity(subject: Subject, metric: Metric) -> Iterator[str]:
    """An additive metric's members sum to its total, the rows without a member included."""
    if not metric.additive:
        return
    for scene in subject.scenes(metric):
        for dimension in (each for each in metric.by if each not in metric.not_additive_by):
            for rows, how in (
                (scene.rows, ""),
                (_unassigned(scene, dimension), " when some rows have no member"),
            ):
                for period, total, parts in _split(scene, rows, dimension):
                    if not same(total, parts):
                        yield (
                            f"by {dimension} the members sum to {shown(parts)} in {period}{how}, but the total is "
                            f"{shown(total)}; name the breakdown in not_additive_by, or declare additive=False"
                        )


def hints(subject: Subject, metric: Metric) -> Iterator[str]:
    """What isn't wrong but is worth a look: a metric that always sums and isn't declared additive."""
    if metric.additive or metric.unit not in {"money", "count"} or not metric.by:
        return
    seen = 0
    for scene in subject.scenes(metric):
        for dimension in metric.by:
            for _period, total, parts in _split(scene, scene.rows, dimension):
                if not same(total, parts):
                    return
                seen += bool(total)
    if seen:
        yield "its members sum to its total in every golden case; if they always do, declare additive=True"


def doubled_rows(subject: Subject, metric: Metric) -> Iterator[str]:
    """With every row there again from a second source, sums and counts double and ratios of them don't move."""
    degree = degree_of(metric.formula)
    if degree is None:
        return
    for scene in subject.scenes(metric):
        after = scene.over(_from_two_sources(scene.rows))
        for cell, before in scene.values.items():
            if cell.part != "value" or cell.by:
                continue
            expected = None if before is None else Decimal(before) * 2**degree
            if not same(expected, after[cell]):
                yield (
                    f"with every row there again from a second source the value {cell} went from {shown(before)} to "
                    f"{shown(after[cell])}, not to {shown(expected)}; join rows within their own source_id"
                )


def degree_of(operand: Operand) -> int | None:
    """How a value grows with the rows: 1 like them, 0 not at all, −1 inversely; None where it can't be said."""
    match operand:
        case Flow() | Stock() | PerPeriod():
            return _degree_of_leaf(operand)
        case Number() | PeriodDays():
            return 0
        case Derived(inner) | Shifted(inner) | Rolling(inner) | Monthly(inner) | Total(inner):
            return degree_of(inner)
        case Reference(key, part):
            known = {metric.key: metric for metric in installed_metrics()}
            return degree_of(known[key].formula_of(part)) if key in known else None
        case Ratio(left, right) | Arithmetic("/", left, right):
            return _combined(left, right, -1)
        case Arithmetic("*", left, right):
            return _combined(left, right, 1)
        case Arithmetic(_, left, right):
            degrees = {degree_of(left), degree_of(right)}
            return degrees.pop() if len(degrees) == 1 else None
        case _:
            return None


def _degree_of_leaf(leaf: Flow | Stock | PerPeriod) -> int | None:
    if isinstance(leaf, PerPeriod):
        return None  # a view made per period may carry plans and calendars, which don't come from rows alone
    taken = measured(leaf, empty_relation(leaf.dataset))
    if taken.kernel == "distinct" and taken.argument is not None:
        # Ids count once a source; any other text or number counts once altogether.
        return 1 if "source_id" in str(taken.argument) else 0
    return 1 if taken.kernel in {"sum", "count"} else 0


def _combined(left: Operand, right: Operand, sign: int) -> int | None:
    first, second = degree_of(left), degree_of(right)
    return None if first is None or second is None else first + sign * second


def _split(scene: Scene, rows: Rows, dimension: str) -> Iterator[tuple[str, Figure | None, Figure | None]]:
    """(period, total, sum of the members) of each period."""
    bench = scene.bench(rows)
    members = bench.members(scene.metric, dimension, scene.periods)
    for period in scene.periods:
        total = bench.at(scene.metric, Cell(period))
        parts = [bench.at(scene.metric, Cell(period, "value", dimension, member)) for member in members]
        yield period.label, total, _sum(parts, total)


def _sum(parts: Iterable[Figure | None], total: Figure | None) -> Figure | None:
    known = [Decimal(part) for part in parts if part is not None]
    return sum(known, Decimal(0)) if known or total is not None else None


def _unassigned(scene: Scene, dimension: str) -> Rows:
    """Every second row without a member."""
    columns = columns_read(dimension)

    def cleared(number: int, row: Row) -> Row:
        return {**row, **{name: None for name in columns if name in row}} if number % 2 == 0 else row

    return {
        name: [cleared(number, row) for number, row in enumerate(rows)] for name, rows in scene.rows.items()
    }


def _from_two_sources(rows: Rows) -> Rows:
    return {name: [*given, *(_again(row) for row in given)] for name, given in rows.items()}


def _again(row: Row) -> Row:
    return {**row, "source_id": f"second {row.get('source_id', '')}"}
