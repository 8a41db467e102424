"""Passing a batch's texts to a column's evidence, but only those that could still prove something."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tallymark_connectors.csv_xlsx.cells import Cells
from tallymark_connectors.csv_xlsx.evidence import DateEvidence, NumberEvidence
from tallymark_connectors.csv_xlsx.text import is_nothing

_CLOCK = r"^(?:\d{4}-\d\d-\d\d[T ]\d\d:|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} )"
_MANY = 1_000
_MARKED = r"[.,]|[^ -~]"
# What a column of this decimal mark usually holds: it proves the mark, or is open, like others before it.
_USUAL = {
    ".": r"^-?\$?\d{1,3}(?:,\d{3})*(?:\.\d+)?$|^-?\d+\.\d+$",
    ",": r"^-?\d{1,3}(?:\.\d{3})*(?:,\d+)?$|^-?\d+,\d+$",
}

Lines = npt.NDArray[np.int64]


def watch_dates(evidence: DateEvidence, cells: Cells, lines: Lines) -> None:
    """Take a batch into account: times of one day prove no more than the day."""
    places = np.arange(len(cells.arrow))
    if len(places) > _MANY and all(pc.match_substring_regex(cells.arrow, _CLOCK).to_pylist()):
        days = pc.replace_substring_regex(cells.arrow, "[T ].*$", "").dictionary_encode()
        places = Cells.of_arrow(days).first_rows()
    for text, line in _texts(cells, lines, places):
        evidence.add(text.strip(), line)


def watch_numbers(evidence: NumberEvidence, cells: Cells, lines: Lines) -> None:
    """Take a batch into account: numbers without a mark prove nothing."""
    wanted = _none_is_true(pc.match_substring_regex(cells.arrow, _MARKED))
    if len(evidence.proofs) == 1 and evidence.open_value is not None:
        (mark,) = evidence.proofs
        usual = pc.match_substring_regex(cells.arrow, _USUAL[mark])
        wanted &= ~np.asarray(pc.fill_null(usual, False).to_numpy(zero_copy_only=False), np.bool_)
    elif evidence.proofs.keys() == {"."}:
        wanted &= _none_is_true(pc.match_substring_regex(cells.arrow, r"[,]|[^ -~]"))
    for text, line in _texts(cells, lines, np.flatnonzero(wanted)):
        evidence.add(text, line)


def _none_is_true(mask: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(mask, True).to_numpy(zero_copy_only=False), np.bool_)


def _texts(cells: Cells, lines: Lines, places: npt.NDArray[np.int64]) -> Iterator[tuple[str, int]]:
    """The texts at these places that stand for something, with the lines they first stand on."""
    if not len(places) or not len(cells):
        return
    firsts = lines[cells.first_rows()[places]].tolist()
    for text, line in zip(cells.some(places), firsts, strict=True):
        if not is_nothing(text, typed=True):
            yield text, line
