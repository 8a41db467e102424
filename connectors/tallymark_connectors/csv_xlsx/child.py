"""What the converting children share: limits on themselves, and one line of JSON as their answer."""

import csv
import errno
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

_CPU_SECONDS = 120
_MEMORY = 2 << 30
_MOST_OUTPUT = 1 << 30


class Refused(Exception):
    """The file can't be converted; the text says what to do."""


def run(job: Callable[[Path, Path, str | None], dict[str, object]], hint: str) -> int:
    """Limit this process, run the job on the arguments given and print its answer; returns the exit code."""
    source, target, sheet = sys.argv[1:4]
    _limit()
    try:
        answer = job(Path(source), Path(target), sheet or None)
    except Refused as refused:
        answer = {"error": str(refused)}
    except MemoryError:
        answer = {"error": "The file needs more memory than is allowed; export the table as CSV instead."}
    except Exception as error:  # noqa: BLE001 - whatever a parser raises on a bad file is the same to who sent it
        too_large = isinstance(error, OSError) and error.errno == errno.EFBIG
        answer = {"error": "The table is too large to read; send it in several files." if too_large else hint}
    print(json.dumps(answer))
    return 0


def _limit() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for kind, value in (
        (resource.RLIMIT_AS, used + _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, _MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    csv.field_size_limit(1 << 20)
