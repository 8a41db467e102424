"""The local side of a lake in a bucket: files are fetched once, checked, and never change.

A file has the same place under the cache's folder as its object has under the bucket's prefix. It appears there whole,
by a rename. When the cache has become larger than it may, the files that were used longest ago go, but none that a
process holds, and none that was used a moment ago.
"""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tallymark.lake.bucket import Bucket
from tallymark.lake.keys import KEYS
from tallymark.lake.leases import LEASES, remove_unless_held
from tallymark.lake.staging import FOLDER, staging
from tallymark.lake.values import LakeError, Snapshot, Stored

_AT_ONCE = 4  # downloads
_JUST_USED = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Cache:
    """The files under `root`, of at most `limit` bytes where that can be kept."""

    root: Path
    bucket: Bucket
    limit: int

    def hold(self, snapshots: Iterable[Snapshot], *, keys: bool = False) -> None:
        """Make the files of these snapshots be there, and stay while they are used; with `keys`, key files too."""
        wanted = [
            (file, snapshot.stored.get(file))
            for snapshot in snapshots
            for file in _files(snapshot, keys=keys)
        ]
        lacking = [each for each in wanted if not LEASES.take(each[0], each[1].size if each[1] else None)]
        if not lacking:
            return
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for done in [pool.submit(self._fetch, file, stored) for file, stored in lacking]:
                done.result()
        self.evict()

    def upload(self, files: Sequence[Path], folder: Path) -> dict[Path, Stored]:
        """Put finished files where they will be in `folder`; nothing refers to them yet."""
        return {folder / file.name: self.bucket.put(file, self._key(folder / file.name)) for file in files}

    def evict(self) -> int:
        """Remove what was used longest ago until the cache is within its limit; returns how many files went."""
        found = sorted(self._cached())
        total, removed = sum(size for _, size, _ in found), 0
        newest = time.time() - _JUST_USED.total_seconds()
        for used, size, file in found:
            if total <= self.limit or used > newest:
                break
            if remove_unless_held(file):
                total, removed = total - size, removed + 1
                with suppress(OSError):  # not empty: another file of the snapshot is still there
                    file.parent.rmdir()
        return removed

    def _fetch(self, file: Path, stored: Stored | None) -> None:
        key = self._key(file)
        with staging(self.root, UUID(key.partition("/")[0])) as folder:
            arrived = folder / file.name
            try:
                self.bucket.get(key, arrived, stored)
            except LakeError:
                if file.name == KEYS:
                    return  # it only saves time
                raise
            arrived.chmod(0o440)
            while True:
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
                with suppress(FileNotFoundError):  # an eviction removed the empty folder in between
                    arrived.replace(file)
                    break
        LEASES.take(file, None)

    def _key(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    def _cached(self) -> Iterable[tuple[float, int, Path]]:
        for file in self.root.glob("*/*/*/*"):
            if FOLDER in file.parts:
                continue
            with suppress(FileNotFoundError):
                found = file.stat()
                yield found.st_mtime, found.st_size, file


def _files(snapshot: Snapshot, *, keys: bool) -> list[Path]:
    beside = [file.with_name(KEYS) for file in snapshot.files] if keys else []
    return [*snapshot.files, *(file for file in beside if file in snapshot.stored)]
