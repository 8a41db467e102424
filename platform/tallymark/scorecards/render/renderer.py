"""The process that draws PDFs: loads the text library once, then forks a limited process for each order.

Started by `tallymark.scorecards.render.ordering` with our fonts, no secrets and one open socket. An order is a byte on
that socket with three descriptors: a file with the order, a file for the answer, and a socket on which the order's end is
told. When nobody holds the other end of the first socket any more, the process ends.

Three generations: this process only loads, and watches; its child takes orders; a grandchild draws one. Whichever dies,
the one above it takes its place again, and the order at hand is the only one that is lost.
"""

from __future__ import annotations

import ctypes
import fcntl
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from tallymark.scorecards.render import child

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_PAUSE = 0.2
_MOST_FDS = 3
_FIRST, _APART = 3, 64
"""Where a drawing's descriptors begin, and a number above them all."""


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    """An order being drawn: its process, a pipe that ends with it, and where its end is told."""

    pid: int
    ended: int
    teller: socket.socket


def main() -> int:
    """Load, then keep a taker of orders alive until nobody can order any more."""
    inbox = socket.socket(fileno=int(sys.argv[1]))
    _die_with(int(sys.argv[2]))
    child.prepare()
    gc.collect()
    gc.freeze()
    myself = os.getpid()
    while True:
        pid = os.fork()
        if pid == 0:
            _die_with(myself)
            _take_orders(inbox)
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return 0
        time.sleep(_PAUSE)  # whatever ended it must not become a busy loop


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be bound to
        os._exit(1)


def _take_orders(inbox: socket.socket) -> NoReturn:
    at_work: list[_Drawing] = []
    while True:
        listening: list[Any] = [inbox, *(one.ended for one in at_work), *(one.teller for one in at_work)]
        ready = select.select(listening, [], [])[0]
        for one in list(at_work):
            if one.ended in ready or one.teller in ready:
                at_work.remove(one)
                _end(one)
        if inbox in ready:
            order = _receive(inbox)
            if order is None:
                os._exit(0)
            at_work.append(_start(inbox, order))


def _receive(inbox: socket.socket) -> tuple[int, int, int] | None:
    """The descriptors of the next order; None when nobody is left who could send one."""
    said, descriptors, _, _ = socket.recv_fds(inbox, 1, _MOST_FDS)
    if not said:
        return None
    order, answer, teller = descriptors
    return order, answer, teller


def _start(inbox: socket.socket, order: tuple[int, int, int]) -> _Drawing:
    asked, answer, teller = order
    ended, lives = os.pipe()
    myself = os.getpid()
    pid = os.fork()
    if pid == 0:
        inbox.detach()
        _draw(asked, answer, lives, myself)
    for descriptor in (asked, answer, lives):
        os.close(descriptor)
    return _Drawing(pid=pid, ended=ended, teller=socket.socket(fileno=teller))


def _draw(asked: int, answer: int, lives: int, parent: int) -> NoReturn:
    """The grandchild: it keeps the order, the answer and its sign of life, and nobody else's."""
    code = 1
    try:
        _die_with(parent)
        _keep_only(asked, answer, lives)
        child.work(_FIRST, _FIRST + 1)
        code = 0
    except BaseException as error:  # noqa: BLE001  whatever it is, the process ends here
        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace")[:2000])
    finally:
        os._exit(code)


def _keep_only(*wanted: int) -> None:
    """Number these descriptors from `_FIRST` on and close all others but the standard three."""
    apart = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, _APART) for descriptor in wanted]
    for number, descriptor in enumerate(apart, _FIRST):
        os.dup2(descriptor, number)
    os.closerange(_FIRST + len(wanted), os.sysconf("SC_OPEN_MAX"))


def _end(one: _Drawing) -> None:
    """Collect a drawing that ended, or end one that nobody waits for any more; tell its status and its cost."""
    if not select.select([one.ended], [], [], 0)[0]:
        os.kill(one.pid, signal.SIGKILL)
    _, status, used = os.wait4(one.pid, 0)
    told: dict[str, Any] = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
    }
    with one.teller as teller, suppress(OSError):  # who asked is gone
        teller.sendall(json.dumps(told).encode() + b"\n")
    os.close(one.ended)


if __name__ == "__main__":
    sys.exit(main())
