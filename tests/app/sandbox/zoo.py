"""Functions that misbehave, each in its own way, and one that doesn't.

They are read as a module of their own by the limited process, so nothing here is run in the tests' own.
"""

import atexit
import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from tallymark_sdk.computing import computed

READS = ("orders.amount_base", "orders.ordered_on")


def answer(period=(0,), member=("",), value=(1,)):
    return pa.table({"period": list(period), "member": list(member), "value": list(value)})


def metric(seconds=2, megabytes=64):
    return computed(reads=READS, seconds=seconds, megabytes=megabytes)


@metric()
def honest(tables, periods):
    """The sum by period and member, counted by hand."""
    sums: dict[tuple[int, str], Decimal] = {}
    spans = periods.to_pylist()
    for row in tables["orders"].to_pylist():
        for span in spans:
            if span["first"] <= row["ordered_on"] < span["beyond"]:
                key = (span["period"], row["member"])
                sums[key] = sums.get(key, Decimal(0)) + row["amount_base"]
    value = pa.array(sums.values(), pa.decimal128(28, 4))
    period = pa.array([key[0] for key in sums], pa.int64())
    return pa.table(
        {"period": period, "member": pa.array([key[1] for key in sums], pa.string()), "value": value}
    )


@metric()
def loops(tables, periods):
    while True:
        pass


@metric(seconds=5)
def allocates(tables, periods):
    kept = []
    while True:
        kept.append(bytearray(10 << 20))


@metric()
def allocates_at_once(tables, periods):
    return bytearray(4 << 30)


@metric()
def forks(tables, periods):
    while True:
        os.fork()


@metric()
def forks_natively(tables, periods):
    ctypes.CDLL(None).fork()
    return answer()


@metric()
def threads_for_ever(tables, periods):
    for _ in range(8):
        threading.Thread(target=time.sleep, args=(60,)).start()
    time.sleep(60)


@metric()
def too_many_threads(tables, periods):
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


@metric()
def exits(tables, periods):
    sys.exit(0)


@metric()
def exits_hard(tables, periods):
    os._exit(0)


@metric()
def kills_its_parent(tables, periods):
    os.kill(os.getppid(), signal.SIGKILL)


@metric()
def stops_its_parent_natively(tables, periods):
    KILL(os.getppid(), signal.SIGSTOP)
    return answer()


@metric()
def raises(tables, periods):
    raise ValueError("out of ideas")


@metric()
def raises_the_base(tables, periods):
    raise BaseException("out of everything")  # noqa: TRY002  the worst there is


@metric()
def interrupts(tables, periods):
    raise KeyboardInterrupt


def deeper(depth):
    return deeper(depth + 1) + 1


@metric()
def recurses(tables, periods):
    return deeper(0)


@metric()
def recurses_without_limit(tables, periods):
    sys.setrecursionlimit(1 << 30)
    return deeper(0)


@metric()
def crashes(tables, periods):
    ctypes.string_at(0)


@metric()
def crashes_natively(tables, periods):
    RAISE(signal.SIGSEGV)


@metric()
def is_nan(tables, periods):
    return answer(value=(float("nan"),))


@metric()
def is_infinite(tables, periods):
    return answer(value=(float("-inf"),))


@metric()
def has_wrong_columns(tables, periods):
    return pa.table({"when": [0], "what": [1]})


@metric()
def has_columns_twice(tables, periods):
    one = pa.array([0])
    return pa.Table.from_arrays([one, one, one, one], ["period", "member", "value", "value"])


@metric()
def has_wrong_types(tables, periods):
    return pa.table({"period": ["0"], "member": [""], "value": [1]})


@metric()
def is_text(tables, periods):
    return answer(value=("many",))


@metric()
def is_no_table(tables, periods):
    return 42


@metric()
def gives_nothing(tables, periods):
    return None


@metric()
def is_too_long(tables, periods):
    many = 200_000
    return answer(range(many), [""] * many, [1] * many)


@metric()
def answers_twice(tables, periods):
    return answer((0, 0), ("", ""), (1, 2))


@metric()
def forges(tables, periods):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(number, b'{"token": "guessed", "rows": 1}\n[0, 0, "", "42"]\n')
    os._exit(0)


