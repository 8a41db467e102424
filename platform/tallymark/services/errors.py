"""What can go wrong when a service starts, in one sentence each."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED_SPACE = 300 * 1024 * 1024  # bytes: a fresh cluster, its log, and room for a first import


class ServiceError(RuntimeError):
    """A service could not be started or reached; the message says what to do."""


def check_space(directory: Path) -> None:
    """Raise `ServiceError` if the disk of `directory` has too little room to start a service."""
    free = shutil.disk_usage(directory).free
    if free < NEEDED_SPACE:
        raise ServiceError(
            f"The disk of {directory} is full ({free // 2**20} MB free, {NEEDED_SPACE // 2**20} MB needed): "
            "free some space or point TALLYMARK_DATA at another disk."
        )


def tail(log: Path, lines: int = 3) -> str:
    """The last lines of a log on one line, for an error message."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "no log was written"
    return (
        " / ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip()) or "its log is empty"
    )


@contextmanager
def explained(directory: Path) -> Iterator[None]:
    """Turn an operating system error about `directory` into a `ServiceError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            check = "The disk is full: free some space or point TALLYMARK_DATA at another disk."
            raise ServiceError(check) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            user = os.geteuid()
            raise ServiceError(
                f"User {user} may not write to {error.filename or directory}: change its owner or point "
                "TALLYMARK_DATA elsewhere."
            ) from error
        if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
            raise ServiceError(
                f"{directory} can't be a folder ({error.strerror}): point TALLYMARK_DATA elsewhere."
            ) from error
        raise
