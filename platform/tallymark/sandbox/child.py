"""The limited process: import the function, bind oneself, call it, write one answer, end.

Started by `tallymark.sandbox.process` with an empty environment; the only argument is the number of an open file that
holds the order. Everything it needs is open before the function is called, and nothing can be opened after.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.acero  # loaded at first use otherwise
import pyarrow.compute as pc

from tallymark.sandbox import policy
from tallymark.sandbox.order import LIMIT_OF_OUTPUT, READY, Call, Order, read_order
from tallymark.sandbox.watch import Forbidden, watch
from tallymark_sdk.computing import MOST_ROWS, BadAnswer, answer_rows, as_given, members_in
from tallymark_sdk.formula import function_named

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_NOT_DUMPABLE = 4  # PR_SET_DUMPABLE

_LONGEST_DETAIL = 300
"""Letters of an error; what is shown of it is shorter still."""

_kept_back = [bytearray(4 << 20)]
"""So that a process without memory can still say that it has none."""

Row = tuple[int, int, str, str | None]


def main() -> NoReturn:
    """Do as ordered; never returns, so that nothing registered for the end of the process runs."""
    order = read_order(_held(int(sys.argv[1])))
    _bind_to_parent(int(sys.argv[2]))
    _limit_importing(order)
    policy.while_importing()
    try:
        function = _function(order)
    except BaseException as error:  # noqa: BLE001  whatever a module raises is its own verdict
        _answer(order, {"verdict": "import", "detail": _said(error)})
    tables, periods = {name: _table(fd) for name, fd in order.tables.items()}, _table(order.periods)
    calls = [(call, (given := _visible(order, call, tables)), members_in(given)) for call in order.calls]
    _warm_up()
    warnings.simplefilter("ignore")  # showing one would read source files
    _limit_running(order)
    policy.while_running()
    tried = watch()
    os.write(order.answer, READY)
    head, rows = _run(function, calls, periods)
    attempt = tried()
    if attempt:
        head, rows = {"verdict": "tried", "detail": attempt}, []
    _answer(order, head, rows)


def _run(
    function: Callable[..., Any],
    calls: list[tuple[Call, dict[str, pa.Table], frozenset[str]]],
    periods: pa.Table,
) -> tuple[dict[str, Any], list[Row]]:
    rows: list[Row] = []
    try:
        for number, (call, tables, members) in enumerate(calls):
            answer = function(dict(tables), periods)
            found = answer_rows(answer, periods.num_rows, total=call.dimension == "", members=members)
            for period, member, value in found:
                rows.append((number, period, member, None if value is None else f"{value:f}"))
        if len(rows) > MOST_ROWS:
            _too_many(len(rows))
    except BadAnswer as error:
        return {"verdict": "answer", "detail": str(error)[:_LONGEST_DETAIL]}, []
    except MemoryError:
        _kept_back.clear()
        return {"verdict": "memory"}, []
    except Forbidden:
        return {"verdict": "tried"}, []
    except ImportError as error:
        return {"verdict": "late import", "detail": (error.name or str(error))[:_LONGEST_DETAIL]}, []
    except SystemExit:
        return {"verdict": "left"}, []
    except BaseException as error:  # noqa: BLE001  whatever a function raises is its own verdict
        if isinstance(error, OSError) and error.errno == errno.ENOMEM:
            return {"verdict": "memory"}, []
        return {"verdict": "raised", "detail": _said(error)}, []
    return {"rows": len(rows)}, rows


def _too_many(rows: int) -> NoReturn:
    raise BadAnswer(f"has {rows} rows; {MOST_ROWS} are the most")


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001  a stranger's error may raise another
        text = ""
    try:
        kind = type(error).__name__[:_LONGEST_DETAIL]
    except BaseException:  # noqa: BLE001  its class's name may be a stranger's code too
        kind = "an error without a name"
    return f"{kind}: {text}"[:_LONGEST_DETAIL] if text else kind


def _answer(order: Order, head: dict[str, Any], rows: list[Row] | None = None) -> NoReturn:
    lines = [json.dumps({"token": order.token, **head}), *(json.dumps(row) for row in rows or ())]
    rest = memoryview(("\n".join(lines) + "\n").encode())
    while rest:
        rest = rest[os.write(order.answer, rest) :]
    os._exit(0)


def _function(order: Order) -> Callable[..., Any]:
    found = function_named(order.module, order.name)
    if not callable(found):
        raise TypeError(f"{order.module}.{order.name} is no function")
    return found


def _held(fd: int) -> bytes:
    with open(fd, "rb") as file:
        return file.read()


def _table(fd: int) -> pa.Table:
    """The rows that the parent holds in memory, mapped for reading, not copied."""
    mapped = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
    os.close(fd)
    table: pa.Table = pa.ipc.open_file(pa.py_buffer(mapped)).read_all()
    return table


def _visible(order: Order, call: Call, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Each table as the function sees it: its columns, and the members of this call."""
    members = call.members or {}
    return {
        dataset: as_given(table, order.columns[dataset], members.get(dataset))
        for dataset, table in tables.items()
    }


def _bind_to_parent(parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be bound to
        os._exit(1)


def _limit_importing(order: Order) -> None:
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, LIMIT_OF_OUTPUT),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CPU, order.seconds + 12),
    ):
        resource.setrlimit(kind, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and would go on printing into nothing


def _limit_running(order: Order) -> None:
    """Memory from here on: what is used by now is the interpreter, its libraries and the input."""
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  pathlib would be one more import
        used = int(file.read().split()[0]) * resource.getpagesize()
    memory = used + (order.megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _warm_up() -> None:
    """Call what loads more at its first use, and keep threads from reserving memory that they don't need."""
    "localhost".encode("idna")  # so that who tries the network is told of that
    datetime.strptime("2026-06-01", "%Y-%m-%d")  # noqa: DTZ007  only its module is wanted
    threading.stack_size(1 << 20)
    pa.set_cpu_count(2)
    pa.set_io_thread_count(1)
    small = pa.table({"period": [0], "value": [1.0]})
    small.group_by("period").aggregate([("value", "sum")]).sort_by("period").filter(pc.field("period") == 0)


if __name__ == "__main__":
    main()
