"""Grouping leaves by the rows they read: one prepared fact answers every leaf of a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from tallymark.engine.facts.digest import digest, named
from tallymark.engine.plan import Leaf
from tallymark_sdk.attribution import AS_IS, AS_WAS, Attribution
from tallymark_sdk.dimensions import follows_owner
from tallymark_sdk.formula import Flow, PerPeriod, Stock
from tallymark_sdk.rows import described, empty_relation, grain, placement
from tallymark_sdk.splits import splits_rows
from tallymark_sdk.view import View

Kind: TypeAlias = Literal["flow", "stock", "placed"]
"""How a fact's rows find their periods: by a day, by two days, or because they were prepared for a period."""

TOTAL = ""
_BY_ROW = ("median", "min", "max")


@dataclass(frozen=True, eq=False)
class Group:
    """Leaves that read the same rows, placed alike.

    Attributes:
        alone: the breakdown that multiplies these rows, so that nothing else can be taken from them; else None.
        attribution: by whom the rows count; `AS_IS` unless it makes a difference here.
    """

    relation: str | View
    placing: tuple[object, ...]
    kind: Kind
    alone: str | None
    attribution: Attribution

    @cached_property
    def name(self) -> str:
        """The same in every process."""
        over = digest(empty_relation(self.relation))
        return named(over, self.placing, self.kind, self.alone, self.attribution)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that the relation itself reads; breakdowns may read more."""
        return (self.relation,) if isinstance(self.relation, str) else self.relation.datasets

    @property
    def grain(self) -> str:
        """The dataset whose rows the fact's rows are."""
        return grain(self.relation)


@dataclass
class Wanted:
    """What is wanted of a group: each leaf with its breakdowns (`TOTAL` among them)."""

    leaves: dict[Leaf, set[str]] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    """The names of specs that are known to hold all this."""

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Every breakdown of every leaf, sorted, without the total."""
        return tuple(sorted(set().union(*self.leaves.values()) - {TOTAL}))

    @cached_property
    def total(self) -> bool:
        """Whether any leaf's total is wanted."""
        return any(TOTAL in dimensions for dimensions in self.leaves.values())

    def add(self, other: Wanted) -> None:
        """Want what another wants, too; before anything was asked of this."""
        for leaf, dimensions in other.leaves.items():
            self.leaves.setdefault(leaf, set()).update(dimensions)


def grouped(
    breakdowns: Mapping[Leaf, Iterable[str]], attribution: Attribution = AS_IS
) -> dict[Group, Wanted]:
    """The groups of a plan's leaves, and what is wanted of each."""
    groups: dict[Group, Wanted] = defaultdict(Wanted)
    for leaf, dimensions in breakdowns.items():
        for dimension in dimensions:
            group = group_of(leaf, dimension, attribution)
            groups[group].leaves.setdefault(leaf, set()).add(dimension)
    return dict(groups)


def group_of(leaf: Leaf, dimension: str, attribution: Attribution) -> Group:
    """The group that answers a leaf under a breakdown."""
    formula = leaf.formula
    # A breakdown that splits rows can't share them with a total or with another breakdown.
    alone = dimension if splits_rows(dimension, grain(formula.dataset)) else None
    by_whom = attribution if dimension and follows_owner(dimension) else AS_IS
    kind = _kind(leaf, by_whom)
    if kind == "flow" and attribution == AS_WAS and alone is None:
        by_whom = AS_WAS  # who owned an event on its day fits in beside what doesn't depend on it
    parts = (formula.dataset, placement(formula), kind, alone, by_whom)
    return _GROUPS.setdefault(parts, Group(*parts))


_GROUPS: dict[tuple[object, ...], Group] = {}
"""Each group once, so that finding one never compares what it reads."""


def _kind(leaf: Leaf, attribution: Attribution) -> Kind:
    match leaf.formula:
        case Flow():
            return "flow"
        case PerPeriod():
            return "placed"
        case Stock() as stock:
            # Who owned a row at a boundary, and values that don't add up, must be looked at period by period. So must
            # distinct ones that are asked for at two days, since spans of one id can't be merged for that.
            apart = leaf.kernel == "distinct" and stock.at in {"during", "both"}
            return "placed" if attribution == AS_WAS or apart or leaf.kernel in _BY_ROW else "stock"


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The columns of a fact that a leaf stands on, by name.

    Attributes:
        used: the condition of rows that make the number.
        reasons: reason → the condition of rows left out for it.
        argument: the row's value; None where rows are counted.
        distinct: the name under which first occurrences are marked; None for other kernels.
    """

    used: str
    reasons: Mapping[str, str]
    argument: str | None
    distinct: str | None


@lru_cache(maxsize=8192)
def needs(leaf: Leaf) -> Needs:
    """What the leaf needs of its group's fact."""
    parts = described(leaf.formula)
    argument = None if parts.argument is None or leaf.kernel == "count" else digest(parts.argument)
    used = digest(parts.used)
    is_distinct = leaf.kernel == "distinct" and argument is not None
    return Needs(
        used=used,
        reasons={reason: digest(rows) for reason, rows in parts.left_out.items()},
        argument=None if is_distinct else argument,
        distinct=named(argument, used) if is_distinct else None,
    )
