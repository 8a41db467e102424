"""What a dashboard does: one query a KPI and breakdown, nothing shared between them."""

from __future__ import annotations

import dataclasses
import random

from bench.contestants.compiled import Compiled, number_periods, plan_of
from bench.contestants.duck import connect
from bench.question import Question
from tallymark.engine.expand import TOTAL
from tallymark.engine.fuse import Query, fuse
from tallymark.engine.session import TenantData


class Naive(Compiled):
    """The compiled SQL, one KPI and breakdown at a time; a KPI of several tables takes a query a table.

    Args:
        sample: how many of the KPI and breakdown pairs are run, drawn evenly; all without it. The time is to be
            multiplied by `share`.
    """

    name = "one query a KPI and breakdown"

    def __init__(
        self, data: TenantData, question: Question, *, threads: int = 2, sample: int | None = None
    ) -> None:
        super().__init__(data, question, threads=threads)
        self.sample = sample

    def open(self) -> None:
        """Compile every pair by itself, and connect."""
        pairs = [
            (key, dimension)
            for key, dimensions in self.question.dimensions().items()
            for dimension in (TOTAL, *dimensions)
        ]
        chosen = pairs
        if self.sample is not None and self.sample < len(pairs):
            chosen = random.Random(5).sample(pairs, self.sample)
        self.share = len(pairs) / len(chosen)
        self.plan = plan_of(self.question)
        self.queries = [query for key, dimension in chosen for query in self._of_pair(key, dimension)]
        self.connection = connect(self.data, self.question, threads=self.threads)
        number_periods(self.connection, self.plan.periods)

    def _of_pair(self, key: str, dimension: str) -> list[Query]:
        asked = dataclasses.replace(self.question, by=(dimension,) if dimension else ())
        plan = plan_of(asked, [key])
        needed = {leaf: found & {dimension} for leaf, found in plan.breakdowns.items()}
        # A share of the total needs the total as well, which is asked beside it anyway.
        plan.breakdowns = {leaf: found for leaf, found in needed.items() if found}
        plan.periods = self.plan.periods
        return list(fuse(plan))
