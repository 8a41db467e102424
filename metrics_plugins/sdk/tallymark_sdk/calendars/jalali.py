"""The Jalali (Solar Hijri) calendar of Iran and Afghanistan."""

from dataclasses import dataclass
from datetime import date

import jdatetime


@dataclass(frozen=True)
class JalaliMonths:
    """Jalali months; weeks start on Saturday, and week 1 is the one with 1 Farvardin (as CLDR has it)."""

    name: str = "jalali"
    first_weekday: int = 5
    days_in_week_one: int = 1
    fiscal: bool = False

    @property
    def month_names(self) -> tuple[str, ...]:
        """English spellings of the month names, Farvardin first."""
        return (
            *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
            *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
        )

    def start(self, month: int) -> date:
        """First day of the month; raises ValueError outside the years 1 to 9377."""
        first: date = jdatetime.date(month // 12, month % 12 + 1, 1).togregorian()
        return first

    def month(self, day: date) -> int:
        """The month that holds the day, counted from the year 0; raises ValueError before 622-03-21."""
        local = jdatetime.date.fromgregorian(date=day)
        return int(local.year) * 12 + int(local.month) - 1
