"""Whether a server that left its process id in a file still lives."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tallymark.services.errors import ServiceError


def alive(pid_file: Path, *, mark: str) -> bool:
    """Whether the process named in `pid_file` lives and has `mark` in its command line.

    The mark tells it from another program that was given the same number after a restart.
    """
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, 0)
    except PermissionError:
        pass  # lives, as another user
    except (OSError, ValueError, IndexError):
        return False
    command_line = Path(f"/proc/{pid}/cmdline")
    try:
        return mark in command_line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return not Path("/proc/self").exists()


def await_end(folder: Path, *, seconds: float) -> None:
    """Wait until no process works in `folder`: a killed server's children take a moment to notice."""
    deadline = time.monotonic() + seconds
    while _works_in(folder):
        if time.monotonic() > deadline:
            raise ServiceError(f"A process still works in {folder}: end it and try again.")
        time.sleep(0.05)


def _works_in(folder: Path) -> bool:
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == folder:
                return True
        except OSError:
            continue  # ended, or nothing of ours
    return False


def await_answer(
    name: str, *, lives: Callable[[], bool], answers: Callable[[], bool], seconds: float
) -> bool:
    """Wait while a server lives without answering (it may be starting or recovering).

    True once it answers, False if it does not live; raises `ServiceError` after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not answers():
        if not lives():
            return False
        if time.monotonic() > deadline:
            raise ServiceError(f"{name} is running but does not answer: end its process and try again.")
        time.sleep(0.05)
    return True
