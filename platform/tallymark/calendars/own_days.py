"""The tenant's own working days and holidays: its rows of `calendar_days`."""

from tallymark.engine.session import TenantData, confined
from tallymark_sdk.calendars.workdays import Holiday

# A day with a holiday's name is off unless the row says otherwise; a row that says neither says nothing. Where two
# rows speak of one day, the last in this order has it, so that the order of the file changes nothing.
_ROWS = """
    SELECT "on", coalesce(holiday, ''), coalesce(is_workday, false)
    FROM calendar_days
    WHERE deleted_at IS NULL AND "on" IS NOT NULL AND (is_workday IS NOT NULL OR holiday IS NOT NULL)
    ORDER BY "on", source_id, id
"""


def own_days(data: TenantData) -> tuple[Holiday, ...]:
    """Single days that the tenant says are worked or not, in order; none where it has given none."""
    if not data.is_connected("calendar_days"):
        return ()
    with confined(data, threads=1, only=("calendar_days",)) as connection:
        rows = connection.execute(_ROWS).fetchall()
    return tuple(Holiday(on=on, name=name, is_workday=worked) for on, name, worked in rows)
