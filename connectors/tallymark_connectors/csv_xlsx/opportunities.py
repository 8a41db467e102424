"""What CRMs write into opportunities without meaning it, put right row by row."""

from datetime import UTC, date, datetime, timedelta, tzinfo

import pyarrow as pa
import pyarrow.compute as pc

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def normalise(values: dict[str, pa.Array], zone: tzinfo) -> None:
    """A lost deal's amount of 0 becomes empty; an open deal's close date becomes the expected one.

    A deal whose source keeps one date for its beginning was created when it was opened, and the other way round.
    `values` maps canonical columns to arrays of equal length and is changed in place; `zone` is the tenant's.
    """
    _share_beginnings(values)
    statuses = values.get("status")
    if statuses is None:
        return
    lost, is_open = (pc.fill_null(pc.equal(statuses, word), False) for word in ("lost", "open"))
    for name in ("amount", "recurring_amount"):
        if (amounts := values.get(name)) is not None:
            zero = pc.fill_null(pc.equal(amounts, pa.scalar(0, pa.int64())), False)
            values[name] = pc.if_else(pc.and_(lost, zero), None, amounts)
    if (closed := values.get("closed_at")) is None:
        return
    expected = values.get("expected_close_on", pa.nulls(len(closed), pa.date32()))
    taken = pc.and_(is_open, pc.and_(pc.is_null(expected), pc.is_valid(closed)))
    values["expected_close_on"] = pc.replace_with_mask(
        expected, taken, _local_days(closed.filter(taken), zone)
    )
    values["closed_at"] = pc.if_else(is_open, None, closed)


def _share_beginnings(values: dict[str, pa.Array]) -> None:
    beginnings = ("created_at", "opened_at")
    given = [values[name] for name in beginnings if name in values]
    if given:
        for name in beginnings:
            values[name] = pc.coalesce(values.get(name, given[0]), given[0], given[-1])


def _local_days(moments: pa.Array, zone: tzinfo) -> pa.Array:
    known = moments.cast(pa.int64()).dictionary_encode()
    days = [_local_day(microseconds, zone) for microseconds in known.dictionary.to_pylist()]
    return pa.array(days, pa.date32()).take(known.indices)


def _local_day(microseconds: int, zone: tzinfo) -> date:
    return (_UNIX + timedelta(microseconds=microseconds)).astimezone(zone).date()
