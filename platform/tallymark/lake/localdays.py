"""Local dates of UTC moments in an IANA time zone, exact for every zone and every moment.

The offsets come from `zoneinfo`, which the importers also use to place a plain date at local midnight: with one
source of zone rules a date always comes back as itself. DuckDB's own tables are of another release and disagree.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_DAY_US = _DAY_S * 1_000_000


def local_days(moments: pa.Array, zone: str) -> pa.Array:
    """The date32 of each timestamp[us, UTC] on the calendar of `zone`; null where the moment is null."""
    micros = moments.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    starts, offsets = _offsets(zone, micros)
    local = micros + offsets[np.searchsorted(starts, micros, side="right") - 1]
    days = np.floor_divide(local, _DAY_US).astype(np.int32)
    missing = moments.is_null().to_numpy(zero_copy_only=False)
    return pa.array(days, mask=missing, type=pa.int32()).cast(pa.date32())


def local_day(moment: datetime, zone: str) -> int:
    """Days since 1970-01-01 of one moment's local date."""
    return (moment.astimezone(ZoneInfo(zone)).date() - _EPOCH.date()).days


def _offsets(zone: str, micros: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    years = micros.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
    spans = [span for year in np.unique(np.clip(years, 1, 9999)) for span in _year(zone, int(year))]
    if not spans:
        spans = [(0, 0)]
    starts, offsets = zip(*spans, strict=True)
    first = np.iinfo(np.int64).min  # moments before the first span take its offset
    return np.array((first, *starts[1:]), dtype=np.int64), np.array(offsets, dtype=np.int64)


@lru_cache(maxsize=4096)
def _year(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """The spans of constant offset in a UTC year: (first microsecond, offset in microseconds)."""
    rules = ZoneInfo(zone)
    start = (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)
    days = 366 if year % 4 == 0 else 365
    spans = [(start, _offset_s(rules, start))]
    for day in range(1, days + 1):
        at = start + day * _DAY_S
        if (offset := _offset_s(rules, at)) != spans[-1][1]:
            spans.append((_change(rules, at - _DAY_S, at), offset))
    return tuple((second * 1_000_000, offset * 1_000_000) for second, offset in spans)


def _change(rules: ZoneInfo, before: int, after: int) -> int:
    """The first second in (before, after] that has the offset of `after`."""
    wanted = _offset_s(rules, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(rules, middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _offset_s(rules: ZoneInfo, second: int) -> int:
    try:
        local = (_EPOCH + timedelta(seconds=second)).astimezone(rules)
    except OverflowError:  # the last local day of the year 9999 or the first of the year 1
        return 0
    offset = local.utcoffset()
    return 0 if offset is None else offset // timedelta(seconds=1)
