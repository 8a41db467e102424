"""A formula taken apart down to its measures, as one cell reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from tallymark.engine.expand import TOTAL, step_of, stepped
from tallymark.engine.plan import Leaf, identify
from tallymark.explain.basis import Basis, Place
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import (
    Computed,
    Flow,
    Monthly,
    Operand,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Total,
)
from tallymark_sdk.leaves import children


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A leaf of the formula as the cell reads it.

    Attributes:
        period, dimension: whose rows it reads; `dimension` is "" for those of all members.
        role: "numerator" or "denominator" of the cell's own ratio, else "".
        moves: through how many steps to other periods it is read.
    """

    leaf: Leaf
    period: Period
    dimension: str
    role: str = ""
    moves: int = 0

    @property
    def name(self) -> tuple[object, ...]:
        """What tells it from others; two that share it have the same rows."""
        return (self.leaf, self.period.start, self.period.end, self.dimension, self.moves)


@dataclass(frozen=True, kw_only=True)
class Node:
    """One step of the arithmetic.

    Attributes:
        is_total: whether it is that of all members rather than of the cell's.
        measure: of a leaf, the number of its measure, from 1; else 0.
        value: exact; None where there is none, with the reason if it comes from here.
    """

    operand: Operand
    period: Period
    is_total: bool
    below: tuple[Node, ...] = ()
    measure: int = 0
    value: Fraction | None = None
    reason: str = ""


@dataclass
class Taking:
    """Takes a formula apart; `measures` are its leaves, each once for a period and a breakdown."""

    basis: Basis
    place: Place
    measures: list[Measure] = field(default_factory=list)

    def whole(self) -> Node:
        """The cell's formula."""
        formula = self.place.metric.formula_of(self.place.part, self.place.dimension)
        return self._node(formula, self.place.dimension, self.place.period, "", 0)

    def _node(self, operand: Operand, dimension: str, period: Period, role: str, moves: int) -> Node:
        is_leaf = isinstance(operand, Flow | Stock | PerPeriod)
        return Node(
            operand=operand,
            period=period,
            is_total=bool(self.place.dimension) and dimension == TOTAL,
            below=self._below(operand, dimension, period, role, moves),
            measure=self._measure(operand, dimension, period, role, moves) if is_leaf else 0,
        )

    def _below(
        self, operand: Operand, dimension: str, period: Period, role: str, moves: int
    ) -> tuple[Node, ...]:
        match operand:
            case Reference(key, part):
                inner = self.basis.registry[key].formula_of(part, dimension)
                return (self._node(inner, dimension, period, role, moves),)
            case Ratio(numerator, denominator):
                roles = (role, role) if role else ("numerator", "denominator")
                return (
                    self._node(numerator, dimension, period, roles[0], moves),
                    self._node(denominator, dimension, period, roles[1], moves),
                )
            case Total(inner):
                return (self._node(inner, TOTAL, period, role, moves),)
            case Shifted(inner) | Rolling(inner) | Monthly(inner):
                others = stepped(period, step_of(operand), self.basis.comparison)
                return tuple(self._node(inner, dimension, other, role, moves + 1) for other in others)
            case _:
                return tuple(self._node(each, dimension, period, role, moves) for each in children(operand))

    def _measure(self, operand: Operand, dimension: str, period: Period, role: str, moves: int) -> int:
        assert isinstance(operand, Flow | Stock | PerPeriod)  # noqa: S101  the caller looked
        found = Measure(leaf=identify(operand), period=period, dimension=dimension, role=role, moves=moves)
        for number, known in enumerate(self.measures, 1):
            if known.name == found.name:
                return number
        self.measures.append(found)
        return len(self.measures)


def walk(node: Node) -> tuple[Node, ...]:
    """The node and all below it, those below first: in this order the arithmetic can be followed."""
    return (*(each for child in node.below for each in walk(child)), node)


def computed_in(node: Node) -> tuple[Computed, ...]:
    """The functions in Python that the formula stands on."""
    return tuple(each.operand for each in walk(node) if isinstance(each.operand, Computed))
