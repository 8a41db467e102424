"""Which packs were tried and survived before, and are unchanged since: they needn't be tried at every start."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import EntryPoint, version
from pathlib import Path

_MOST_FILES = 2000
_MOST_REMEMBERED = 500


def fingerprint(point: EntryPoint) -> str | None:
    """What tells one state of a pack from another: its version, ours, and its files. None where that can't be told."""
    if point.dist is None:
        return None
    found = hashlib.sha256()
    stated = (point.dist.name, point.dist.version, point.name, point.value)
    for each in (*stated, platform.python_version(), version("tallymark-sdk")):
        found.update(f"{each}\0".encode())
    with suppress(Exception):  # what can't be found or read can't be told, and is tried again
        files = _files(point.module.partition(".")[0])
        if len(files) > _MOST_FILES:
            return None
        for path in files:
            state = path.stat()
            found.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
        return found.hexdigest()
    return None


def survivors() -> frozenset[str]:
    """The fingerprints of packs that a process survived loading."""
    with suppress(OSError, RuntimeError, ValueError):
        return frozenset(_file().read_text("ascii").split())
    return frozenset()


def remember(fingerprints: Iterable[str]) -> None:
    """Add to them. Where nothing can be kept, packs are simply tried at each start."""
    known = dict.fromkeys((*fingerprints, *sorted(survivors())))
    with suppress(OSError, RuntimeError):
        file = _file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "w", encoding="ascii") as new:
            new.write("\n".join(list(known)[:_MOST_REMEMBERED]))
        Path(name).replace(file)


def _files(package: str) -> list[Path]:
    """The sources of a top-level package or module, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(package)
    if spec.submodule_search_locations:
        return sorted(
            path for folder in spec.submodule_search_locations for path in Path(folder).rglob("*.py")
        )
    return [Path(str(spec.origin))]


def _file() -> Path:
    """In the user's own cache: whoever can write there can already run programs as that user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tallymark" / "tried-packs"
