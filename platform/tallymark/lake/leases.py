"""Which cached files this process is using: a shared lock on each, which the kernel drops with the process.

Nobody says when a reader is done with a file, so a lease lasts for an hour after the file was last asked for.
"""

import fcntl
import os
import threading
import time
from collections import OrderedDict
from pathlib import Path

_LASTS = 3600.0  # seconds; longer than any computation may take
_MOST = 400  # files; a process may commonly have 1,024 open


class Leases:
    """The files that are held, the one asked for last at the end."""

    def __init__(self) -> None:
        self._held: OrderedDict[Path, tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, file: Path, size: int | None) -> bool:
        """Hold a file and note that it is used now; False where it isn't there, or not of that size."""
        try:
            descriptor = os.open(file, os.O_RDONLY)
        except FileNotFoundError:
            return False
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        found = os.fstat(descriptor)
        if not found.st_nlink or (size is not None and found.st_size != size):
            os.close(descriptor)  # evicted before it was locked, or damaged
            return False
        os.utime(file)
        now = time.monotonic()
        with self._guard:
            if (before := self._held.pop(file, None)) is not None:
                os.close(before[0])
            self._held[file] = (descriptor, now)
            while len(self._held) > _MOST or next(iter(self._held.values()))[1] < now - _LASTS:
                os.close(self._held.popitem(last=False)[1][0])
        return True

    def let_go(self, file: Path) -> None:
        """Hold a file no longer."""
        with self._guard:
            if (held := self._held.pop(file, None)) is not None:
                os.close(held[0])


def remove_unless_held(file: Path) -> bool:
    """Remove a file that no process holds; whether it is gone."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


LEASES = Leases()
"""Those of this process."""
