"""Why a figure of an earlier period is another now: by its rows, then by what is made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from tallymark.bridge.forms import Quotient, Sum, Weighted, linear
from tallymark.bridge.reading import Key, Reader, Slice, reading
from tallymark.bridge.restating import Moved, moved
from tallymark.bridge.standing import own_money
from tallymark.bridge.terms import Cause as RowCause
from tallymark.engine import TenantData
from tallymark.engine.plan import readings
from tallymark.plugins.registry import Registry
from tallymark.scorecards.seal.restatement import NAMED, Cause
from tallymark_sdk.arithmetic import settle
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Flow, Leaf, PerPeriod, Stock
from tallymark_sdk.rows import described, grain

KINDS = (*get_args(RowCause), "rate")


@dataclass(frozen=True, kw_only=True)
class Versions:
    """One period's data then and now, and the definitions that it is read by."""

    known: Registry
    period: Period
    then: TenantData
    now: TenantData
    currency: str


def row_causes(key: str, asked: Slice, versions: Versions, difference: Fraction | None) -> list[Cause]:
    """The causes that lie in the rows of a metric's figure.

    Where the figure is a sum of its rows, their changes sum to the difference; where it is a quotient of two, each side's
    sum to the side's own; else rows are counted without saying what they add.
    """
    form = linear(key, asked.dimension, versions.known)
    with ExitStack() as stack:
        then, now = (
            stack.enter_context(reading(data, [versions.period], asked, versions.currency))
            for data in (versions.then, versions.now)
        )
        readers = Readers(then=then, now=now, asked=asked)
        match form:
            case Quotient(over, under):
                return [*_told(over, readers, "over"), *_told(under, readers, "under")]
            case Sum(leaves):
                found = _told(leaves, readers, "")
            case _:
                found = _told(_leaves(key, asked.dimension, versions.known), readers, "", adds_up=False)
    return found if _sums_to(found, difference) else [_without_change(each) for each in found]


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Both versions of the data, open."""

    then: Reader
    now: Reader
    asked: Slice


def _leaves(key: str, dimension: str, known: Registry) -> Weighted:
    """The leaves that are read in the period itself."""
    found: dict[Leaf, None] = {}
    for each in readings(known[key], dimension, known):
        if isinstance(each.formula, Flow | Stock | PerPeriod) and not each.steps:
            found[each.formula] = None
    return tuple((Fraction(1), leaf) for leaf in found)


def _told(leaves: Weighted, readers: Readers, side: str, *, adds_up: bool = True) -> list[Cause]:
    adds_up = adds_up and all(described(leaf).kernel in {"sum", "count"} for _, leaf in leaves)
    rows: dict[tuple[str, str], dict[Key, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    found = moved(leaves, readers.then, readers.now, readers.asked)
    rates = _by_rates(found, readers)
    for each in found:
        kind = "rate" if (each.leaf, each.key) in rates else each.cause
        rows[kind, grain(each.leaf.dataset)][each.key] += each.value
    return [
        Cause(
            kind=kind,
            dataset=dataset,
            side=side,
            rows=len(changes),
            change=_decimal(sum(changes.values(), Fraction(0))) if adds_up else None,
            named=_named(dataset, changes, readers),
        )
        for (kind, dataset), changes in sorted(rows.items(), key=lambda item: KINDS.index(item[0][0]))
    ]


def _by_rates(found: Iterable[Moved], readers: Readers) -> set[tuple[Leaf, Key]]:
    """The changed rows whose amount in their own currency is the same: only the rate of exchange is another."""
    by_leaf: dict[Leaf, list[Key]] = defaultdict(list)
    for each in found:
        if each.cause == "changed" and own_money(each.leaf):
            by_leaf[each.leaf].append(each.key)
    alike: set[tuple[Leaf, Key]] = set()
    for leaf, keys in by_leaf.items():
        then, now = (reader.amounts(leaf, readers.asked, keys) for reader in (readers.then, readers.now))
        alike |= {(leaf, key) for key in keys if now.get(key) is not None and now[key] == then.get(key)}
    return alike


def _named(dataset: str, changes: Mapping[Key, Fraction], readers: Readers) -> tuple[str, ...]:
    """The rows that add most, by their names or else their ids."""
    first = sorted(changes, key=lambda key: (-abs(changes[key]), key))[:NAMED]
    names = readers.then.names(dataset, first) | readers.now.names(dataset, first)
    return tuple(names.get(key, key[1]) for key in first)


def _sums_to(found: Sequence[Cause], difference: Fraction | None) -> bool:
    if difference is None or any(each.change is None for each in found):
        return True
    total = sum((Fraction(each.change or 0) for each in found), Fraction(0))
    return abs(total - difference) <= Fraction(1, 10**30) * (1 + abs(difference))


def _without_change(cause: Cause) -> Cause:
    return Cause(kind=cause.kind, dataset=cause.dataset, side=cause.side, rows=cause.rows, named=cause.named)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(settle(value) or 0)
