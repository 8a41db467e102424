"""Stop a handler that takes longer than its kind may, or whose run is no longer its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .errors import RunTaken, TimeLimitReached


@contextmanager
def time_limit(seconds: float, lost: threading.Event | None = None) -> Iterator[None]:
    """Raise TimeLimitReached in the block after `seconds`. Main thread only (it uses SIGALRM).

    Another thread may set `lost` and call `interrupt()`, which raises RunTaken in the block.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if lost is not None and lost.is_set():
            raise RunTaken("The run was cancelled or given to another worker.")
        raise TimeLimitReached(f"It took longer than its limit of {seconds:g} seconds.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def interrupt() -> None:
    """Ring in the main thread now; only while it is within a `time_limit`, or the process ends."""
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGALRM)
