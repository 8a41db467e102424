"""Reading the plain texts of a column all at once; what isn't plain is left to the reader of single values.

Each vector reader gives exactly what the column's reader in `values` would, only faster.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.text import NOTHING
from tallymark_connectors.csv_xlsx.values import LONGEST, Reader, Reading
from tallymark_sdk.model import Kind

_SPACE = " \t\n\v\f\r\x1c\x1d\x1e\x1f"  # what str.strip takes of ASCII
_NOTHING = pa.array(sorted(NOTHING), pa.string())
_NUMBERS = {
    None: r"^-?\d{1,12}$",
    ".": r"^-?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,9})?$",
    ",": r"^-?(?:\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})(?:,\d{1,9})?$",
}
_CLOCKED = (
    r"^(?P<before>[^:+]{6,40}\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r"(?P<after>\s?[AaPp][Mm]|Z|[+-]\d\d:?\d\d)?$"
)
_HOURS = 300_000


class Vector(NamedTuple):
    """Values (timestamps as microseconds) and which of them count; the others must be read one by one."""

    values: pa.Array
    read: npt.NDArray[np.bool_]


VectorReader = Callable[[pa.StringArray], Vector]


def vector_reader_for(reading: Reading, single: Reader) -> VectorReader | None:
    """The vector reader of the column; None where its values need looking at one by one."""
    rule = reading.rule
    if rule.values or rule.default is not None or reading.empty:
        return None
    match reading.column.kind:
        case Kind.ID | Kind.TEXT:
            return _text(LONGEST[reading.column.kind])
        case Kind.TIMESTAMP:
            return _timestamp(single)
        case Kind.MONEY | Kind.DECIMAL if rule.scale is None and reading.tax_rate is None:
            return _number(reading)
        case _:
            return None


def plain_text(texts: pa.StringArray) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Texts as `tidy` leaves them, null where a cell stands for nothing; and which are ASCII without NUL."""
    stripped = pc.ascii_trim(texts, characters=_SPACE)
    nothing = pc.is_in(pc.ascii_lower(stripped), value_set=_NOTHING)
    plain = pc.and_(pc.string_is_ascii(texts), pc.invert(pc.match_substring(texts, "\0")))
    return pc.if_else(nothing, None, stripped), marks(plain)


def marks(mask: pa.Array) -> npt.NDArray[np.bool_]:
    """A mask for numpy; null is false."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), np.bool_)


def _text(longest: int) -> VectorReader:
    def read(texts: pa.StringArray) -> Vector:
        values, plain = plain_text(texts)
        return Vector(values, plain & marks(pc.less_equal(pc.binary_length(texts), longest)))

    return read


def _number(reading: Reading) -> VectorReader:
    column, mark = reading.column, reading.rule.decimal
    places, is_fraction = column.decimal_places or 0, (column.unit or "").startswith("fraction")

    def read(texts: pa.StringArray) -> Vector:
        plain = pc.match_substring_regex(texts, _NUMBERS[mark])
        digits = pc.if_else(plain, texts, None)
        if mark is not None:
            digits = pc.replace_substring(digits, "," if mark == "." else ".", "")
            digits = pc.replace_substring(digits, mark, ".")
        exact = pc.cast(digits, pa.decimal128(28, 9))
        values = pc.cast(pc.round(exact, ndigits=places, round_mode="half_to_even"), column.arrow_type)
        if is_fraction:
            plain = pc.and_(plain, pc.and_(pc.greater_equal(exact, 0), pc.less_equal(exact, 1)))
        return Vector(values, marks(plain))

    return read


def _timestamp(single: Reader) -> VectorReader:
    """A million times of day fall into far fewer hours: each hour is read once, minutes are added.

    No zone changes its offset within an hour, so that sum is the same.
    """
    hours: dict[str, int | None] = {}

    def hour(text: str) -> int | None:
        try:
            return single(text)
        except BadValue:
            return None

    def read(texts: pa.StringArray) -> Vector:
        parts = pc.extract_regex(texts, _CLOCKED)
        before, minute, second, after = (pc.struct_field(parts, i) for i in range(4))
        keys = pc.binary_join_element_wise(before, after, ":00").dictionary_encode()
        distinct = keys.dictionary.to_pylist()
        if len(hours) > _HOURS:
            hours.clear()
        for text in distinct:
            if text not in hours:
                hours[text] = hour(text)
        starts = pa.array([hours[text] for text in distinct], pa.int64()).take(keys.indices)
        seconds = pc.add(pc.multiply(_whole(minute), 60), _whole(second))
        values = pc.add(starts, pc.multiply(seconds, 1_000_000))
        return Vector(values, marks(pc.is_valid(values)))

    return read


def _whole(digits: pa.StringArray) -> pa.Array:
    return pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64())
