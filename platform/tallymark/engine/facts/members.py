"""Members as small integers: one numbering per breakdown, for all facts of a tenant.

Numbers are given in the order in which members are first seen and never change, so that facts written at different
times agree. The texts lie in one Arrow file a breakdown.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import feather

from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.digest import named


class Members:
    """The numbering of one tenant. `folder` is where it is kept; None keeps it in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._texts: dict[str, pa.Array] = {}
        self._changed: set[str] = set()

    def encode(self, dimension: str, texts: pa.Array) -> Array:
        """The numbers of members, int32; those not seen before get the next ones. Nulls are not members: -1."""
        found = texts.dictionary_encode()
        if isinstance(found, pa.ChunkedArray):
            found = found.combine_chunks()
        known = self.texts(dimension)
        places = pc.index_in(found.dictionary, value_set=known)
        if places.null_count:
            new = found.dictionary.filter(places.is_null())
            known = pa.concat_arrays([known, new])
            self._texts[dimension] = known
            self._changed.add(dimension)
            places = pc.index_in(found.dictionary, value_set=known)
        numbers = np.append(places.to_numpy(zero_copy_only=False).astype(np.int32), np.int32(-1))
        return numbers[found.indices.fill_null(-1).to_numpy(zero_copy_only=False)]

    def texts(self, dimension: str) -> pa.Array:
        """The members by their numbers."""
        if dimension not in self._texts:
            path = self._path(dimension)
            if path is not None and path.exists():
                self._texts[dimension] = feather.read_table(path).column("member").combine_chunks()
            else:
                self._texts[dimension] = pa.array([], pa.string())
        return self._texts[dimension]

    def sizes(self) -> dict[str, int]:
        """Breakdown → how many members it has, of those looked at."""
        return {dimension: len(texts) for dimension, texts in self._texts.items()}

    def save(self) -> None:
        """Write what is new; a reader sees the old or the new file, never a part of one."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for dimension in sorted(self._changed):
            path = self._path(dimension)
            assert path is not None  # noqa: S101  there is a folder
            unfinished = path.with_suffix(f".{os.getpid()}.part")
            feather.write_feather(pa.table({"member": self._texts[dimension]}), unfinished, compression="lz4")
            unfinished.replace(path)
        self._changed.clear()

    def _path(self, dimension: str) -> Path | None:
        # A breakdown's name may hold any letter, so the file is named after its digest.
        return None if self._folder is None else self._folder / f"{named(dimension)}.arrow"
