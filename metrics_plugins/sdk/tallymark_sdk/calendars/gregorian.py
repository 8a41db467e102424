"""The Gregorian calendar, with ISO weeks."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class GregorianMonths:
    """Gregorian months; weeks start on Monday, and week 1 is the one with 4 January (ISO 8601)."""

    name: str = "gregorian"
    first_weekday: int = 0
    days_in_week_one: int = 4
    fiscal: bool = False

    @property
    def month_names(self) -> tuple[str, ...]:
        """English month names, January first."""
        return (
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        )

    def start(self, month: int) -> date:
        """First day of the month; raises ValueError outside the years 1 to 9999."""
        return date(month // 12, month % 12 + 1, 1)

    def month(self, day: date) -> int:
        """The month that holds the day, counted from the year 0."""
        return day.year * 12 + day.month - 1
