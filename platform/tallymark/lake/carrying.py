"""Columns that a snapshot holds and the model no longer names, such as those of a pack that was removed.

They are carried along row by row, so that they are there again when the pack is.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from tallymark.lake.overlay import REPLACES
from tallymark.lake.parquet import head
from tallymark.lake.values import LakeError
from tallymark_sdk.model import Column, Dataset, Kind, ModelError

_WHOLE = {
    pa.string(): Kind.TEXT,
    pa.bool_(): Kind.FLAG,
    pa.date32(): Kind.DATE,
    pa.int64(): Kind.INTEGER,
    pa.timestamp("us", tz="UTC"): Kind.TIMESTAMP,
    pa.decimal128(18, 4): Kind.MONEY,
    pa.decimal128(18, 6): Kind.DECIMAL,
}


def widened(dataset: Dataset, files: Sequence[Path]) -> Dataset:
    """The dataset with the columns that its stored files hold beside the model's.

    Raises LakeError where a stored column is of another type than the model's, or of none that the model has.
    """
    found: dict[str, pa.DataType] = {}
    for file in files:
        for field in head(file).schema.to_arrow_schema():
            if field.name == REPLACES:
                continue
            _same_type(dataset, field)
            found[field.name] = field.type
    known = set(dataset.stored_schema.names)
    unknown = {name: kind for name, kind in found.items() if name not in known}
    if not unknown:
        return dataset
    made = _derived(unknown)
    try:
        columns = [_column(name, kind) for name, kind in unknown.items() if name not in made]
        wide = replace(dataset, columns=(*dataset.columns, *columns))
    except (KeyError, ModelError) as error:
        raise LakeError(
            f"The stored {dataset.name} have the columns {', '.join(sorted(unknown))}, which this version does not "
            "know; install the version or the pack that wrote them, so that they are not lost."
        ) from error
    return wide


def carried(dataset: Dataset, wide: Dataset) -> tuple[str, ...]:
    """The columns of `wide` that no import into `dataset` can fill."""
    known = set(dataset.import_schema.names)
    return tuple(name for name in wide.import_schema.names if name not in known)


def _derived(unknown: dict[str, pa.DataType]) -> set[str]:
    """Those that the load makes from others."""
    days = {name.removesuffix("_at") + "_on" for name in unknown if name.endswith("_at")}
    base = {f"{name}_base" for name, kind in unknown.items() if _WHOLE.get(kind) is Kind.MONEY}
    return days | base | ({"currency"} if base else set())


def _column(name: str, kind: pa.DataType) -> Column:
    text = "A column that the model does not name any more."
    if kind not in _WHOLE and pa.types.is_decimal128(kind):
        return Column(name=name, kind=Kind.DECIMAL, description=text, places=kind.scale)
    return Column(name=name, kind=_WHOLE[kind], description=text)


def _same_type(dataset: Dataset, field: pa.Field) -> None:
    place = dataset.stored_schema.get_field_index(field.name)
    if place >= 0 and (wanted := dataset.stored_schema.field(place).type) != field.type:
        raise LakeError(
            f"The stored {dataset.name} hold {field.name} as {field.type}, and the model now says {wanted}; "
            "install the version of the pack that wrote it, or give the changed column another name."
        )
