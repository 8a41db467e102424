"""Leaves' figures for a question: prepared facts reduced axis by axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tallymark.engine.evaluate import missing_of
from tallymark.engine.expand import TOTAL
from tallymark.engine.facts.groups import Group, Wanted, grouped
from tallymark.engine.facts.prepare import Span
from tallymark.engine.facts.store import Facts, Ready
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import Part
from tallymark.engine.kernels.placing import Slot
from tallymark.engine.plan import Leaf, Plan, outline
from tallymark.engine.values.keeper import Keeper
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric
from tallymark_sdk.attribution import Attribution
from tallymark_sdk.calendars import Period

_EPOCH = date(1970, 1, 1).toordinal()


def span_of(period: Period) -> Span:
    """The period's days as numbers from 1970-01-01."""
    return period.start.toordinal() - _EPOCH, period.end.toordinal() - _EPOCH


@dataclass(frozen=True)
class Question:
    """A plan's leaves by the facts that answer them."""

    plan: Plan
    groups: Mapping[Group, Wanted]
    keeper: Keeper
    _slots: dict[frozenset[frozenset[int]], list[Slot]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, attribution: Attribution, facts: Facts, registry: Registry) -> Question:
        """The question; leaves over datasets that aren't connected need no fact."""
        connected = facts.data.is_connected
        asked = ("grouped", id(plan.breakdowns), attribution)  # the outline's own, which is kept as long
        if asked not in registry.memo:
            registry.memo[asked] = grouped(plan.breakdowns, attribution)
        groups: Mapping[Group, Wanted] = registry.memo[asked]
        wanted = {
            group: each
            for group, each in groups.items()
            if missing_of(next(iter(each.leaves)).formula, connected) is None
        }
        return cls(plan, wanted, Keeper(facts))

    def slots(self, group: Group) -> list[Slot]:
        """The periods that any of the group's leaves is needed for."""
        needed = frozenset(self.plan.needed[leaf] for leaf in self.groups[group].leaves)
        if needed not in self._slots:
            places = sorted(frozenset[int]().union(*needed))
            self._slots[needed] = [Slot(place, span_of(self.plan.periods[place])) for place in places]
        return self._slots[needed]

    def spans(self, group: Group) -> tuple[Span, ...]:
        """Their days, each once, in order. A period without days, as of one not begun, has no rows."""
        return tuple(sorted({slot.span for slot in self.slots(group) if slot.span[0] < slot.span[1]}))

    def figures(self, ready: Sequence[Ready], axis: Axis, kept: frozenset[Leaf]) -> list[Part]:
        """Every leaf's figures on an axis, fact by fact.

        Args:
            kept: leaves of metrics that keep members with earlier rows only.
        """
        last = span_of(max(self.plan.asked))[0]
        parts = [
            self._part(each, axis, None if kept.isdisjoint(each.wanted.leaves) else last) for each in ready
        ]
        self.keeper.save()
        return [part for part in parts if part.leaves]

    def _part(self, ready: Ready, axis: Axis, before: int | None) -> Part:
        """One fact's figures: only the breakdowns and periods that it is asked for, so that arrays stay small."""
        own = axis.only((TOTAL, *ready.wanted.dimensions))
        spans = set(ready.spans)
        asked = [slot for slot in self.slots(ready.group) if slot.span in spans]
        slots = [Slot(column, slot.span) for column, slot in enumerate(asked)]
        leaves = self.keeper.figures(ready, own, slots, before)
        return Part(
            axis=own,
            places=tuple(slot.place for slot in asked),
            leaves=leaves,
            dimensions=frozenset(ready.wanted.dimensions),
            total=ready.wanted.total,
        )


def kept_leaves(metrics: Sequence[Metric], by: Sequence[str], registry: Registry) -> frozenset[Leaf]:
    """The leaves of metrics that keep a member which has only earlier rows."""
    keeping = tuple(metric for metric in metrics if metric.keeps_members)
    return frozenset(outline(keeping, tuple(by), registry).breakdowns) if keeping else frozenset()


def everything(registry: Registry, attribution: Attribution) -> Mapping[Group, Wanted]:
    """All that any metric of the registry can ask of each group, in every breakdown that it offers."""
    asked = ("everything", attribution)
    if asked not in registry.memo:
        metrics = tuple(registry)
        by = tuple(sorted({dimension for metric in metrics for dimension in metric.by}))
        registry.memo[asked] = grouped(outline(metrics, by, registry).breakdowns, attribution)
    found: Mapping[Group, Wanted] = registry.memo[asked]
    return found
