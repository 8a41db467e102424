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
    number, year = found["number"], _year(found["year"], texts, fiscal=bool(found["fiscal"]))
    if period.grain == "quarter":
        key = mark("Q%(number)s") if short else mark("Q%(number)s %(year)s")
        return texts.gettext(key, number=number, year=year)
    if period.grain == "month":
        # A run of weeks, which is no month of the calendar on the wall.
        key = mark("P%(number)s") if short else mark("P%(number)s %(year)s")
        return texts.gettext(key, number=number, year=year)
    if period.grain == "week":
        key = mark("W%(number)s") if short else mark("Week %(number)s, %(year)s")
        return texts.gettext(key, number=number, year=year)
    return year


def _year(year: str, texts: Catalogue, *, fiscal: bool) -> str:
    """A fiscal year that doesn't start with the calendar's is said to be one."""
    return texts.gettext("FY%(year)s", year=year) if fiscal else year


def span_in_words(period: Period, *, texts: Catalogue) -> str:
    """First and last day of the period in words."""
    first = day_in_words(period.start, texts=texts, calendar=period.calendar)
    last = day_in_words(period.end - timedelta(days=1), texts=texts, calendar=period.calendar)
    return first if first == last else texts.gettext("%(first)s – %(last)s", first=first, last=last)
