"""A column of a batch: its distinct texts once, and for each row which of them it holds."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int32]


class Cells:
    """Texts of a column, in which repetitions cost next to nothing.

    `codes[row]` is the place of the row's text in `distinct`, whose order is that of first appearance. `arrow`
    holds the same texts, with null for those whose bytes don't fit the file's encoding.
    """

    def __init__(self, codes: Codes, arrow: pa.StringArray, broken: dict[int, str] | None = None) -> None:
        self.codes = codes
        self.arrow = arrow
        self._broken = broken or {}

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> "Cells":
        """From one text a row, which may hold the marks of bytes that don't fit."""
        try:
            return cls.of_arrow(pa.array(texts, pa.string()))
        except UnicodeEncodeError:
            places: dict[str, int] = {}
            codes = np.fromiter((places.setdefault(t, len(places)) for t in texts), np.int32, len(texts))
        broken = {place: text for text, place in places.items() if not _fits(text)}
        distinct = [None if place in broken else text for text, place in places.items()]
        return cls(codes, pa.array(distinct, pa.string()), broken)

    @classmethod
    def of_arrow(cls, array: pa.Array) -> "Cells":
        """From an array of texts, dictionary-encoded or plain, without nulls."""
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        return cls(array.indices.to_numpy(), array.dictionary)

    @classmethod
    def constant(cls, text: str, rows: int) -> "Cells":
        """The same text in every row."""
        return cls(np.zeros(rows, np.int32), pa.array([text], pa.string()))

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def distinct(self) -> list[str]:
        """The distinct texts, first appearance first."""
        found: list[str] = self.arrow.to_pylist()
        for place, text in self._broken.items():
            found[place] = text
        return found

    def texts(self) -> list[str]:
        """One text a row."""
        distinct = self.distinct
        return [distinct[code] for code in self.codes.tolist()]

    def some(self, places: npt.NDArray[np.int64]) -> list[str]:
        """The distinct texts at these places."""
        if len(places) == len(self.arrow):
            return self.distinct
        found: list[str] = self.arrow.take(pa.array(places)).to_pylist()
        if self._broken:
            found = [
                self._broken.get(place, text) for place, text in zip(places.tolist(), found, strict=True)
            ]
        return found

    def first_rows(self) -> npt.NDArray[np.int64]:
        """For each distinct text the first row that holds it."""
        first = np.zeros(len(self.arrow), np.int64)
        first[self.codes[::-1]] = np.arange(len(self.codes) - 1, -1, -1)
        return first

    def cut(self, start: int, stop: int) -> "Cells":
        """The rows from `start` to before `stop`."""
        if self._broken:
            return Cells.of_texts(self.texts()[start:stop])
        return Cells.of_arrow(self.arrow.take(pa.array(self.codes[start:stop])))

    def kept(self, rows: npt.NDArray[np.bool_]) -> "Cells":
        """Only the rows that are marked; `distinct` may then hold texts of none."""
        return Cells(self.codes[rows], self.arrow, self._broken)


def _fits(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
