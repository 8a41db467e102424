"""Trying strangers' packs in another process first, since some can't be survived.

A module that ends the process, never ends, or takes all memory while it is imported can't be refused from within. So
packs are loaded once in a process that may be lost; what is left is loaded here. One process tries all of them; after
one that it doesn't survive, another goes on with the next.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import EntryPoint

SECONDS = 10.0
MEGABYTES = 1024
_BEGIN, _SURVIVED, _REFUSED = "begin", "survived", "refused"


def unsurvivable(points: Sequence[EntryPoint], *, seconds: float = SECONDS) -> dict[int, str]:
    """Which of the packs a process doesn't survive loading: place → reason."""
    found: dict[int, str] = {}
    start = 0
    while start < len(points):
        last, reason = _try(points[start:], seconds)
        if reason is None:
            break
        found[start + last] = reason
        start += last + 1
    return found


def _try(points: Sequence[EntryPoint], seconds: float) -> tuple[int, str | None]:
    """The first pack that the process didn't get past, and why; no reason where it got through."""
    order = json.dumps([[point.name, point.value, point.group] for point in points])
    path = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "tallymark.plugins.probe", order],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    ) as child:
        try:
            at, told = _follow(child, seconds)
            if told is None:
                told = _how_it_ended(child, at)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
    return max(at, 0), told or None


def _follow(child: subprocess.Popen[bytes], seconds: float) -> tuple[int, str | None]:
    """The place of the pack that was last begun, and its reason where one is known yet ("" for none)."""
    at, begun, rest = -1, False, b""
    told = 0 if child.stdout is None else child.stdout.fileno()
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([told], [], [], left)[0]:
            return at, f"could not be loaded: it was still at it after {seconds:g} seconds"
        chunk = os.read(told, 4096)
        if not chunk:
            return at, None if begun or at < 0 else ""
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            word, _, reason = line.decode(errors="replace").partition(" ")
            if word == _REFUSED:
                return at, f"could not be loaded: {reason}"
            begun = word == _BEGIN
            at += begun
            deadline = time.monotonic() + seconds


def _how_it_ended(child: subprocess.Popen[bytes], at: int) -> str:
    """Why the process is gone. Where it never began (no memory, say), every pack is tried here after all."""
    status = child.wait()
    if at < 0:
        return ""
    how = signal.Signals(-status).name if status < 0 else f"exit code {status}"
    return f"could not be loaded: it ends the process that loads it ({how})"


def main() -> None:
    """In the process that may be lost: load each pack as it will be loaded, and tell how far it came."""
    from tallymark.plugins.asking import Refused, ask, refusal
    from tallymark.plugins.charting import ask_charts

    telling, only = os.dup(1), os.getpid()
    os.dup2(2, 1)

    def tell(line: str) -> None:
        if os.getpid() != only:  # a copy that native code made: two would tell of the same packs
            os._exit(0)
        os.write(telling, f"{line}\n".encode())

    _limit()
    copied = _refuse_copies()
    for name, value, group in json.loads(sys.argv[1]):
        tell(_BEGIN)
        try:
            with suppress(Refused):
                point = EntryPoint(name=name, value=value, group=group)
                for metric in ask(point):
                    refusal(metric, name)
                ask_charts(point)
            reason = _what_stays(copied)
        except BaseException as error:  # noqa: BLE001  whatever comes through here would end the other process too
            reason = type(error).__name__
        if reason:
            tell(f"{_REFUSED} {reason}")
            return
        tell(_SURVIVED)


def _refuse_copies() -> list[str]:
    """Keep packs from forking: the copy would go on with what this process does, beside it. The list tells who tried."""
    tried: list[str] = []

    def hook(event: str, _arguments: tuple[object, ...]) -> None:
        if event in {"os.fork", "os.forkpty"}:
            tried.append(event)
            raise PermissionError("A pack may not fork the process that loads it.")

    sys.addaudithook(hook)
    return tried


def _what_stays(copied: list[str]) -> str:
    """What the pack would leave in the process that loads it; empty where nothing."""
    if copied:
        return "it forks the process that loads it"
    threads = [each for each in threading.enumerate() if each is not threading.main_thread()]
    if any(not each.daemon for each in threads):
        return "it starts a thread that keeps the process from ending"
    try:
        for standard in range(3):
            os.fstat(standard)
    except OSError:
        return "it closes the standard input or output of the process that loads it"
    return ""


def _limit() -> None:
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  as the other limited processes do
        used = int(file.read().split()[0]) * resource.getpagesize()
    most = used + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
    os._exit(0)
