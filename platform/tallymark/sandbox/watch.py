"""Noticing what a function tries, so that its verdict can name it.

The kernel's filter is what holds; this only names. Python tells of such calls before it makes them, and the first is
remembered even where the function catches the error.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

_TRIED: dict[str, str] = {
    "open": "open a file",
    "os.system": "start a process",
    "os.exec": "start a process",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "os.posix_spawn": "start a process",
    "os.spawn": "start a process",
    "subprocess.Popen": "start a process",
    "pty.spawn": "start a process",
    "os.kill": "send a signal",
    "os.killpg": "send a signal",
    "signal.pthread_kill": "send a signal",
    "os.remove": "change files",
    "os.rename": "change files",
    "os.mkdir": "change files",
    "os.rmdir": "change files",
    "os.link": "change files",
    "os.symlink": "change files",
    "os.truncate": "change files",
    "os.chmod": "change files",
    "os.chown": "change files",
    "shutil.rmtree": "change files",
}
_FAMILIES = {"socket.": "use the network", "ctypes.": "call native code", "gc.": "look into the interpreter"}


class Forbidden(PermissionError):
    """The function tried what it may not do."""


def watch() -> Callable[[], str | None]:
    """Start watching; the result tells what was tried first, or None. Python can't take the watch off again."""
    tried: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        what = _TRIED.get(event) or _FAMILIES.get(event.partition(".")[0] + ".")
        if what is None or (event == "open" and isinstance(arguments[0], int)):
            return
        tried.append(what)
        raise Forbidden(f"{what.capitalize()} is not allowed in a computed metric.")

    sys.addaudithook(hook)
    return lambda: tried[0] if tried else None
