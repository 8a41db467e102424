"""The whole catalogue as the tenant grows: seconds and memory, each in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench.contestants.tallymark import KEEPS_FACTS, Tallymark
from bench.data.sizes import SIZES
from bench.data.tenant import tenant
from bench.measure import Timing, rounds
from bench.question import whole_catalogue
from bench.results import Result

SMALLEST = 100_000


def measure(sizes: Sequence[str], folder: Path, runs: int) -> list[Result]:
    """Sizes from 100 thousand deals up."""
    results: list[Result] = []
    for size in sorted(sizes, key=lambda each: SIZES[each].deals):
        if SIZES[size].deals < SMALLEST:
            continue
        tenant(size, folder=folder)
        states = ("preparing", "warm") if KEEPS_FACTS else ("warm",)
        results += [_child(size, state, folder, runs if state == "warm" else 1) for state in states]
    return results


def _child(size: str, state: str, folder: Path, runs: int) -> Result:
    command = [sys.executable, "-m", "bench.sections.growth", size, state, str(folder), str(runs)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Result(**json.loads(answer.splitlines()[-1]))


def one(size: str, state: str, folder: Path, runs: int) -> Result:
    """One size in this process; `preparing` makes all facts, `warm` finds them made."""
    contestant = Tallymark(tenant(size, folder=folder), whole_catalogue())
    if state == "preparing":
        contestant.state = "preparing"
        contestant.before()
        contestant.state = "warm"
        timing: Timing = rounds([contestant], 1, warm=False)[0]
    else:
        timing = rounds([contestant], runs)[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    what = "facts made and asked, compiling included" if state == "preparing" else "asked"
    return Result(
        section="growth",
        size="",
        name=f"{size}, {what}",
        wall=timing.wall,
        cpu=timing.cpu,
        notes={
            "deals": SIZES[size].deals,
            "state": state,
            "peak MB": round(peak),
            "cells": len(timing.asked),
        },
    )


if __name__ == "__main__":
    print(json.dumps(asdict(one(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))))
