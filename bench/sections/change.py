"""After a small sync: the facts of the snapshot before are there, and what they miss is found and computed."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.answers import compare
from bench.contestants.tallymark import KEEPS_FACTS, Tallymark
from bench.data.change import changed
from bench.data.tenant import tenant
from bench.measure import rounds
from bench.question import Question, whole_catalogue
from bench.results import Result, results_of
from tallymark.engine.session import TenantData


class AfterChange(Tallymark):
    """Before each asking the facts are those of the base."""

    def __init__(self, data: TenantData, question: Question, base: Path) -> None:
        super().__init__(data, question)
        self.base = base
        self.name = "after the change, with the facts from before it"

    def before(self) -> None:
        """Bring back the facts from before."""
        folder = self.data.facts
        if folder is not None:
            shutil.rmtree(folder)
            shutil.copytree(self.base, folder)


def measure(size: str, folder: Path, runs: int) -> list[Result]:
    """A full run on the changed snapshot with no facts at all, and one with the facts from before the change."""
    asked, base = whole_catalogue(), tenant(size, folder=folder)
    before = Tallymark(base, asked)
    before.open()
    data = changed(base)
    full = Tallymark(data, asked, state="preparing")
    full.name = "all anew"
    contestants = [full]
    if KEEPS_FACTS and before.data.facts is not None:
        copy = base.folder / "facts-before"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(before.data.facts, copy)
        contestants.append(AfterChange(data, asked, copy))
    timings = rounds(contestants, runs)
    answers = [each.read(timing.asked) for each, timing in zip(contestants, timings, strict=True)]
    checks = {
        each.name: str(compare(answers[0], one, asked))
        for each, one in zip(contestants[1:], answers[1:], strict=True)
    }
    if before.data.facts is not None:
        shutil.rmtree(before.data.facts)  # they are of the changed snapshot now
    return results_of("change", size, timings, checks, {})
