"""The process in which runs are done: forked warm, given one run after the other, replaced when it is spent.

Only runs that ended well, of kinds that allow it (`handles(…, back_to_back=True)`), are followed by another one in
the same process; after any other the process ends, and with it everything the run may have left behind. Whatever
happens to the process happens to one run: the next waits with the parent, not here.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import NoReturn

from . import runtime
from .entry import Outcome, lease_of, perform
from .runtime import Runtime

logger = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that a child without work may take to end."""
_ANSWERS = {outcome: bytes([number]) for number, outcome in enumerate(Outcome)}
_OUTCOMES = {answer: outcome for outcome, answer in _ANSWERS.items()}
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10  # what the kernel counts memory in


class Child:
    """A forked process that does runs; the parent's end of it."""

    def __init__(self, run: Runtime) -> None:
        """Fork. The child never returns from here."""
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        self.used = False
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._requests)
            os.close(self._answers)
            _live(run, requests, answers)
        with suppress(OSError):
            os.setpgid(self.pid, self.pid)  # here too: whoever comes first, nobody is killed along with it
        os.close(requests)
        os.close(answers)

    def do(self, call: Sequence[str], *, pause: float, waiting: Callable[[], None]) -> Outcome | None:
        """Have a run done (tenant, run, fence) and wait; None when the process died over it.

        `waiting` is called every `pause` seconds meanwhile.
        """
        try:
            os.write(self._requests, " ".join(call).encode() + b"\n")
        except BrokenPipeError:
            return None
        self.used = True
        while not select.select([self._answers], [], [], pause)[0]:
            waiting()
        return _OUTCOMES.get(os.read(self._answers, 1))

    def close(self) -> None:
        """Let a child without work end; kill one that does not, and what it started."""
        os.close(self._requests)
        os.close(self._answers)
        end = time.monotonic() + PATIENCE
        with suppress(ChildProcessError):
            while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
                if time.monotonic() > end:
                    self.kill()
                    os.waitpid(self.pid, 0)
                    return
                time.sleep(0.002)

    def kill(self) -> None:
        """End the child and its own children at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def _live(run: Runtime, requests: int, answers: int) -> NoReturn:
    """The child: one run for each line, until the parent closes the pipe or this process is spent."""
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        _take_signals()
        random.seed()
        gc.disable()
        with _kept_open(run) as warm, os.fdopen(requests, "rb") as lines:
            for number, line in enumerate(lines):
                outcome = perform(warm, lease_of(*line.decode().split()), used=number > 0)
                if outcome is Outcome.GO_ON and _spent(run, number + 1):
                    outcome = Outcome.END
                os.write(answers, _ANSWERS[outcome])
                if outcome is not Outcome.GO_ON:
                    break
                gc.collect()  # while the parent talks to Redis; what was there before the fork is frozen
    except BrokenPipeError:
        os._exit(os.EX_OK)  # the parent is gone; what was done is stored
    except BaseException:
        logger.exception("The process that does the runs failed; another takes its place.")
        os._exit(os.EX_SOFTWARE)
    os._exit(os.EX_OK)


def _take_signals() -> None:
    """Ctrl-C is for the parent, which lets the run at hand end; SIGTERM is for this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _kept_open(run: Runtime) -> Iterator[Runtime]:
    """The runtime with connections that stay from one run to the next. A transaction names its tenant, a connection none."""
    database = run.open_database()
    warm = replace(run, open_database=lambda: database)
    runtime.install(warm)
    try:
        yield warm
    finally:
        database.close()


def _spent(run: Runtime, runs: int) -> bool:
    """Whether this process did its share, grew too large, or still has threads of the last run."""
    tuning = run.tuning
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    return runs >= tuning.child_runs or used > tuning.child_megabytes or threading.active_count() > 1
