"""How a period is written: 2017 (or FY2017), 2017-Q1, 2017-03, 2017-W05, 2017-03-05."""

import re
from typing import Final

from tallymark_sdk.calendars.period import CalendarError, Parts

_FORMS: Final = {
    "year": re.compile(r"(?:FY)?(\d{4})", re.IGNORECASE),
    "quarter": re.compile(r"(?:FY)?(\d{4})-Q([1-4])", re.IGNORECASE),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})", re.IGNORECASE),
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
}


def read(text: str) -> tuple[str, Parts]:
    """The grain and the parts that `text` names, in any script's digits; raises CalendarError.

    Whether the calendar has such a month, week or day is for the caller to check.
    """
    for grain, form in _FORMS.items():
        if match := form.fullmatch(text.strip()):
            year, number, day = (*map(int, match.groups()), 0, 0)[:3]
            return grain, Parts(year=year, number=number, day=day)
    raise CalendarError(
        f"{text!r} names no period; write one as 2017, 2017-Q1, 2017-03, 2017-W05 or 2017-03-05."
    )


def write(grain: str, parts: Parts) -> str:
    """The text that `read` turns into the same grain and parts."""
    year = f"{parts.year:04d}"
    match grain:
        case "quarter":
            return f"{year}-Q{parts.number}"
        case "week":
            return f"{year}-W{parts.number:02d}"
        case "month":
            return f"{year}-{parts.number:02d}"
        case "day":
            return f"{year}-{parts.number:02d}-{parts.day:02d}"
        case _:
            return year


def label(grain: str, parts: Parts, month_names: tuple[str, ...]) -> str:
    """The period's plain English name, such as "March 2017", "Q1 FY2018" or "Week 5, 2017"."""
    year = f"FY{parts.year}" if parts.fiscal else str(parts.year)
    match grain:
        case "quarter":
            return f"Q{parts.number} {year}"
        case "week":
            return f"Week {parts.number}, {year}"
        case "month":
            return f"{month_names[parts.number - 1]} {year}"
        case "day":
            return f"{parts.day} {month_names[parts.number - 1]} {year}"
        case _:
            return year
