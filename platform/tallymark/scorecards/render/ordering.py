"""Ordering PDFs from a process that draws them: one that is kept warm beside a worker, or one for a single order."""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tallymark.scorecards.typefaces import FOLDER, font_environment

RENDERER = "tallymark.scorecards.render.renderer"
_PATIENCE = 5.0
_LONGEST_LAST_WORDS = 4000


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What became of an order.

    `status` is the exit code of the process that drew, negative for a signal; None where it took too long (`late`) or
    where the renderer itself was lost. `said` is what came on standard error, `answer` what the drawing wrote.
    """

    status: int | None
    answer: bytes
    cpu_seconds: float = 0.0
    late: bool = False
    said: str = ""


class Renderer:
    """A process that draws. It ends with the last process that holds this object, or by `close()`."""

    def __init__(self, fonts: Path = FOLDER, font_cache: Path | None = None) -> None:
        """Start it; loading takes about two seconds of processor, and the first order waits for it."""
        self._owner = os.getpid()
        with ExitStack() as stack:
            self._said: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            environment = stack.enter_context(font_environment(fonts, font_cache))
            theirs, self._orders = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            stack.enter_context(theirs)
            stack.callback(self._orders.close)
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", RENDERER, str(theirs.fileno()), str(self._owner)],
                env=environment,
                cwd=environment["HOME"],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
            theirs.close()
            self._kept = stack.pop_all()

    def draw(self, order: bytes, seconds: float) -> Reply:
        """Have an order drawn and wait for it, no longer than `seconds`."""
        began = self._said_so_far()
        with ExitStack() as stack:
            asked, answer = stack.enter_context(_memory()), stack.enter_context(_memory())
            asked.write(order)
            asked.flush()
            asked.seek(0)
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            stack.enter_context(ours)
            with theirs:
                try:
                    socket.send_fds(self._orders, [b"o"], [asked.fileno(), answer.fileno(), theirs.fileno()])
                except OSError:
                    return Reply(status=None, answer=b"", said=self._last_words(began))
            told, late = _told(ours, time.monotonic() + seconds)
            if not told.endswith(b"\n"):
                return Reply(status=None, answer=b"", late=late, said=self._last_words(began))
            facts = json.loads(told)
            answer.seek(0)
            return Reply(
                status=facts["status"],
                cpu_seconds=facts["cpu_seconds"],
                answer=answer.read(),
                said=self._last_words(began),
            )

    @property
    def alive(self) -> bool:
        """Whether orders can still be sent."""
        with suppress(OSError):
            return not select.select([self._orders], [], [], 0)[0]
        return False

    def close(self) -> None:
        """Let it end; in a fork of the process that started it, only let go of it."""
        self._orders.close()
        if os.getpid() != self._owner:
            return
        self._kept.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _said_so_far(self) -> int:
        return os.fstat(self._said.fileno()).st_size

    def _last_words(self, began: int) -> str:
        return os.pread(self._said.fileno(), _LONGEST_LAST_WORDS, began).decode(errors="replace")


def _told(ours: socket.socket, deadline: float) -> tuple[bytes, bool]:
    """The line that tells an order's end, and whether it is late. An end without a line: the renderer is lost."""
    told = b""
    while not told.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([ours], [], [], left)[0]:
            return b"", True
        piece = ours.recv(4096)
        if not piece:
            return b"", False
        told += piece
    return told, False


def _memory() -> IO[bytes]:
    """A file without a name; in memory, where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("tallymark", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile()


_warm: list[Renderer] = []


def keep_warm(font_cache: Path | None = None) -> None:
    """Start the renderer that this process and its forks draw with, until they end. Call it before forking."""
    if not _warm:
        _warm.append(Renderer(font_cache=font_cache))
        atexit.register(let_cool)


def let_cool() -> None:
    """End the renderer that is kept."""
    while _warm:
        _warm.pop().close()


def warm_renderer() -> Renderer | None:
    """The renderer that is kept; one that was lost is replaced, for this process alone."""
    if not _warm:
        return None
    if not _warm[0].alive:
        _warm.pop().close()
        _warm.append(Renderer())
    return _warm[0]
