"""The whole catalogue, and the KPIs that were written by hand, side by side."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bench.answers import Answers, compare
from bench.contestants import fused
from bench.contestants.compiled import Compiled
from bench.contestants.contestant import Contestant
from bench.contestants.fused import HandWritten
from bench.contestants.naive import Naive
from bench.contestants.postgres import NaiveOnPostgres, OnPostgres, load, server
from bench.contestants.tallymark import KEEPS_FACTS, Tallymark
from bench.data.sizes import SIZES
from bench.data.tenant import tenant
from bench.measure import Timing, rounds
from bench.question import Question, of_keys, whole_catalogue
from bench.results import Result, results_of

LARGE = 500_000
"""Deals from which the naive ways are sampled."""


def measure_catalogue(size: str, folder: Path, runs: int) -> list[Result]:
    """Every metric × 13 months × total and up to five breakdowns each."""
    data, asked = tenant(size, folder=folder), whole_catalogue()
    sample = 40 if SIZES[size].deals >= LARGE else None
    contestants: list[Contestant] = [Compiled(data, asked), Tallymark(data, asked)]
    if KEEPS_FACTS:
        contestants.append(Tallymark(data, asked, state="loading"))
    contestants.append(Naive(data, asked, sample=sample))
    return _compare("catalogue", size, contestants, asked, runs)


def measure_by_hand(size: str, folder: Path, runs: int, *, postgres: bool) -> list[Result]:
    """The KPIs that were written by hand, by DuckDB and PostgreSQL, fused and one query a KPI and breakdown."""
    data, asked = tenant(size, folder=folder), of_keys(fused.KPIS, fused.BREAKDOWNS)
    sample = 30 if SIZES[size].deals >= LARGE else None
    with ExitStack() as stack:
        contestants: list[Contestant] = [
            HandWritten(data, asked),
            Compiled(data, asked),
            Tallymark(data, asked),
        ]
        if KEEPS_FACTS:
            contestants.append(Tallymark(data, asked, state="loading"))
        contestants.append(Naive(data, asked, sample=sample))
        if postgres:
            address = stack.enter_context(server(folder))
            schema = f"tenant_{size}"
            load(address, data, schema)
            contestants.append(OnPostgres(address, schema, asked))
            contestants.append(NaiveOnPostgres(address, schema, asked, data, sample=sample))
        return _compare("by-hand", size, contestants, asked, runs)


def _compare(
    section: str, size: str, contestants: list[Contestant], asked: Question, runs: int
) -> list[Result]:
    with ExitStack() as stack:
        for contestant in contestants:
            contestant.open()
            stack.callback(contestant.close)
        timings = rounds(contestants, runs)
        checks = _checks(contestants, timings, asked)
    notes: dict[str, dict[str, str | float]] = {
        timing.name: {"sampled": f"1 pair in {timing.share:.1f}, extrapolated"}
        for timing in timings
        if timing.share > 1
    }
    return results_of(section, size, timings, checks, notes)


def _checks(contestants: list[Contestant], timings: list[Timing], asked: Question) -> dict[str, str]:
    """Everybody's cells against the first one's."""
    read: list[Answers] = []
    checks = {}
    for contestant, timing in zip(contestants, timings, strict=True):
        answers = contestant.read(timing.asked) if timing.share == 1 else {}
        timing.asked = None
        read.append(answers)
        if timing.share > 1:
            checks[timing.name] = "not checked at this size: a sample; equal at smaller ones"
        elif len(read) > 1:
            told = compare(answers, read[0], asked, cents="PostgreSQL" in timing.name)
            checks[timing.name] = str(told)
    return checks
