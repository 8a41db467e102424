"""Dates and times as they are written in files, in three calendars.

A text is first split into `Pieces` (what is written), then a `DateRule` (the column's order and calendar) says
which day that is. Nothing is guessed: pieces that fit two orders need a rule.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal, get_args

import jdatetime

from tallymark_connectors.csv_xlsx.date_text import Clock, Pieces, split
from tallymark_connectors.csv_xlsx.errors import BadValue

Order = Literal["dmy", "mdy", "ymd"]
CalendarName = Literal["gregorian", "jalali", "roc"]
ORDERS: tuple[Order, ...] = get_args(Order)
CALENDARS: tuple[CalendarName, ...] = get_args(CalendarName)

_ROC_EPOCH = 1911
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_SERIALS = range(10_000, 110_000)  # 1927 to 2201
_SANE_YEARS = range(1900, 2201)
# How databases write "never" and "for ever".
NEVER = ("9999-12-31", "9999-12-30", "0000-00-00", "0001-01-01", "1900-01-00")
_MICROSECOND = timedelta(microseconds=1)
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class DateRule:
    """How a column's dates are read; None for what the values show by themselves."""

    order: Order | None = None
    calendar: CalendarName | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A day, with a time of day where one was written, and an offset from UTC where one was."""

    day: date
    clock: Clock | None = None


def parse_moment(text: str, rule: DateRule) -> Moment:
    """Read one date or date and time; raises BadValue with the reason."""
    pieces = split(text)
    if pieces.serial is not None:
        return _from_serial(pieces.serial)
    year, month, day = _arranged(pieces, rule)
    if not 1 <= month <= 12:
        raise BadValue(f"has {month} where its month should be; months go from 1 to 12")
    return Moment(day=_day(year, month, day, _calendar_of(pieces, rule)), clock=pieces.clock)


def _from_serial(serial: str) -> Moment:
    whole, _, fraction = serial.partition(".")
    if int(whole) not in _EXCEL_SERIALS:
        raise BadValue("is not a date")
    day = _EXCEL_EPOCH + timedelta(days=int(whole))
    seconds = round(float(f"0.{fraction}") * 86_400) if fraction else 0
    if not seconds:
        return Moment(day=day)
    moment = datetime.combine(day, datetime.min.time()) + timedelta(seconds=seconds)
    return Moment(day=moment.date(), clock=Clock(moment.hour, moment.minute, moment.second, 0, None))


def _arranged(pieces: Pieces, rule: DateRule) -> tuple[int, int, int]:
    """(year, month, day) as written, by the pieces' own proof or the column's rule."""
    order = fixed_order(pieces)
    if order is None:
        order = rule.order
        if order is None or (order == "ymd" and pieces.widths[2] > 2):
            possible = orders_of(pieces)
            if len(possible) == 1:
                order = possible[0]
            elif pieces.numbers[0] == pieces.numbers[1]:
                order = "dmy"  # 03/03/2017 is the same day either way
            else:
                raise BadValue('could be day first or month first; set date_order = "dmy" or "mdy"')
    first, second, third = pieces.numbers
    if order == "ymd":
        return first, second, third
    return (third, second, first) if order == "dmy" else (third, first, second)


def fixed_order(pieces: Pieces) -> Order | None:
    """The order where the way of writing fixes it: a named month, 年月日, or a year of three or four digits first."""
    if pieces.order is not None:
        return pieces.order
    return "ymd" if pieces.widths[0] >= 3 else None


def orders_of(pieces: Pieces) -> tuple[Order, ...]:
    """Every order in which the three numbers are a possible date."""
    if fixed := fixed_order(pieces):
        return (fixed,)
    first, second, third = pieces.numbers
    found: list[Order] = []
    if 1 <= first <= 31 and 1 <= second <= 12:
        found.append("dmy")
    if 1 <= second <= 31 and 1 <= first <= 12:
        found.append("mdy")
    if not found and pieces.widths[2] <= 2 and 1 <= second <= 12 and 1 <= third <= 31:
        found.append("ymd")
    return tuple(found)


def calendar_shown(pieces: Pieces) -> CalendarName | None:
    """The calendar that the pieces show by themselves, by the month's name, an era, or the year."""
    if pieces.calendar is not None:
        return pieces.calendar
    year, width = pieces.numbers[0], pieces.widths[0]
    if (fixed_order(pieces) or "dmy") != "ymd":
        year, width = pieces.numbers[2], pieces.widths[2]
    if width == 4:
        return "jalali" if 1250 <= year <= 1500 else "gregorian"
    return "roc" if width == 3 else None


def _calendar_of(pieces: Pieces, rule: DateRule) -> CalendarName:
    shown = calendar_shown(pieces)
    if shown and rule.calendar and shown != rule.calendar:
        # 99/12/31 and 115/01/02 are both ROC years once the column is; a four-digit year is what it shows.
        raise BadValue(f"is a {shown} date in a column of {rule.calendar} dates")
    return shown or rule.calendar or "gregorian"


def _day(year: int, month: int, day: int, calendar: CalendarName) -> date:
    try:
        if calendar == "jalali":
            return jdatetime.date(_jalali_year(year), month, day).togregorian()
        found = date(year + _ROC_EPOCH if calendar == "roc" else _full_year(year), month, day)
    except (ValueError, OverflowError):
        raise BadValue(f"is not a date of the {calendar} calendar") from None
    if found.year not in _SANE_YEARS:
        raise BadValue(f"has the year {found.year}, which no business date has")
    return found


def _full_year(year: int) -> int:
    if year >= 100:
        return year
    return year + (2000 if year < 69 else 1900)


def _jalali_year(year: int) -> int:
    if year >= 100:
        return year
    return year + (1400 if year < 50 else 1300)


def to_microseconds(moment: Moment, *, clock_zone: tzinfo, day_zone: tzinfo) -> int:
    """Microseconds since 1970 UTC.

    A day without a time is local midnight in `day_zone` (the tenant's), so that its local date stays that day;
    a time without an offset is in `clock_zone` (the mapping's, else the tenant's).
    """
    clock = moment.clock
    year, month, day = moment.day.year, moment.day.month, moment.day.day
    if clock is None:
        at = datetime(year, month, day, tzinfo=day_zone)
    else:
        zone = clock_zone if clock.offset is None else timezone(clock.offset)
        at = datetime(
            year, month, day, clock.hour, clock.minute, clock.second, clock.microsecond, tzinfo=zone
        )
    return (at - _UNIX) // _MICROSECOND


def local_day(moment: Moment, *, clock_zone: tzinfo, day_zone: tzinfo) -> date:
    """The calendar day: as written, except that a time with an offset (or in another zone) is told in `day_zone`."""
    clock = moment.clock
    if clock is None or (clock.offset is None and clock_zone is day_zone):
        return moment.day
    microseconds = to_microseconds(moment, clock_zone=clock_zone, day_zone=day_zone)
    return (_UNIX + microseconds * _MICROSECOND).astimezone(day_zone).date()


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the month's last day where that one is missing."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
