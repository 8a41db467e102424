"""What a metric is: a formula with everything a reader needs to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tallymark_sdk.formula import Formula, PerPeriod

if TYPE_CHECKING:
    from tallymark_sdk.parameters import Parameter

Unit: TypeAlias = Literal["money", "ratio", "count", "rate", "days", "score", "index"]
Better: TypeAlias = Literal["higher", "lower", "neutral"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A further figure shown beside a metric's own, such as the median beside a mean."""

    name: str
    unit: Unit
    formula: Formula
    by_member: Mapping[str, Formula] = field(default_factory=dict)

    def under(self, dimension: str) -> Formula:
        """The formula under a breakdown ("" is the total)."""
        return self.by_member.get(dimension, self.formula)


@dataclass(frozen=True, kw_only=True, eq=False)
class Metric:
    """One KPI as a pack declares it.

    Attributes:
        key: "family.name"; the family is the name of the pack's entry point. Stable for ever.
        name: English name; the msgid of the pack's own catalogue.
        description: what it tells, in a sentence; also a msgid.
        unit: what the number is. A ratio is stored as a fraction and shown as a percentage.
        better: which direction is good.
        inputs: every "dataset.column" the formula uses, sorted. Declared, and held equal to what is used.
        formula: how the number is made.
        by: breakdowns offered beside the total.
        parts: further figures by name.
        by_member: breakdown → formula, where a breakdown's number isn't the total's formula cut down (a rep's
            own revenue under "revenue per rep").
        version: raised when the number's meaning changes; stored with each value.
        additive: whether the members of a breakdown sum to the total.
        not_additive_by: breakdowns in which they don't, because a row falls into several members.
        keeps_members: whether a member with rows in earlier periods only stays in a breakdown, with 0.
        parameters: what a KPI may set, such as a number of days.
        values: the parameters' values, filled in by `bind`; empty while the defaults hold.
        pending: how many members of a cohort can still change the value. A cell with any is marked immature.
        horizon: the parameter (in days) after which nothing can change any more, counted from the period's end.
        history: the dataset of spans that the number needs whole. Where its spans were derived from successive
            syncs, a period before the first of them has no value.
        source: the document or page the definition stands on.
    """

    key: str
    name: str
    description: str
    unit: Unit
    better: Better
    inputs: tuple[str, ...]
    formula: Formula
    by: tuple[str, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)
    by_member: Mapping[str, Formula] = field(default_factory=dict)
    version: int = 1
    additive: bool = False
    not_additive_by: tuple[str, ...] = ()
    keeps_members: bool = False
    parameters: tuple[Parameter, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    pending: Formula | None = None
    horizon: str = ""
    history: str = ""
    source: str = ""

    @property
    def family(self) -> str:
        """The part of the key before the dot: the pack's entry-point name."""
        return self.key.partition(".")[0]

    @property
    def kind(self) -> str:
        """The formula's kind: flow, stock, per period, ratio or derived."""
        return "per period" if isinstance(self.formula, PerPeriod) else type(self.formula).__name__.lower()

    @property
    def horizon_days(self) -> int | None:
        """Days after a period's end until nothing in it can change; None where there is no such limit."""
        for parameter in self.parameters:
            if parameter.name == self.horizon:
                days = self.values.get(parameter.name, parameter.default)
                return None if days is None else int(days)
        return None

    def formula_of(self, part: str, dimension: str = "") -> Formula:
        """The formula of a part ("value" is the metric itself) under a breakdown ("" is the total)."""
        if part != "value":
            return self.parts[part].under(dimension)
        return self.by_member.get(dimension, self.formula)

    def all_formulas(self) -> tuple[Formula, ...]:
        """The metric's own formula, its parts', its breakdowns' and the one that counts what is pending."""
        pending = () if self.pending is None else (self.pending,)
        parts = (each for part in self.parts.values() for each in (part.formula, *part.by_member.values()))
        return (self.formula, *parts, *self.by_member.values(), *pending)
