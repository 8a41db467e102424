"""Dates and periods in words, in the Gregorian or the Jalali calendar."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import jdatetime
from babel.dates import format_date, format_skeleton

from tallymark.i18n.catalogue import mark

if TYPE_CHECKING:  # importing the metric kit takes a second that a rendering process does not have
    from datetime import date

    from tallymark.i18n.catalogue import Catalogue
    from tallymark_sdk.calendars import Period

JALALI_MONTHS = (
    mark("Farvardin"), mark("Ordibehesht"), mark("Khordad"), mark("Tir"), mark("Mordad"), mark("Shahrivar"),
    mark("Mehr"), mark("Aban"), mark("Azar"), mark("Dey"), mark("Bahman"), mark("Esfand"),
)  # fmt: skip
# A month that has a number is a run of weeks, which is no month of the calendar on the wall.
SHORT = {"quarter": mark("Q%(number)s"), "month": mark("P%(number)s"), "week": mark("W%(number)s")}
IN_YEAR = {
    "quarter": mark("Q%(number)s %(year)s"),
    "month": mark("P%(number)s %(year)s"),
    "week": mark("Week %(number)s, %(year)s"),
}
# A fiscal year that doesn't start with the calendar's is said to be one.
FISCAL_YEAR = mark("FY%(year)s")
IN_FISCAL_YEAR = {
    "quarter": mark("Q%(number)s FY%(year)s"),
    "month": mark("P%(number)s FY%(year)s"),
    "week": mark("Week %(number)s, FY%(year)s"),
}
_LABEL = re.compile(r"^(?:(?:Q|Week |P)(?P<number>\d+),? )?(?P<fiscal>FY)?(?P<year>\d{4})$")


def day_in_words(day: date, *, texts: Catalogue, calendar: str) -> str:
    """`October 1, 2026`, or `1 Mehr 1405` in the Jalali calendar."""
    if calendar != "jalali":
        return format_date(day, "long", locale=texts.locale)
    local = jdatetime.date.fromgregorian(date=day)
    month = texts.gettext(JALALI_MONTHS[local.month - 1])
    return texts.gettext("%(day)s %(month)s %(year)s", day=local.day, month=month, year=local.year)


def month_in_words(period: Period, *, texts: Catalogue, short: bool) -> str:
    """`October 2026`, short `Oct`; Jalali `Mehr 1405`, short `Mehr`."""
    if period.calendar != "jalali":
        return format_skeleton("MMM" if short else "yMMMM", period.start, locale=texts.locale)
    local = jdatetime.date.fromgregorian(date=period.start)
    month = texts.gettext(JALALI_MONTHS[local.month - 1])
    return month if short else texts.gettext("%(month)s %(year)s", month=month, year=local.year)


def period_in_words(period: Period, *, texts: Catalogue, short: bool = False) -> str:
    """The period's name for people; `short` is for a chart's axis."""
    if period.grain == "month" and period.calendar in ("gregorian", "jalali"):
        return month_in_words(period, texts=texts, short=short)
    if period.grain == "day":
        if short and period.calendar != "jalali":
            return format_skeleton("MMMd", period.start, locale=texts.locale)
        return day_in_words(period.start, texts=texts, calendar=period.calendar)
    found = _LABEL.match(period.label)
    if not found:
        return period.label
    number, year, fiscal = found["number"], found["year"], bool(found["fiscal"])
    if number is None:
        return texts.gettext(FISCAL_YEAR, year=year) if fiscal else year
    names = SHORT if short else IN_FISCAL_YEAR if fiscal else IN_YEAR
    return texts.gettext(names[period.grain], number=number, year=year)


def span_in_words(period: Period, *, texts: Catalogue) -> str:
    """First and last day of the period in words."""
    first = day_in_words(period.start, texts=texts, calendar=period.calendar)
    last = day_in_words(period.end - timedelta(days=1), texts=texts, calendar=period.calendar)
    return first if first == last else texts.gettext("%(first)s – %(last)s", first=first, last=last)
