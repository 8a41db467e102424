"""Server-sent events of a wall, and how many of them a process may keep.

A stream holds one of the server's few threads for as long as it lasts. So it ends by itself and the browser comes
again, and a process keeps no more of them than leaves half its threads for pages; who finds no place polls instead.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from tallymark.wall.pulse import Pulse

RETRY = 2.0
"""Seconds after which a browser comes again when its stream has ended."""


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """Seconds: how long a stream lasts, how often it shows that it lives, and how often it looks."""

    life: float = 45.0
    beat: float = 15.0
    pause: float = 2.0


@dataclass(kw_only=True)
class Places:
    """The streams that this process may have open at a time, in all and for one wall."""

    in_all: int = 2
    for_one: int = 1
    _open: Counter[UUID] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, wall_id: UUID) -> bool:
        """Take a place if there is one; who took it must `leave`."""
        with self._lock:
            if self._open.total() >= self.in_all or self._open[wall_id] >= self.for_one:
                return False
            self._open[wall_id] += 1
            return True

    def leave(self, wall_id: UUID) -> None:
        """Give a place back."""
        with self._lock:
            self._open[wall_id] -= 1
            if self._open[wall_id] <= 0:
                del self._open[wall_id]


def events(
    pulses: Iterator[Pulse | None],
    rhythm: Rhythm,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[str]:
    """The text of a stream: the state when it begins and changes, each win, and a sign of life now and then.

    Every event carries the last win's id, so that a browser that comes again goes on from there.
    """
    began = beaten = clock()
    known: dict[str, Any] | None = None
    yield f"retry: {int(RETRY * 1000)}\n\n"
    for pulse in pulses:
        if pulse is None:
            yield message("gone", {}, None)
            return
        for told in pulse.cheers:
            yield message("celebrate", asdict(told), told.id)
        now = clock()
        if pulse.state() != known or now - beaten >= rhythm.beat:
            known, beaten = pulse.state(), now
            # The comment keeps proxies awake, the event tells the page that the line is there.
            yield ": beat\n" + message("state", known, pulse.cursor)
        if now - began >= rhythm.life:
            return
        sleep(rhythm.pause)


def message(event: str, data: dict[str, Any], identity: str | None) -> str:
    """One event; its data is one line of JSON."""
    head = "" if identity is None else f"id: {identity}\n"
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
