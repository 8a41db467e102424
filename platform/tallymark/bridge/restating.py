"""What happened to a period's rows since: which were deleted, re-dated, re-owned or changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from tallymark.bridge.forms import Weighted
from tallymark.bridge.reading import Key, Reader, Slice, Standing
from tallymark.bridge.terms import Cause, Restated
from tallymark_sdk.formula import Leaf, PerPeriod


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One row that a period has otherwise now: why, and what that adds to the figure (its leaf's factor included)."""

    cause: Cause
    key: Key
    leaf: Leaf
    value: Fraction


def restated(leaves: Weighted, then: Reader, now: Reader, asked: Slice) -> list[Restated]:
    """Every cause with its rows; the values sum to what the period is worth now less what it was worth then.

    Both readers are of the earlier period alone.
    """
    rows: dict[Cause, set[Key]] = defaultdict(set)
    values: dict[Cause, Fraction] = defaultdict(Fraction)
    for each in moved(leaves, then, now, asked):
        rows[each.cause].add(each.key)
        values[each.cause] += each.value
    ordered: Iterable[Cause] = get_args(Cause)
    return [
        Restated(cause=cause, rows=len(rows[cause]), value=values[cause]) for cause in ordered if rows[cause]
    ]


def moved(leaves: Weighted, then: Reader, now: Reader, asked: Slice) -> list[Moved]:
    """The rows themselves, each with its cause."""
    found: list[Moved] = []
    for factor, leaf in leaves:
        differing = now.differing(leaf, asked, then.counted(leaf, asked))
        gone = [key for key, (_, here) in differing.items() if here is None]
        come = [key for key, (there, _) in differing.items() if there is None]
        causes: dict[Key, Cause] = dict.fromkeys(differing, "changed")
        # A view made for each period has only the rows that count in it: that one is missing doesn't say it is deleted.
        seen = not isinstance(leaf, PerPeriod)
        causes |= _told(
            gone, now.standings(leaf, gone), absent="deleted" if seen else "dropped", other="dropped"
        )
        causes |= _told(
            come, then.standings(leaf, come), absent="added" if seen else "counted", other="counted"
        )
        for key, cause in causes.items():
            there, here = differing[key]
            value = factor * (Fraction(here or 0) - Fraction(there or 0))
            found.append(Moved(cause=cause, key=key, leaf=leaf, value=value))
    return found


def _told(
    keys: Iterable[Key], standings: Mapping[Key, Standing], *, absent: Cause, other: Cause
) -> dict[Key, Cause]:
    """Why each row counts in one version only, by how it stands in the one where it doesn't."""
    found: dict[Key, Cause] = {}
    for key in keys:
        standing = standings.get(key)
        if standing is None or not standing.is_there:
            found[key] = absent
        elif not standing.counts:
            found[key] = other
        else:
            found[key] = "reowned" if standing.in_period else "redated"
    return found
