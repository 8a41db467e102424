"""What CRMs write into opportunities without meaning it, put right row by row."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


def normalise(values: dict[str, list[Any]], zone: tzinfo) -> None:
    """A lost deal's amount of 0 becomes empty; an open deal's close date becomes the expected one.

    `values` maps canonical columns to lists of equal length and is changed in place; `zone` is the tenant's.
    """
    statuses = values.get("status")
    if statuses is None:
        return
    for name in ("amount", "recurring_amount"):
        if (amounts := values.get(name)) is not None:
            values[name] = [
                None if s == "lost" and a is not None and a == 0 else a
                for s, a in zip(statuses, amounts, strict=True)
            ]
    if (closed := values.get("closed_at")) is None:
        return
    expected = values.get("expected_close_on") or [None] * len(statuses)
    values["expected_close_on"] = [
        _local_day(c, zone) if s == "open" and e is None and c is not None else e
        for s, c, e in zip(statuses, closed, expected, strict=True)
    ]
    values["closed_at"] = [None if s == "open" else c for s, c in zip(statuses, closed, strict=True)]


def _local_day(microseconds: int, zone: tzinfo) -> date:
    return (_UNIX + timedelta(microseconds=microseconds)).astimezone(zone).date()
