"""Filters of system calls (seccomp), written as the kernel's little programs and installed for all threads at once.

A filter can't be taken off again by the process it binds, nor by anything that process starts. Of several, the strictest
answer holds.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tallymark.sandbox.syscalls import AUDIT_ARCH, machine, number

ALLOW, KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
REFUSE = _ERRNO | errno.EPERM
UNKNOWN = _ERRNO | errno.ENOSYS
"""As if the kernel were too old for the call, so that the C library takes an older one that can be looked into."""

_LOAD, _EQUAL, _AT_LEAST, _ABOVE, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # places in `struct seccomp_data`
_X32 = 0x40000000  # calls of x86_64's second interface carry this bit
_NO_NEW_PRIVILEGES = 38
_SET_FILTER, _ALL_THREADS = 1, 1


class NoSeccomp(OSError):
    """Filters can't be had on this machine; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A call whose answer depends on one of its arguments.

    `then` where it has any bit of `bits`, or equals `equal`, or is at most `most`; `otherwise` where not.
    """

    place: int
    then: int
    otherwise: int
    bits: int | None = None
    equal: int | None = None
    most: int | None = None


Rule = tuple[str, int | Argument]


def whatever(names: Iterable[str], action: int) -> list[Rule]:
    """The same action for several calls."""
    return [(name, action) for name in names]


@cache
def why_unavailable() -> str | None:
    """Why this machine has no filters; None where it has."""
    if sys.platform != "linux":
        return f"{sys.platform} has no seccomp; Linux has"
    if machine() is None:
        return "no filter is written for this processor; x86_64 and aarch64 have one"
    # Asked to install a filter at no address, a kernel that knows filters complains of the address.
    if _seccomp(None) != errno.EFAULT:
        return "this kernel or container allows no seccomp filters"
    return None


def install(rules: Iterable[Rule], default: int) -> None:
    """Bind this process for good.

    Raises:
        NoSeccomp: the kernel refuses.
    """
    reason = why_unavailable()
    if reason:
        raise NoSeccomp(errno.ENOSYS, reason)
    code = _program(list(rules), default)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    failed = _seccomp(program)
    if failed:
        raise NoSeccomp(failed, f"the kernel refuses the filter: {os.strerror(failed)}")


def _seccomp(program: bytes | None) -> int:
    """Install a filter in every thread of this process; the error's number, 0 where it went well."""
    libc = ctypes.CDLL(None, use_errno=True)
    call = number("seccomp", machine() or "")
    done = libc.syscall(
        call, _SET_FILTER, _ALL_THREADS, None if program is None else ctypes.c_char_p(program)
    )
    return 0 if done == 0 else ctypes.get_errno() or errno.ESRCH  # ESRCH: a thread that couldn't follow


def _program(rules: list[Rule], default: int) -> bytes:
    processor = machine() or ""
    # A call for another processor's interface has other numbers, so it would pass under a wrong name.
    steps = [(_LOAD, 0, 0, _ARCH), (_EQUAL, 1, 0, AUDIT_ARCH[processor]), (_RETURN, 0, 0, KILL)]
    steps += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, KILL)]
    for name, action in rules:
        call = number(name, processor)
        if call is None:
            continue
        body = _argument(action) if isinstance(action, Argument) else [(_RETURN, 0, 0, action)]
        steps += [(_EQUAL, 0, len(body), call), *body]
    steps.append((_RETURN, 0, 0, default))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _argument(rule: Argument) -> list[tuple[int, int, int, int]]:
    if rule.bits is not None:
        test = (_BITS, 0, 1, rule.bits)
    elif rule.equal is not None:
        test = (_EQUAL, 0, 1, rule.equal)
    else:
        test = (_ABOVE, 1, 0, rule.most or 0)
    # The lower half of the argument; both processors keep it first. What is asked for here fits into it.
    load = (_LOAD, 0, 0, _ARGUMENTS + 8 * rule.place)
    return [load, test, (_RETURN, 0, 0, rule.then), (_RETURN, 0, 0, rule.otherwise)]
