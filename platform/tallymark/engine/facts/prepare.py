"""Making one fact: its query run over the tenant's snapshots, its rows written as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

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

_PLACED_ROWS = 10_000_000
"""Rows of inputs times periods that a view is asked for at once, so that it fits in the engine's memory."""

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
    encoder = Encoder(spec, members)
    path = folder / f"{uuid7()}.fact"
    writer = Writer(path)
    try:
        for batch in _batches(spec, data, connection, periods):
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


def _batches(
    spec: Spec, data: TenantData, connection: duckdb.DuckDBPyConnection, periods: Sequence[Span]
) -> Iterator[pa.RecordBatch]:
    """The rows; of a placed group for a few periods at a time, since views make each row once for every period."""
    if spec.group.kind != "placed":
        yield from connection.sql(spec.sql).to_arrow_reader(CHUNK_ROWS)
        return
    rows = sum(pq.read_metadata(file).num_rows for name in spec.reads for file in data.files.get(name, ()))
    many = max(1, _PLACED_ROWS // max(rows, 1))
    for start in range(0, len(periods), many):
        connection.register("periods", _table(periods, slice(start, start + many)))
        yield from connection.sql(spec.sql).to_arrow_reader(CHUNK_ROWS)


def inputs_of(data: TenantData, dataset: str) -> tuple[str, ...]:
    """The files of a dataset's snapshot, by which it is told from others: files of a snapshot never change."""
    return tuple(str(file) for file in data.files.get(dataset, ()))


def _table(periods: Sequence[Span], chosen: slice) -> pa.Table:
    """Some of the periods, under their numbers among all."""
    return pa.table(
        {
            "period": pa.array(range(len(periods))[chosen], pa.int64()),
            "first": pa.array([first for first, _ in periods[chosen]], pa.int32()).cast(pa.date32()),
            "beyond": pa.array([beyond for _, beyond in periods[chosen]], pa.int32()).cast(pa.date32()),
        }
    )
