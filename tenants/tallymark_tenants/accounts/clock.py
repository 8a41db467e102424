"""The time of an act: given, or now."""

from datetime import UTC, datetime


def at(now: datetime | None) -> datetime:
    """`now` if given (it must carry a zone), else the clock, in UTC."""
    if now is None:
        return datetime.now(UTC)
    return now.astimezone(UTC)
