"""Stage history that a source keeps as points in time, turned into spans."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa

from tallymark_connectors.csv_xlsx.parsed import ParsedBatch
from tallymark_connectors.csv_xlsx.records import Rejected


def close_spans(parsed: Iterable[ParsedBatch], rows: int) -> Iterator[ParsedBatch]:
    """Each point ends where the next of its opportunity begins, and tells the stage it came from.

    A point that stays in its stage (only the amount was changed, say) makes no span of its own. The whole table
    is held in memory; it comes back in batches of up to `rows`.
    """
    batches: list[pa.RecordBatch] = []
    rejected: list[Rejected] = []
    rows_in = 0
    for one in parsed:
        batches.append(one.batch)
        rejected += one.rejected
        rows_in += one.rows_in
    if not batches:
        return
    table = _spans(pa.Table.from_batches(batches)).combine_chunks()
    made = table.to_batches(max_chunksize=rows) or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    yield ParsedBatch(batch=made[0], rejected=tuple(rejected), rows_in=rows_in)
    for batch in made[1:]:
        yield ParsedBatch(batch=batch, rejected=(), rows_in=0)


def _spans(table: pa.Table) -> pa.Table:
    deals = table["opportunity_id"].to_pylist()
    stages = table["stage_id"].to_pylist()
    entered = table["entered_at"].cast(pa.int64()).to_pylist()
    left = table["left_at"].cast(pa.int64()).to_pylist()
    came_from = table["from_stage_id"].to_pylist()
    kept: list[int] = []
    order = _in_time(deals, entered)
    previous: int | None = None
    for row in order:
        if previous is not None and deals[row] == deals[previous]:
            if stages[row] == stages[previous]:
                continue
            left[previous] = entered[row] if left[previous] is None else left[previous]
            came_from[row] = stages[previous] if came_from[row] is None else came_from[row]
        kept.append(row)
        previous = row
    # Rows that can't be put in order are kept as they are.
    kept += [row for row in range(len(deals)) if deals[row] is None or entered[row] is None]
    return _rebuilt(table, left, came_from, sorted(kept))


def _rebuilt(table: pa.Table, left: list[Any], came_from: list[Any], kept: list[int]) -> pa.Table:
    for name, values, raw in (("left_at", left, pa.int64()), ("from_stage_id", came_from, pa.string())):
        index = table.schema.get_field_index(name)
        field = table.schema.field(index)
        table = table.set_column(index, field, pa.array(values, raw).cast(field.type))
    return table.take(pa.array(kept, pa.int64()))


def _in_time(deals: list[str | None], entered: list[int | None]) -> list[int]:
    """Rows by opportunity and time; ties in the file's own direction, which may be newest first."""
    times = [time for time in entered if time is not None]
    falling = sum(a > b for a, b in pairwise(times)) > sum(a < b for a, b in pairwise(times))
    rows = [row for row in range(len(deals)) if deals[row] is not None and entered[row] is not None]
    return sorted(rows, key=lambda row: (deals[row], entered[row], -row if falling else row))
