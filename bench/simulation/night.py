"""A night: every tenant's scorecard is due by its own clock, and so many workers do them by the dispatcher's rules."""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tallymark.jobs.weights import HEAVY_SECONDS

ZONES = ((7.0, 0.35), (3.5, 0.15), (8.0, 0.2), (1.0, 0.15), (-5.0, 0.15))
"""Hours east of Greenwich and the share of tenants there."""
AT = ((2, 0.15), (4, 0.15), (5, 0.2), (6, 0.5))
"""The hour on a tenant's clock that its scorecard is due, and how many chose it."""
MORNING = 8
"""By this hour on the tenant's clock it must be there."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of one core: of a small tenant's scorecard, and what a million rows add."""

    base: float
    per_million_rows: float
    longest: float = 600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run of the night: when it is due and must be done (hours UTC), and seconds of work."""

    tenant: int
    due: float
    deadline: float
    seconds: float
    heavy: bool
    asked: bool = False

    @property
    def kind(self) -> str:
        """What its wait is counted under."""
        return "heavy" if self.heavy else "asked" if self.asked else "light"


@dataclass(kw_only=True)
class Result:
    """What came of a night: seconds waited by kind, runs that were late, and the longest backlog in hours."""

    waits: dict[str, np.ndarray]
    late: int
    longest: float


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Who is there: `large` of the tenants have `large_rows` or more and ask for 100 scorecards at once at `hour`.

    `asked` times within the day somebody of an ordinary tenant asks on a page and waits.
    """

    tenants: int
    large: int = 30
    large_rows: float = 10e6
    hour: int = 2
    asked: int = 10_000


def wanted(scene: Scene, cost: Cost, seed: int = 1) -> list[Wanted]:
    """The day's runs. Sizes are log-normal: half under 20,000 rows, one in a hundred over 4 million, some over 50."""
    draw = random.Random(seed)
    runs: list[Wanted] = []
    for tenant in range(scene.tenants):
        large = tenant < scene.large
        offset = draw.choices([zone for zone, _ in ZONES], [share for _, share in ZONES])[0]
        hour = scene.hour if large else draw.choices([at for at, _ in AT], [share for _, share in AT])[0]
        rows = 20_000 * math.exp(2.3 * draw.gauss(0, 1))
        rows = max(rows, scene.large_rows) if large else rows
        seconds = min(cost.longest, cost.base + cost.per_million_rows * rows / 1e6)
        due = (hour - offset) % 24
        run = Wanted(
            tenant=tenant,
            due=due,
            deadline=due + MORNING - hour,
            seconds=seconds,
            heavy=seconds >= HEAVY_SECONDS,
        )
        runs += [replace(run, seconds=seconds * draw.uniform(0.8, 1.25)) for _ in range(100 if large else 1)]
    ordinary = [run for run in runs if not run.heavy]
    asking = [draw.choice(ordinary) for _ in range(scene.asked)]
    runs += [replace(run, due=(due := draw.uniform(0, 24)), deadline=due + 24, asked=True) for run in asking]
    return sorted(runs, key=lambda run: run.due)


@dataclass
class _Lane:
    """Workers of one class, and what waits for them in the dispatcher's order."""

    workers: int
    free: int = 0
    ready: list[tuple[bool, int, float, int, Wanted]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = self.workers


class Night:
    """The dispatcher's rules: a tenant's n-th run competes with the n-th of others, so many of one at a time."""

    def __init__(self, light: int, heavy: int) -> None:
        """With `heavy` 0, one class of workers does all in the same order: what it was before."""
        shared = _Lane(light)
        self._lanes = {False: shared, True: _Lane(heavy) if heavy else shared}
        self._most = {False: 4, True: 1 if heavy else 4}
        self._held: dict[tuple[int, bool], deque[Wanted]] = defaultdict(deque)
        self._out: Counter[tuple[int, bool]] = Counter()
        self._ended: list[tuple[float, int, Wanted]] = []
        self._number = 0

    def run(self, runs: Sequence[Wanted]) -> Result:
        """Let the night pass."""
        waits: dict[str, list[float]] = {"light": [], "heavy": [], "asked": []}
        late = 0
        for run, started in self._events(runs):
            waits[run.kind].append(started - run.due * 3600)
            late += started + run.seconds > run.deadline * 3600
        longest = max(max(times, default=0) for times in waits.values()) / 3600
        return Result(
            waits={kind: np.array(times) for kind, times in waits.items()}, late=late, longest=longest
        )

    def _events(self, runs: Sequence[Wanted]) -> Iterator[tuple[Wanted, float]]:
        coming = deque(runs)
        while coming or self._ended:
            if coming and (not self._ended or coming[0].due * 3600 <= self._ended[0][0]):
                run = coming.popleft()
                now = run.due * 3600
                held = self._held[run.tenant, run.heavy]
                held.appendleft(run) if run.asked else held.append(run)
            else:
                now, _, run = heapq.heappop(self._ended)
                self._out[run.tenant, run.heavy] -= 1
                self._lanes[run.heavy].free += 1
            self._release(run)
            yield from self._start(self._lanes[run.heavy], now)

    def _release(self, run: Wanted) -> None:
        """Let the tenant's next runs compete, as many as may be out."""
        key = run.tenant, run.heavy
        while self._held[key] and self._out[key] < self._most[run.heavy]:
            self._out[key] += 1
            self._number += 1
            following = self._held[key].popleft()
            order = (not following.asked, self._out[key], following.due, self._number, following)
            heapq.heappush(self._lanes[run.heavy].ready, order)

    def _start(self, lane: _Lane, now: float) -> Iterable[tuple[Wanted, float]]:
        while lane.free and lane.ready:
            *_, run = heapq.heappop(lane.ready)
            lane.free -= 1
            self._number += 1
            heapq.heappush(self._ended, (now + run.seconds, self._number, run))
            yield run, now
