"""The parent's side: start a limited process, wait no longer than allowed, read its answer as a stranger's."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tallymark.sandbox import verdicts
from tallymark.sandbox.order import LIMIT_OF_ANSWER, READY, Call, Order
from tallymark_sdk.computing import LONGEST_MEMBER, MOST_ROWS, PLACES, WHOLE_DIGITS
from tallymark_sdk.formula import Computed

log = logging.getLogger(__name__)

STARTING_SECONDS = 10.0
SECONDS_BESIDE = 1.5
"""How much longer than its function a whole run takes, where starting it takes no longer than that."""
_NUMBER = re.compile(rf"-?\d{{1,{WHOLE_DIGITS}}}(\.\d{{1,{PLACES}}})?", re.ASCII)
_CHUNK = 1 << 16
_LONGEST_LINE = 4096
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL

# The only variables a child sees: no passwords, no addresses. One arena and one thread keep the use of memory near what
# is really needed, and a fixed seed the order of sets the same each time.
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


class Verdict(Exception):
    """The run has no answer; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a function is asked.

    Attributes:
        tables: dataset → what gives its rows as record batches (the function's columns and those of the members);
            called one after another, since a connection reads one result at a time.
        periods: the periods, numbered from 0.
        calls: one for the total and each breakdown.
    """

    function: Computed
    tables: Mapping[str, Callable[[], pa.RecordBatchReader]]
    periods: pa.Table
    calls: Sequence[Call]


Value = tuple[int, int, str, Decimal | None]
"""Number of the call, number of the period, member, value."""


def run(question: Question, *, seconds: float | None = None) -> list[Value]:
    """Run a function in a process of its own.

    Args:
        seconds: less than the function's own, where less time is left.

    Raises:
        Verdict: no answer, for whatever reason; the process is gone.
    """
    allowed = min(question.function.seconds, seconds or question.function.seconds)
    with ExitStack() as stack:
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        try:
            child, order, printed = _start(question, writing, stack)
        except OSError as error:
            log.warning("a computed metric could not be started: %s", error)
            raise Verdict(verdicts.NOT_STARTED) from error
        finally:
            os.close(writing)
        try:
            said, in_time = _listen(reading, allowed)
            silent = in_time and len(said) <= LIMIT_OF_ANSWER
            lingers = silent and not _ends_by_itself(child)
            status = _end(child)
        finally:
            _end(child)
        if not said:
            # It ended before it was called, so nothing it printed can be of the rows.
            log.warning(
                "a computed metric did not start: %s", os.pread(printed, 2000, 0).decode(errors="replace")
            )
    if not in_time:
        raise Verdict(verdicts.stopped(allowed))
    if lingers:  # it closed the way to answer, or answered and then went on
        raise Verdict(verdicts.FORGED if len(said) > len(READY) else verdicts.UNANSWERED)
    return _read(said, status, order, len(question.periods))


def _start(question: Question, writing: int, stack: ExitStack) -> tuple[subprocess.Popen[bytes], Order, int]:
    function = question.function
    order = Order(
        token=secrets.token_hex(16),
        module=function.function.__module__,
        name=function.function.__qualname__,
        tables={name: stack.enter_context(_held(read())) for name, read in question.tables.items()},
        columns={name: list(columns) for name, columns in function.columns.items()},
        periods=stack.enter_context(_held(question.periods.to_reader())),
        calls=tuple(question.calls),
        seconds=function.seconds,
        megabytes=function.megabytes,
        answer=writing,
    )
    told, printed = stack.enter_context(_memory()), stack.enter_context(_memory())
    os.write(told, order.written())
    os.lseek(told, 0, os.SEEK_SET)
    child = subprocess.Popen(
        [sys.executable, "-P", "-s", "-B", "-m", "tallymark.sandbox.child", str(told), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=printed,
        env={**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        cwd="/",
        pass_fds=(told, writing, order.periods, *order.tables.values()),
        start_new_session=True,
    )
    return child, order, printed


@contextmanager
def _memory() -> Iterator[int]:
    """A file without a name that lives in memory."""
    fd = os.memfd_create("tallymark", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _held(rows: pa.RecordBatchReader) -> Iterator[int]:
    """Rows in such a file, which nobody can change any more. They are written batch by batch, and never all here."""
    with _memory() as fd:
        with os.fdopen(os.dup(fd), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
            for batch in rows:
                writer.write_batch(batch)
        os.lseek(
            fd, 0, os.SEEK_SET
        )  # so that writing meets the seal, and not the limit on what may be printed
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        yield fd


def _listen(reading: int, seconds: float) -> tuple[bytearray, bool]:
    """What the child says until it falls silent for good, and whether that was in time."""
    said = bytearray()
    deadline = time.monotonic() + STARTING_SECONDS
    begun, started = time.monotonic(), False
    while len(said) <= LIMIT_OF_ANSWER:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return said, False
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            break
        said += chunk
        if not started:
            started, deadline = True, _deadline(begun, time.monotonic(), seconds)
    return said, True


def _deadline(begun: float, now: float, seconds: float) -> float:
    """When a function called now must be done: a slow start is at its own cost, up to half of its time."""
    return max(min(now + seconds, begun + SECONDS_BESIDE + seconds), now + seconds / 2)


def _ends_by_itself(child: subprocess.Popen[bytes]) -> bool:
    try:
        child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(child: subprocess.Popen[bytes]) -> int:
    """The child's exit code; it, and all of its session, is gone afterwards."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return child.returncode


def _read(said: bytearray, status: int, order: Order, periods: int) -> list[Value]:
    """The answer, held to what was asked to the last byte."""
    if len(said) > LIMIT_OF_ANSWER:
        raise Verdict(verdicts.TOO_LONG)
    start = len(READY) if said.startswith(READY) else 0
    if len(said) == start:
        raise Verdict(verdicts.ended(status, order.seconds))
    end = said.find(b"\n", start, start + _LONGEST_LINE)
    head = _json(bytes(said[start:end])) if end > start else None
    if not isinstance(head, dict) or head.get("token") != order.token:
        raise Verdict(verdicts.FORGED)
    if "verdict" in head:
        raise Verdict(_in_words(head, order))
    # Counted before anything is taken apart: a few megabytes of line ends would be a great many lines.
    rows = said.count(b"\n", end + 1)
    if status != 0 or head.get("rows") != rows or rows > MOST_ROWS or not said.endswith(b"\n"):
        raise Verdict(verdicts.FORGED)
    values = [_value(_json(line), order, periods) for line in bytes(said[end + 1 :]).split(b"\n")[:-1]]
    if len({value[:3] for value in values}) != len(values):
        raise Verdict(verdicts.FORGED)
    return values


def _in_words(head: dict[str, Any], order: Order) -> str:
    detail = verdicts.plain(head.get("detail", ""))
    match head["verdict"]:
        case "answer":
            return f"its answer {detail}"
        case "memory":
            return verdicts.too_much_memory(order.megabytes)
        case "tried":
            return f"tried to {detail}" if detail else "tried what isn't allowed"
        case "late import":
            return f"tried to import {detail} while it ran; import it at the top of the module"
        case "import":
            return f"could not be imported: {detail}"
        case "left":
            return "ended itself instead of returning"
        case "raised":
            return f"raised {detail}"
    return verdicts.FORGED


def _json(line: bytes) -> Any:
    if len(line) > _LONGEST_LINE:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _is_text(member: str) -> bool:
    """Whether it can be stored and shown: no halves of characters, and not the one that databases refuse."""
    return "\0" not in member and not any("\ud800" <= letter <= "\udfff" for letter in member)


def _plain_zero(number: Decimal) -> Decimal:
    return number or number.copy_abs()


def _value(row: Any, order: Order, periods: int) -> Value:
    match row:
        case [int(call), int(period), str(member), str() | None as value]:
            known = 0 <= call < len(order.calls) and 0 <= period < periods and len(member) <= LONGEST_MEMBER
            if known and _is_text(member) and (value is None or _NUMBER.fullmatch(value)):
                return int(call), int(period), member, None if value is None else _plain_zero(Decimal(value))
    raise Verdict(verdicts.FORGED)
