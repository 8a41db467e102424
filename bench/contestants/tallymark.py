"""Our engine through its public entry, with the facts it prepares kept, dropped from memory, or made anew."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from bench.answers import Answers, of_cells
from bench.question import AS_OF, MonthlyTarget, Question
from tallymark.engine.cell import Cell
from tallymark.engine.compute import compute, warm
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import registry

State = Literal["warm", "loading", "preparing"]

KEEPS_FACTS = "facts" in {field.name for field in dataclasses.fields(TenantData)}
"""Whether this engine prepares facts and keeps them."""


def with_facts(data: TenantData, name: str = "facts") -> TenantData:
    """The tenant with a folder beside its snapshot in which facts are kept; figures are computed each time."""
    if not KEEPS_FACTS:
        return data
    folder = data.folder / name
    folder.mkdir(exist_ok=True)
    return dataclasses.replace(data, facts=folder, keep_values=False)


class Tallymark:
    """`tallymark.engine.compute.compute`, as a scorecard calls it.

    Args:
        state: "warm": facts are made and lie in memory; "loading": they are made but have to come from the disk;
            "preparing": there are none, as after the first sync.
    """

    def __init__(
        self, data: TenantData, question: Question, *, threads: int = 2, state: State = "warm"
    ) -> None:
        self.data = with_facts(data)
        self.question, self.threads, self.state = question, threads, state
        self.name = "Tallymark" if not KEEPS_FACTS else f"Tallymark, {state}"

    def open(self) -> None:
        """Compile the question and make the facts, as a worker and a sync do."""
        warm(registry())
        if KEEPS_FACTS:
            self.ask()

    def before(self) -> None:
        """Bring the facts into the state that is measured."""
        folder = getattr(self.data, "facts", None)
        if folder is None:
            return
        if self.state == "preparing":
            shutil.rmtree(folder)
            folder.mkdir()
        elif self.state == "loading":
            forget(folder)

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


def forget(folder: Path) -> None:
    """Have the system drop what it keeps of the folder's files in memory."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
