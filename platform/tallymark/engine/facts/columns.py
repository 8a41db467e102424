"""The file of a fact: its columns as plain numbers, chunk after chunk, read by mapping them into memory.

Numbers lie as numpy has them, each column from a multiple of 64 bytes on, so opening a fact costs no reading.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

Array = np.ndarray[Any, Any]

_ALIGNED = 64


@dataclass(frozen=True)
class Place:
    """Where a column of a chunk lies in the file."""

    offset: int
    kind: str
    size: int


class Writer:
    """Writes chunks one after another into a file that isn't there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("xb")
        self.chunks: list[dict[str, Place]] = []

    def write(self, columns: Mapping[str, Array]) -> None:
        """Append a chunk: columns of one length, each of a numpy type with a fixed size."""
        self.chunks.append({name: self._put(column) for name, column in columns.items()})

    def add(self, name: str, column: Array) -> None:
        """Add a column to all chunks, given over all of them."""
        start = 0
        for chunk in self.chunks:
            size = next(iter(chunk.values())).size
            chunk[name] = self._put(column[start : start + size])
            start += size

    def beside(self, columns: Mapping[str, Array]) -> dict[str, Place]:
        """Write columns that belong to no chunk; where each lies."""
        return {name: self._put(column) for name, column in columns.items()}

    def so_far(self) -> Mapped:
        """What has been written, to be read."""
        self._file.flush()
        return Mapped(self._path)

    def _put(self, column: Array) -> Place:
        if pad := -self._file.tell() % _ALIGNED:
            self._file.write(bytes(pad))
        place = Place(self._file.tell(), column.dtype.str, len(column))
        self._file.write(np.ascontiguousarray(column).data)
        return place

    def close(self) -> None:
        """End the file."""
        self._file.close()


class Mapped:
    """A fact's file in memory; columns are views of it and can't be written."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self.size = size

    def raw(self, offset: int, size: int) -> bytes:
        """What lies there, as it is."""
        return self._bytes[offset : offset + size]

    def column(self, place: Place) -> Array:
        """The column that lies there."""
        return np.frombuffer(self._bytes, np.dtype(place.kind), place.size, place.offset)
