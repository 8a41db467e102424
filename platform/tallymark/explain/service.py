"""Explanations of a tenant's cells: from a question to the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.orm import Session

from tallymark.engine.assemble import NO_HISTORY
from tallymark.engine.cell import Cell, Figure
from tallymark.explain.arithmetic import worked_out
from tallymark.explain.asked import Asked, basis_of
from tallymark.explain.asking import Question
from tallymark.explain.basis import cell_at
from tallymark.explain.cells import cell_of_rows
from tallymark.explain.errors import NoCell, NoExplanation
from tallymark.explain.fetching import Reader, reading
from tallymark.explain.given import Given, given_to
from tallymark.explain.picking import USED, Picked, pick
from tallymark.explain.rows import Row, Shelf
from tallymark.explain.tree import Measure, Node, Taking, computed_in
from tallymark.lake import Lake
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk.arithmetic import settle
from tallymark_sdk.rows import grain
from tallymark_tenants.profile import TenantProfile

MANY = 10_000
"""Members up to which the engine's own cell is computed to compare with."""


@dataclass(frozen=True, kw_only=True)
class Stood:
    """What a cell stands on: a measure with its figure and how many rows it used and left out."""

    measure: Measure
    figure: Fraction | None
    reason: str
    rows: int
    left_out: Mapping[str, int]

    @property
    def value(self) -> Figure | None:
        """The figure as it is written."""
        return settle(self.figure)

    @property
    def dataset(self) -> str:
        """The dataset whose rows they are."""
        return grain(self.measure.leaf.formula.dataset)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A cell, its arithmetic down to measures, and one page of the rows of one of them.

    Attributes:
        member_name: what people call the member; its id where it has no name.
        tree: the formula with every value.
        measures: what it stands on, each with its own rows; none for a function in Python.
        given: what functions in Python were given.
        listed: the number of the measure whose rows these are, from 1; 0 where there is none.
        columns: the rows' own columns.
        total: how many rows there are on all pages.
    """

    question: Question
    registry: Registry
    metric: Metric
    cell: Cell
    member_name: str
    currency: str
    tree: Node
    measures: tuple[Stood, ...]
    given: tuple[Given, ...]
    listed: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int

    @property
    def pages(self) -> int:
        """How many pages the rows take; 1 where there is none."""
        return max(1, -(-self.total // self.question.page_size))

    @property
    def shown(self) -> Stood | None:
        """The measure whose rows are listed."""
        return self.measures[self.listed - 1] if self.listed else None


def explain(session: Session, lake: Lake, profile: TenantProfile, question: Question) -> Explanation:
    """Explain a cell, with one page of its rows.

    Raises:
        NoExplanation: the question fits no cell; NoCell: nothing of the member is in the data.
        UnknownMetric, CalendarError: with what to write instead.
    """
    return explained(basis_of(session, lake, profile, question))


@contextmanager
def export(asked: Asked) -> Iterator[tuple[Explanation, Iterator[Row]]]:
    """The same without a database, with an iterator of all rows instead of a page's; they are fetched as it is read."""
    with _opened(asked) as (found, shelf, reader):
        told = _told(asked, found, shelf, reader, ())
        yield told, shelf.all_rows(asked.question.which) if shelf else iter(())


def explained(asked: Asked) -> Explanation:
    """The explanation, without a database."""
    question = asked.question
    first = (question.page - 1) * question.page_size
    with _opened(asked) as (found, shelf, reader):
        rows = shelf.rows(question.which, first, question.page_size) if shelf else []
        return _told(asked, found, shelf, reader, rows)


@dataclass(frozen=True)
class TakenApart:
    """A cell with its arithmetic and its measures."""

    cell: Cell
    tree: Node
    measures: tuple[Stood, ...]


@contextmanager
def _opened(asked: Asked) -> Iterator[tuple[TakenApart, Shelf | None, Reader]]:
    question, place = asked.question, asked.place
    found, picked = taken_apart(asked, lambda: cell_at(asked.basis, place))
    if picked and not 1 <= question.measure <= len(picked):
        raise NoExplanation(f"The figure stands on {len(picked)} measures, numbered from 1.")
    listed = picked[question.measure - 1] if picked else None
    datasets = [] if listed is None else [grain(listed.measure.leaf.formula.dataset)]
    with reading(asked.basis.data, datasets, place.dimension) as reader:
        yield found, None if listed is None else Shelf(listed, reader, asked.currency), reader


def taken_apart(asked: Asked, shown: Callable[[], Cell | None]) -> tuple[TakenApart, list[Picked]]:
    """The cell's arithmetic and rows; refused where they don't make its value, rather than shown.

    Args:
        shown: gives the cell as pages show it; None where they don't, since nothing of the member is in the period.

    Raises:
        NoExplanation: the rows don't make the value; NoCell: nothing of the member is in the data at all.
    """
    basis, place = asked.basis, asked.place
    taking = Taking(basis, place)
    formula = taking.whole()
    picked, members = pick(basis, place, taking.measures)
    figures = [each.figure() for each in picked]
    tree = worked_out(formula, figures, basis, place)
    in_python = bool(computed_in(tree))
    beside = in_python or place.metric.history or place.metric.pending is not None
    # The engine computes all members together, which for very many takes seconds.
    cell = shown() if members.count <= MANY or beside else None
    if cell is None and not members.known:
        raise NoCell(f'There is no {place.dimension} "{place.member}".')
    cell = cell or cell_of_rows(place, tree, picked)
    if in_python:  # what a function answered is known of the whole only
        tree = replace(
            tree, value=None if cell.value is None else Fraction(cell.value), reason=cell.reason or ""
        )
    elif cell.reason != NO_HISTORY and settle(tree.value) != cell.value:
        raise NoExplanation(
            f"The rows of {place.metric.key} don't make its figure; report this with the KPI's key."
        )
    measures = tuple(
        Stood(
            measure=each.measure,
            figure=known.value,
            reason=known.reason,
            rows=each.count(USED),
            left_out=each.left_out,
        )
        for each, known in zip(picked, figures, strict=True)
    )
    return TakenApart(cell, tree, measures), picked


def _told(
    asked: Asked, found: TakenApart, shelf: Shelf | None, reader: Reader, rows: Sequence[Row]
) -> Explanation:
    question, place = asked.question, asked.place
    return Explanation(
        question=question,
        registry=asked.basis.registry,
        metric=place.metric,
        cell=found.cell,
        member_name=reader.name(place.dimension, place.member) if place.dimension else "",
        currency=asked.currency,
        tree=found.tree,
        measures=found.measures,
        given=given_to(computed_in(found.tree), asked.basis.data),
        listed=question.measure if shelf else 0,
        columns=shelf.columns if shelf else (),
        rows=tuple(rows),
        total=shelf.count(question.which) if shelf else 0,
    )