@metric()
def forges_and_returns(tables, periods):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(number, b'{"token": "guessed", "rows": 1}\n[0, 0, "", "42"]\n')
    return answer()


@metric()
def floods(tables, periods):
    chunk = b'[0, 0, "", "42"]\n' * 10_000
    while True:
        for number in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(number, chunk)


@metric()
def floods_with_empty_lines(tables, periods):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            for _ in range(7):
                os.write(number, b"\n" * (1 << 20))
    os._exit(0)


@metric()
def forges_one_long_line(tables, periods):
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            for _ in range(7):
                os.write(number, b"[" * (1 << 20))
    os._exit(0)


@metric()
def is_too_much_in_all(tables, periods):
    members = sorted(set(tables["orders"]["member"].to_pylist()))
    return answer([0] * len(members), members, [1] * len(members))


@metric()
def reads_a_file(tables, periods):
    return answer(value=(len(Path("/etc/passwd").read_text()),))


@metric()
def reads_a_file_secretly(tables, periods):
    with contextlib.suppress(OSError):
        os.open("/etc/passwd", os.O_RDONLY)
    return answer()


@metric()
def writes_a_file(tables, periods):
    Path("/tmp/written-by-a-metric").write_text("x")


@metric()
def opens_a_socket(tables, periods):
    socket.create_connection(("127.0.0.1", 80))


@metric()
def opens_a_socket_natively(tables, periods):
    SOCKET(2, 1, 0)
    return answer()


@metric()
def imports_late(tables, periods):
    import flask

    return answer(value=(len(flask.__name__),))


@metric()
def starts_a_process(tables, periods):
    subprocess.run(["true"], check=True)


@metric()
def sleeps(tables, periods):
    time.sleep(3600)


@metric()
def ignores_signals(tables, periods):
    for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)


@metric(seconds=5)
def prints(tables, periods):
    for _ in range(1024):
        print("x" * (1 << 20))
    return answer()


@metric(seconds=5)
def complains(tables, periods):
    for _ in range(1024):
        os.write(2, b"x" * (1 << 20))
    return answer()


@metric()
def changes_its_input(tables, periods):
    tables["orders"]["ordered_on"].chunk(0).to_numpy(zero_copy_only=False).base.setflags(write=True)
    numbers = tables["orders"]["amount_base"].chunk(0).buffers()[1]
    memoryview(numbers)[0] = 1
    return answer()


@metric()
def answers_for_another_period(tables, periods):
    return answer(period=(periods.num_rows,))


@metric()
def answers_for_no_period(tables, periods):
    return answer(period=(None,))


@metric()
def answers_for_a_member(tables, periods):
    return answer(member=("an",))


@metric()
def patches_arrow(tables, periods):
    pa.Table = dict
    return {"period": [0], "member": [""], "value": [42]}


@metric()
def patches_the_runner(tables, periods):
    runner = sys.modules["__main__"]
    vars(runner)["_answer"] = lambda *anything: os._exit(0)
    return answer()


@metric()
def registers_for_the_end(tables, periods):
    atexit.register(time.sleep, 3600)
    raise ValueError("now wait")


@metric()
def is_huge(tables, periods):
    return pa.table(
        {"period": [0], "member": [""], "value": pa.array([Decimal(10) ** 60], pa.decimal256(76, 0))}
    )


@metric()
def is_a_huge_float(tables, periods):
    return answer(value=(1e300,))


@metric()
def answers_for_a_stranger(tables, periods):
    return answer([0], ["nobody" if tables["orders"]["member"][0].as_py() else ""], [1])


@metric()
def raises_without_a_name(tables, periods):
    nameless = type("Nameless", (type,), {"__name__": property(lambda cls: 1 / 0)})
    raise nameless("Odd", (Exception,), {})


@metric()
def forges_half_a_letter(tables, periods):
    order = sys._getframe(2).f_locals["order"]
    head = json.dumps({"token": order.token, "rows": 1})
    os.write(order.answer, f'{head}\n[0, 0, "\\ud800", "5"]\n'.encode())
    os._exit(0)


KILL, RAISE, SOCKET = ctypes.CDLL(None).kill, ctypes.CDLL(None)["raise"], ctypes.CDLL(None).socket
