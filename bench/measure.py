"""Timing contestants in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.contestants.contestant import Contestant

SLOW = 120.0
"""Whoever takes longer than so many seconds is asked once only."""


@dataclass
class Timing:
    """What a contestant took at each asking, in seconds.

    Attributes:
        wall: on the clock, `share` times what was measured.
        cpu: of this process's processors, 0 where the work is done by another process.
    """

    name: str
    share: float = 1.0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    asked: Any = None

    @property
    def median(self) -> float:
        """The median on the clock."""
        return median(self.wall)


def rounds(contestants: Sequence[Contestant], runs: int, *, warm: bool = True) -> list[Timing]:
    """Ask each in turn, `runs` times, after one round that isn't counted.

    Returns their timings in the order given, each with its last answer as `asked`.
    """
    timings = [Timing(each.name, getattr(each, "share", 1.0)) for each in contestants]
    if warm:
        for contestant, timing in zip(contestants, timings, strict=True):
            _ask(contestant, timing, counts=False)
    for _ in range(runs):
        for contestant, timing in zip(contestants, timings, strict=True):
            if not timing.wall or timing.median < SLOW:
                _ask(contestant, timing, counts=True)
    return timings


def _ask(contestant: Contestant, timing: Timing, *, counts: bool) -> None:
    before: Callable[[], None] | None = getattr(contestant, "before", None)
    if before is not None:
        before()
    timing.asked = None
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    timing.asked = contestant.ask()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    # One that is that slow is not asked again: its warming round counts.
    if counts or wall * timing.share >= SLOW:
        timing.wall.append(wall * timing.share)
        timing.cpu.append(cpu * timing.share)


def ratio(timing: Timing, to: Timing) -> float:
    """How many times as long as `to`: the median over the rounds, so that a busy moment weighs on both."""
    pairs = list(zip(timing.wall, to.wall, strict=False))
    return median(one / other for one, other in pairs)
