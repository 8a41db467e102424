"""From the rows that Spark sends back to the answers that the engine assembles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tallymark.engine.cell import Figure
from tallymark.engine.expand import TOTAL
from tallymark.engine.fuse import Query
from tallymark.engine.plan import Leaf
from tallymark_sdk.rows import DELETED


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A leaf's figure in one cell, with the rows behind it and, by reason, those left out."""

    value: Figure | None
    rows: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Every leaf's figures, by breakdown, member and period."""

    figures: Mapping[tuple[Leaf, str, str, int], Answer]
    """(leaf, dimension, member, period's number) → the answer; a total has neither dimension nor member. The number
    may be `BEFORE` or `UNDATED`."""
    members: Mapping[tuple[Leaf, str], Mapping[str, frozenset[int]]]
    """(leaf, dimension) → member → the periods in which it has rows."""
    failed: Mapping[Leaf, str]
    """Leaves that couldn't be computed, with the reason."""
    since: Mapping[str, date] = field(default_factory=dict)
    """Dataset of spans → the first day it is known of, where all of its spans were derived from syncs."""


def answers_of(
    found: Iterable[tuple[Query, Iterable[tuple[Any, ...]]]],
    failed: Mapping[Leaf, str],
    since: Mapping[str, date],
) -> Answers:
    """The answers in the rows of each query; a row is read as `Query` says."""
    figures: dict[tuple[Leaf, str, str, int], Answer] = {}
    seen: dict[tuple[Leaf, str], dict[str, set[int]]] = {}
    for query, rows in found:
        for row in rows:
            period = row[0]
            dimension, member = _place(query, row)
            for leaf, answer in _read(query, row):
                figures[leaf, dimension, member, period] = answer
                if dimension != TOTAL and (answer.rows or set(answer.left_out) - {DELETED}):
                    seen.setdefault((leaf, dimension), {}).setdefault(member, set()).add(period)
    members = {key: {name: frozenset(at) for name, at in told.items()} for key, told in seen.items()}
    return Answers(figures=figures, members=members, failed=failed, since=since)


def _place(query: Query, row: tuple[Any, ...]) -> tuple[str, str]:
    named = zip(query.dimensions, row[1:], strict=False)
    return next(((each, str(member)) for each, member in named if member is not None), (TOTAL, ""))


def _read(query: Query, row: tuple[Any, ...]) -> Iterator[tuple[Leaf, Answer]]:
    at = 1 + len(query.dimensions)
    for leaf, reasons in zip(query.leaves, query.reasons, strict=True):
        value, rows, *left_out = row[at : at + 2 + len(reasons)]
        counted = {reason: int(n) for reason, n in zip(reasons, left_out, strict=True) if n}
        yield leaf, Answer(value=_figure(value), rows=int(rows or 0), left_out=counted)
        at += 2 + len(reasons)


def _figure(value: object) -> Figure | None:
    if value is None or isinstance(value, int | Decimal):
        return value
    raise TypeError(
        f"Spark gave a figure as {type(value).__name__}; only whole numbers and decimals are exact"
    )
