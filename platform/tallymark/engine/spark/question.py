"""A question that Spark answers: it stands where the engine otherwise asks a tenant's prepared facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tallymark.engine.facts.store import Facts
from tallymark.engine.fuse import fuse
from tallymark.engine.kernels.axis import Axis
from tallymark.engine.kernels.figures import Part
from tallymark.engine.plan import Plan
from tallymark.engine.spark.answers import Answers
from tallymark.engine.spark.dialect import SPARK
from tallymark.engine.spark.figures import know_members, part_of
from tallymark.engine.spark.run import run
from tallymark.engine.spark.settings import SparkSettings
from tallymark_sdk.attribution import Attribution


@dataclass(frozen=True, kw_only=True)
class SparkQuestion:
    """A plan's leaves, answered. `groups` is empty: no fact is needed for them."""

    plan: Plan
    answers: Answers
    facts: Facts
    groups: Mapping[Any, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, attribution: Attribution, facts: Facts, settings: SparkSettings) -> SparkQuestion:
        """Ask Spark. Its members are numbered among the tenant's, and what failed is told beside failed facts.

        Raises:
            EngineError: Spark can't be reached or isn't installed, or a file can't be read.
        """
        answers = run(fuse(plan, attribution, SPARK), plan.periods, facts.data, (), settings)
        know_members(answers, facts.members)
        facts.failed.update(answers.failed)
        return cls(plan=plan, answers=answers, facts=facts)

    def spans(self, group: Any) -> tuple[tuple[int, int], ...]:
        """No days: there is no group to ask for."""
        return ()

    def figures(self, ready: Sequence[Any], axis: Axis, kept: frozenset[Any]) -> list[Part]:
        """Every leaf's figures on an axis."""
        return [part_of(self.answers, self.plan, axis, self.facts.members)]
