"""Making one fact: its query run over the tenant's snapshots, its rows written as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from tallymark.engine.facts.columns import Writer
from tallymark.engine.facts.contents import digested
from tallymark.engine.facts.encode import Argument, Encoder
from tallymark.engine.facts.firsts import marks
from tallymark.engine.facts.index import Fact
from tallymark.engine.facts.members import Members
from tallymark.engine.facts.select import Spec
from tallymark.engine.session import TenantData
from tallymark_tenants.ids import uuid7

CHUNK_ROWS = 1 << 20
"""Rows a chunk: so many 32-bit limbs are summed exactly in a double's 53 bits, with a bit to spare."""

Span = tuple[int, int]
"""A half-open run of days, as numbers from 1970-01-01."""


def prepare(
    spec: Spec,
    data: TenantData,
    folder: Path,
    *,
    connection: duckdb.DuckDBPyConnection,
    members: Members,
    periods: Sequence[Span] = (),
) -> Fact:
    """Write the fact's file into `folder` and describe it.

    Args:
        periods: of a placed group, the periods to place rows in.

    Raises:
        duckdb.Error: the query failed, by one of its leaves or by a file that can't be read.
    """
    if spec.group.kind == "placed":
        connection.register("periods", _table(periods))
    encoder = Encoder(spec, members)
    path = folder / f"{uuid7()}.fact"
    writer = Writer(path)
    try:
        for batch in connection.sql(spec.sql).to_arrow_reader(CHUNK_ROWS):
            for start in range(0, batch.num_rows, CHUNK_ROWS):
                writer.write(encoder.columns(batch.slice(start, CHUNK_ROWS)))
        if spec.distincts and writer.chunks:
            for name, column in marks(writer.so_far(), writer.chunks, spec.group.kind, spec.distincts):
                writer.add(name, column)
        digests = writer.beside(digested(writer.so_far(), writer.chunks, tuple(encoder.classes)))
    except BaseException:
        writer.close()
        path.unlink()
        raise
    writer.close()
    return Fact(
        group=spec.group.name,
        spec=spec.name,
        file=path.name,
        inputs={name: inputs_of(data, name) for name in spec.reads},
        dimensions=spec.dimensions,
        conditions=spec.conditions,
        arguments={name: encoder.arguments.get(name, Argument()) for name in spec.arguments},
        distincts=spec.distincts,
        periods=tuple(periods),
        classes=tuple(encoder.classes),
        chunks=tuple(writer.chunks),
        contents=digests,
        size=path.stat().st_size,
    )


def inputs_of(data: TenantData, dataset: str) -> tuple[str, ...]:
    """The files of a dataset's snapshot, by which it is told from others: files of a snapshot never change."""
    return tuple(str(file) for file in data.files.get(dataset, ()))


def _table(periods: Sequence[Span]) -> pa.Table:
    return pa.table(
        {
            "period": pa.array(range(len(periods)), pa.int64()),
            "first": pa.array([first for first, _ in periods], pa.int32()).cast(pa.date32()),
            "beyond": pa.array([beyond for _, beyond in periods], pa.int32()).cast(pa.date32()),
        }
    )
