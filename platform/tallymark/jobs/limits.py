"""Stop a handler that takes longer than its kind may."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .errors import TimeLimitReached


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitReached in the block after `seconds`. Main thread only (it uses SIGALRM)."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeLimitReached(f"It took longer than its limit of {seconds:g} seconds.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
