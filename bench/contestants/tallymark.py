"""Our engine through its public entry."""

from __future__ import annotations

from collections.abc import Sequence

from bench.answers import Answers, of_cells
from bench.question import AS_OF, MonthlyTarget, Question
from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute, prepare
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import registry


class Tallymark:
    """`tallymark.engine.compute.compute`, as a scorecard calls it."""

    name = "Tallymark"

    def __init__(self, data: TenantData, question: Question, *, threads: int = 2) -> None:
        self.data, self.question, self.threads = data, question, threads

    def open(self) -> None:
        """Compile the question, as a worker does before its first job."""
        prepare(registry(), self.question.keys, self.question.by)

    def ask(self) -> Sequence[Cell]:
        """Every cell."""
        return compute(
            registry(),
            self.question.keys,
            self.question.periods,
            self.question.by,
            data=self.data,
            calendar=self.question.calendar,
            threads=self.threads,
            targets=MonthlyTarget(),
            as_of=AS_OF,
        )

    def read(self, asked: Sequence[Cell]) -> Answers:
        """The cells in the common form."""
        return of_cells(asked, self.question)

    def close(self) -> None:
        """Nothing is held."""
