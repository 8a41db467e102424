"""Small tenants: one by itself, and a thousand back to back in one process."""

from __future__ import annotations

import time
from pathlib import Path

from bench.contestants.tallymark import KEEPS_FACTS, Tallymark
from bench.data.tenant import tenant
from bench.measure import Timing, rounds
from bench.question import whole_catalogue
from bench.results import Result, results_of

TENANTS = 1000
DISTINCT = 20
MOST_SECONDS = 120
"""After so long the thousand are told by those that were done."""


def measure(folder: Path, runs: int) -> list[Result]:
    """The whole catalogue of 5,000 deals, 30,000 activities and 3,000 orders; then tenants a second."""
    asked = whole_catalogue()
    one = Tallymark(tenant("5k", folder=folder), asked)
    one.name = "one tenant, warm, facts mapped anew at each asking"
    contestants = [one]
    if KEEPS_FACTS:
        cold = Tallymark(one.data, asked, state="loading")
        cold.name = "one tenant, facts read from the disk"
        contestants.append(cold)
    for contestant in contestants:
        contestant.open()
    timings = rounds(contestants, runs)
    cells = len(timings[0].asked)
    results = results_of("small", "5k", timings, {}, {one.name: {"cells": cells}})
    return [*results, _many(folder)]


def _many(folder: Path) -> Result:
    asked = whole_catalogue()
    # One thread each: what a worker does back to back gains nothing from a second one.
    tenants = [
        Tallymark(tenant("5k", folder=folder, variant=variant), asked, threads=1)
        for variant in range(1, DISTINCT + 1)
    ]
    for each in tenants:
        each.open()
    timing = Timing("a thousand tenants, each")
    cpu, started = time.process_time(), time.perf_counter()
    done = 0
    while done < TENANTS and time.perf_counter() - started < MOST_SECONDS:
        tenants[done % DISTINCT].ask()
        done += 1
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    timing.wall, timing.cpu = [wall / done], [cpu / done]
    return Result(
        section="small",
        size="5k",
        name=timing.name,
        wall=timing.wall,
        cpu=timing.cpu,
        notes={"tenants": done, "distinct": DISTINCT, "tenants a second": round(done / wall, 1)},
    )
