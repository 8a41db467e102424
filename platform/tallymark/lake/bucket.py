"""The object store behind a lake: putting, getting, listing and removing whole files.

Region, endpoint and credentials come from the usual `AWS_…` variables or the machine's role; the store reads them
itself, so that no setting of ours holds a secret.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from tallymark.lake.values import LakeError, Stored
from tallymark_tenants.ids import uuid7

_CONNECT = timedelta(seconds=5)
_WHOLE = timedelta(minutes=30)  # one request, with a file of any size
_RETRIED = timedelta(seconds=30)
_FIRST_USED: dict[str, int] = {}  # the process with the threads that do the talking: a fork hasn't them
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


class Bucket:
    """The objects under `s3://bucket/prefix`. Every error is a LakeError with what to do."""

    def __init__(self, url: str) -> None:
        """Opens nothing yet. `url` has been checked by the settings."""
        self.url = url
        name, _, prefix = url.removeprefix("s3://").partition("/")
        endpoint = next((found for each in _ENDPOINTS if (found := os.environ.get(each))), None)
        self._store = S3Store(
            name,
            prefix=prefix.strip("/") or None,
            client_options={
                "allow_http": bool(endpoint and endpoint.startswith("http://")),
                "connect_timeout": _CONNECT,
                "timeout": _WHOLE,
            },
            retry_config={"max_retries": 4, "retry_timeout": _RETRIED},
            config={"endpoint": endpoint} if endpoint else None,
        )

    @classmethod
    def at(cls, url: str) -> "Bucket":
        """The bucket of that address; one object a process, since it keeps connections."""
        return _bucket(url, os.getpid())

    def put(self, file: Path, key: str) -> Stored:
        """Upload a file."""
        with self._told("written"):
            result = obstore.put(self._store, key, file)
            return Stored(size=file.stat().st_size, tag=result["e_tag"] or "")

    def get(self, key: str, target: Path, expected: Stored | None) -> None:
        """Download an object into a new file, brought to the disk; raises LakeError where it isn't the one expected."""
        with self._told("read"):
            found = obstore.get(self._store, key)
            with target.open("xb") as file:
                size = sum(file.write(part) for part in found.stream(min_chunk_size=4 * 2**20))
                file.flush()
                os.fsync(file.fileno())
            tag = found.meta["e_tag"] or ""
        if size != found.meta["size"] or (
            expected and (size != expected.size or expected.tag not in ("", tag))
        ):
            raise LakeError(
                f"The object {key} in {self.url} is not the one that was stored there; restore it from a backup, "
                "or import the rows again."
            )

    def under(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """The keys under a folder, with when each was put."""
        with self._told("read"):
            for found in obstore.list(self._store, prefix):
                yield from ((each["path"], each["last_modified"]) for each in found)

    def remove(self, keys: Sequence[str]) -> None:
        """Remove objects; one that isn't there is no error."""
        if keys:
            with self._told("written"):
                obstore.delete(self._store, list(keys))

    def try_out(self) -> None:
        """Write, read and remove a small object; raises LakeError where one of these does not work."""
        key, content = f"try-{uuid7()}", b"tallymark"
        with self._told("used"):
            obstore.put(self._store, key, content)
            found = bytes(obstore.get(self._store, key).bytes())
            obstore.delete(self._store, key)
        if found != content:
            raise LakeError(f"{self.url} gives back something else than was stored there.")

    @contextmanager
    def _told(self, done: str) -> Iterator[None]:
        if _FIRST_USED.setdefault("process", os.getpid()) != os.getpid():
            raise LakeError(
                "The object store was used before this process was forked, and would not answer here; "
                "start the process anew, and use the store in forks only."
            )
        try:
            yield
        except FileNotFoundError as error:
            raise LakeError(
                f"{self.url} lacks something that is looked for there ({_first_line(error)}); check TALLYMARK_LAKE, "
                "or restore the bucket."
            ) from error
        except (BaseError, PermissionError) as error:
            raise LakeError(
                f"{self.url} can't be {done} ({_first_line(error)}); check TALLYMARK_LAKE, the AWS_… variables and "
                "the network, then try again."
            ) from error


@lru_cache(maxsize=4)
def _bucket(url: str, process: int) -> Bucket:  # noqa: ARG001  connections do not survive a fork
    return Bucket(url)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].strip().rstrip(".")
