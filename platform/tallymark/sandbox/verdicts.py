"""What became of a limited process, in words for the cell that stays empty."""

from __future__ import annotations

import signal

from tallymark.sandbox.order import LIMIT_OF_OUTPUT

LONGEST_DETAIL = 160

UNANSWERED = "ended without an answer"
FORGED = "answered in another way than by returning a table"
TOO_LONG = "its answer is too long"
NOT_STARTED = "could not be started"

_BY_SIGNAL = {
    signal.SIGSYS: "made a system call that isn't allowed, such as starting a process or using the network",
    signal.SIGXFSZ: f"printed more than {LIMIT_OF_OUTPUT >> 10} kB",
    signal.SIGKILL: "was killed, by itself or by a machine that is short of memory",
}


def stopped(seconds: float) -> str:
    """It took longer than it may."""
    return f"stopped after {seconds:g} second{'' if seconds == 1 else 's'}"


def too_much_memory(megabytes: int) -> str:
    """It asked for more memory than it may have."""
    return f"used more than {megabytes} MB"


def ended(status: int, seconds: float) -> str:
    """How the process ended, from its exit code; negative codes are signals."""
    if status >= 0:
        return UNANSWERED
    if status == -signal.SIGXCPU:
        return stopped(seconds)
    try:
        by = signal.Signals(-status)
    except ValueError:
        return f"was ended by signal {-status}"
    return _BY_SIGNAL.get(by, f"crashed ({by.name})")


def plain(text: object) -> str:
    """A stranger's text as one short line of printable characters."""
    line = " ".join(str(text).split())
    kept = "".join(letter for letter in line if letter.isprintable())
    return kept if len(kept) <= LONGEST_DETAIL else kept[: LONGEST_DETAIL - 1] + "…"
