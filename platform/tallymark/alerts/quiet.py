"""Quiet hours: when something that is found may leave."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def may_leave(found: datetime, quiet_from: str | None, quiet_until: str | None, zone: ZoneInfo) -> datetime:
    """The first moment from `found` on that isn't quiet, in UTC.

    The hours are those of clocks in `zone` and may go over midnight: from 22:00 until 07:00. An end that summer time
    skips comes an hour later; one that happens twice comes with the first.
    """
    moment = found.astimezone(UTC)
    if not quiet_from or not quiet_until:
        return moment
    local = moment.astimezone(zone)
    first, last = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until)
    clock = local.time().replace(tzinfo=None)
    if first < last:
        if not first <= clock < last:
            return moment
        day = local.date()
    elif clock >= first:
        day = local.date() + timedelta(days=1)
    elif clock < last:
        day = local.date()
    else:
        return moment
    end = datetime.combine(day, last, tzinfo=zone).astimezone(UTC)
    return max(end, moment)
