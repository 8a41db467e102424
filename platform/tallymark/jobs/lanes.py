"""Which queue a class of runs goes to now, and how many may be sent: light and heavy workers, or only one kind."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from redis import Redis
from rq import worker_registration
from sqlalchemy import text
from sqlalchemy.orm import Session

from .tuning import Tuning
from .weights import HEAVY, LIGHT
from .wire import queue_for

_HEAVY_OUT = text("select count(*) from outbox where dispatched_at is not null and worker_class = :class")


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Where runs of `worker_class` go: at most `room` now, and `in_flight` of each tenant at a time."""

    worker_class: str
    queue: str
    in_flight: int
    room: int


class Lanes:
    """What one dispatcher knows about workers; it remembers when it last saw a heavy one."""

    def __init__(self, redis: Redis, tuning: Tuning) -> None:
        """Looks into `redis` whenever it is asked."""
        self._redis = redis
        self._tuning = tuning
        self._heavy_seen = time.monotonic()

    def heavy_is_served(self) -> bool:
        """Whether a heavy worker lives, or was seen so lately that it may be just restarting."""
        if alive(self._redis, HEAVY):
            self._heavy_seen = time.monotonic()
            return True
        return time.monotonic() - self._heavy_seen < self._tuning.heavy_patience

    def of(self, session: Session, classes: Iterable[str]) -> list[Lane]:
        """The lanes of these classes."""
        return [self._heavy(session) if name == HEAVY else self._light(name) for name in classes]

    def _light(self, name: str) -> Lane:
        return Lane(worker_class=name, queue=name, in_flight=self._tuning.in_flight, room=self._room(name))

    def _heavy(self, session: Session) -> Lane:
        """To the heavy workers; where there are none, to the light ones, all but one of which they may occupy."""
        cap = self._tuning.heavy_in_flight
        if self.heavy_is_served():
            return Lane(worker_class=HEAVY, queue=HEAVY, in_flight=cap, room=self._room(HEAVY))
        out = session.execute(_HEAVY_OUT, {"class": HEAVY}).scalar_one()
        room = max(1, alive(self._redis, LIGHT) - 1) - out
        return Lane(worker_class=HEAVY, queue=LIGHT, in_flight=cap, room=room)

    def _room(self, name: str) -> int:
        """How many to put on a queue: none while it is half full, so that a long backlog is not sorted for each run."""
        most = max(self._tuning.ahead_least, self._tuning.ahead * alive(self._redis, name))
        room = most - len(queue_for(name, self._redis))
        return min(room, self._tuning.batch) if room * 2 >= most else 0


def alive(redis: Redis, worker_class: str) -> int:
    """How many workers of a class sent a sign of life lately (RQ's registrations, which expire by themselves)."""
    keys = worker_registration.get_keys(queue=queue_for(worker_class, redis))
    if not keys:
        return 0
    with redis.pipeline() as pipeline:
        for key in keys:
            pipeline.exists(key)
        return sum(pipeline.execute())
