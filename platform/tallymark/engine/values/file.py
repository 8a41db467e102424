"""The file of a tenant's kept values: records one after another, read by mapping them into memory."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tallymark.engine.facts.columns import Mapped, Place
from tallymark.engine.kernels.axis import Block
from tallymark.engine.values.record import Record

log = logging.getLogger(__name__)

_HEAD = struct.Struct("<8sQQ")
"""A mark, and how long the record's description and its arrays are."""
_MARK, _END = b"values 1", b"complete"
_ALIGNED = 8


class Values:
    """Reads and writes the file in a folder. What a process that was killed wrote in part is not read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "kept.values"

    @property
    def size(self) -> int:
        """In bytes; 0 where nothing is kept."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def records(self) -> list[Record]:
        """All that is kept, the oldest first; a file that can't be read holds nothing."""
        try:
            mapped = Mapped(self._path)
        except OSError:
            return []
        return [record for record, _ in _walk(mapped)]

    def append(self, records: Sequence[Record]) -> None:
        """Keep these as well."""
        with self._locked():
            sound = 0
            try:
                mapped = Mapped(self._path)
                sound = max((end for _, end in _walk(mapped)), default=0)
            except OSError:
                pass
            with self._path.open("r+b" if self._path.exists() else "xb") as file:
                file.truncate(sound)
                file.seek(sound)
                for record in records:
                    file.writelines(_written(record))

    def replace(self, records: Iterable[Record]) -> None:
        """Keep these instead of all that was kept; a reader sees the old or the new ones."""
        with self._locked():
            unfinished = self._path.with_suffix(f".{os.getpid()}.part")
            with unfinished.open("wb") as file:
                for record in records:
                    file.writelines(_written(record))
            unfinished.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "values.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _walk(mapped: Mapped) -> Iterator[tuple[Record, int]]:
    """Every whole record, with the offset where it ends."""
    start = 0
    while start + _HEAD.size <= mapped.size:
        mark, told, arrays = _HEAD.unpack(mapped.raw(start, _HEAD.size))
        first = start + _HEAD.size + told
        end = first + arrays + len(_END)
        if mark != _MARK or end > mapped.size or mapped.raw(end - len(_END), len(_END)) != _END:
            return
        given = json.loads(mapped.raw(start + _HEAD.size, told))
        yield _record(given, mapped, first), end
        start = end


def _record(given: dict[str, Any], mapped: Mapped, first: int) -> Record:
    counts, values, flags = (
        {name: frozenset(dimensions) for name, dimensions in given[kind]}
        for kind in ("counts", "values", "flags")
    )
    arrays = {
        name: mapped.column(Place(first + offset, kind, int(np.prod(shape)))).reshape(shape)
        for name, (offset, kind, shape) in given["arrays"].items()
    }
    blocks = tuple(Block(*block) for block in given["blocks"])
    return Record(
        of=given["of"], blocks=blocks, counts=counts, values=values, flags=flags,
        divisors=tuple(given["divisors"]), arrays=arrays,
    )  # fmt: skip


def _written(record: Record) -> Iterator[bytes]:
    offset, places, parts = 0, {}, []
    for name, array in record.arrays.items():
        places[name] = [offset, array.dtype.str, array.shape]
        parts.append(np.ascontiguousarray(array).tobytes())
        parts.append(bytes(-len(parts[-1]) % _ALIGNED))
        offset += len(parts[-2]) + len(parts[-1])
    told = {
        "of": record.of,
        "blocks": [[block.dimension, block.offset, block.size, block.first] for block in record.blocks],
        **{
            kind: [[name, sorted(dimensions)] for name, dimensions in lines.items()]
            for kind, lines in (("counts", record.counts), ("values", record.values), ("flags", record.flags))
        },
        "divisors": record.divisors,
        "arrays": places,
    }
    description = json.dumps(told).encode()
    description += b" " * (-(len(description) + _HEAD.size) % _ALIGNED)
    yield _HEAD.pack(_MARK, len(description), offset)
    yield description
    yield from parts
    yield _END
