"""Taking a written date apart: its numbers, the order its wording fixes, the time of day, the offset."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from tallymark_connectors.csv_xlsx.date_words import (
    AFTER_NOON,
    BEFORE_NOON,
    FILLERS,
    GREGORIAN_MONTHS,
    JALALI_MONTHS,
    VIETNAMESE_WEEKDAY,
    WEEKDAYS,
)
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.text import key

_LONGEST = 64
_NOON = "|".join(re.escape(mark) for mark in sorted(BEFORE_NOON | AFTER_NOON, key=len, reverse=True))
_TIME = re.compile(
    rf"(?:(?<=\d)t|\s|^|,)\s*(?P<before>{_NOON})?\s*"
    r"(?P<hour>\d{1,2})(?::|時|点|點)(?P<minute>\d{1,2})分?(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d{1,9}))?)?"
    rf"\s*(?P<after>{_NOON})?\s*(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{{2}}:?\d{{2}}|[+-]\d{{2}})?\s*(?=$|,|\s)"
)
_CHINESE = re.compile(
    r"(?P<era>(?:中華)?民[國国])?\s*(\d{1,4})\s*年\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日號号]?)?"
)
_VIETNAMESE_MONTH = re.compile(r"\b(?:tháng|thg\.?|th\.?)\s*(\d{1,2})\b")
_NUMERIC = re.compile(r"(\d{1,4})\s?([-/.\s])\s?(\d{1,2})\s?\2\s?(\d{1,4})")
_COMPACT = re.compile(r"((?:19|20|13|14)\d\d)(\d\d)(\d\d)")
_MONTH_ONLY = re.compile(r"(\d{4})[-/ ]?(m?)(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})[-/ ]?q([1-4])")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?|\d{5,6}\.0")
_WORD = re.compile(r"\d+|[^\W\d]+(?:\.[^\W\d]+)*")


class Clock(NamedTuple):
    """A time of day; `offset` from UTC where one was written."""

    hour: int
    minute: int
    second: int
    microsecond: int
    offset: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """A date as written: three numbers with their widths in digits, and whatever its wording fixes."""

    numbers: tuple[int, int, int] = (0, 0, 0)
    widths: tuple[int, int, int] = (0, 0, 0)
    order: Literal["dmy", "mdy", "ymd"] | None = None
    calendar: Literal["gregorian", "jalali", "roc"] | None = None
    clock: Clock | None = None
    serial: str | None = None


_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)


def split(text: str) -> Pieces:
    """Take a date apart; raises BadValue for a text that is none."""
    if iso := _ISO.fullmatch(text):
        return _from_iso(iso)
    bare = key(text)
    if not bare or len(bare) > _LONGEST or not any(c.isdigit() for c in bare):
        raise BadValue("is not a date")
    if _SERIAL.fullmatch(bare):
        return Pieces(serial=bare)
    clock = None
    if time := _TIME.search(bare):
        clock = _clock(time)
        bare = (bare[: time.start()] + " " + bare[time.end() :]).strip(" ,")
    return _day_pieces(bare, clock)


def _from_iso(iso: re.Match[str]) -> Pieces:
    clock = None
    if iso[4]:
        fraction = (iso[7] or "").ljust(6, "0")[:6]
        clock = _checked(int(iso[4]), int(iso[5]), int(iso[6] or 0), int(fraction), _offset(iso[8]))
    return Pieces(numbers=(int(iso[1]), int(iso[2]), int(iso[3])), widths=(4, 2, 2), order="ymd", clock=clock)


def _clock(time: re.Match[str]) -> Clock:
    hour, noon = int(time["hour"]), time["before"] or time["after"]
    if noon and not 1 <= hour <= 12 and not (hour == 0 or noon in AFTER_NOON):
        raise BadValue(f"has the hour {hour} with {noon}")
    if noon in BEFORE_NOON and hour == 12:
        hour = 0
    elif noon in AFTER_NOON and hour < 12:
        hour += 12
    fraction = (time["fraction"] or "").ljust(6, "0")[:6]
    return _checked(hour, int(time["minute"]), int(time["second"] or 0), int(fraction), _offset(time["zone"]))


def _checked(hour: int, minute: int, second: int, micro: int, offset: timedelta | None) -> Clock:
    if hour == 24 and not minute and not second:
        raise BadValue("has the time 24:00; write 00:00 of the next day")
    if hour > 23 or minute > 59 or second > 60:
        raise BadValue("has no possible time of day")
    return Clock(hour, minute, min(second, 59), micro, offset)


def _offset(zone: str | None) -> timedelta | None:
    if not zone:
        return None
    digits = zone.casefold().removeprefix("utc").removeprefix("gmt").replace(":", "")
    if digits in ("", "z"):
        return timedelta(0)
    size = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5] or 0))
    if size > timedelta(hours=14):
        raise BadValue("has no possible offset from UTC")
    return -size if digits[0] == "-" else size


def _day_pieces(bare: str, clock: Clock | None) -> Pieces:
    if chinese := _CHINESE.search(bare):
        era = "roc" if chinese["era"] else None
        numbers = (int(chinese[2]), int(chinese[3]), int(chinese[4] or 1))
        calendar: Literal["roc"] | None = "roc" if era or len(chinese[2]) == 3 else None
        return Pieces(
            numbers=numbers, widths=(len(chinese[2]), 2, 2), order="ymd", calendar=calendar, clock=clock
        )
    if numeric := _NUMERIC.fullmatch(bare):
        first, _, second, third = numeric.groups()
        return Pieces(
            numbers=(int(first), int(second), int(third)),
            widths=(len(first), len(second), len(third)),
            clock=clock,
        )
    if compact := _COMPACT.fullmatch(bare):
        return Pieces(
            numbers=(int(compact[1]), int(compact[2]), int(compact[3])),
            widths=(4, 2, 2),
            order="ymd",
            clock=clock,
        )
    if period := _period(bare):
        return Pieces(numbers=(*period, 1), widths=(4, 2, 2), order="ymd", clock=clock)
    return _named(bare, clock)


def _period(bare: str) -> tuple[int, int] | None:
    """Year and first month of `2017-03`, `2017-M03` or `2017-Q2`."""
    if quarter := _QUARTER.fullmatch(bare):
        return int(quarter[1]), int(quarter[2]) * 3 - 2
    month = _MONTH_ONLY.fullmatch(bare)
    # 201703 is as likely a number; without a mark between, the month has its letter.
    if month and (month[2] or not bare.isdigit()):
        return int(month[1]), int(month[3])
    return None


def _named(bare: str, clock: Clock | None) -> Pieces:
    """`friday, december 1, 2017`, `1-dec-17`, `۱ مهر ۱۴۰۵`, `ngày 1 tháng 7 năm 2026`."""
    bare = re.sub(VIETNAMESE_WEEKDAY, " ", bare)
    month: int | None = None
    calendar: Literal["gregorian", "jalali"] | None = None
    if vietnamese := _VIETNAMESE_MONTH.search(bare):
        month = int(vietnamese[1])
        bare = bare[: vietnamese.start()] + " " + bare[vietnamese.end() :]
    numbers: list[str] = []
    for word in _WORD.findall(bare):
        if word.isdigit():
            numbers.append(word)
        elif word in WEEKDAYS or word in FILLERS:
            continue
        elif month is None and (found := GREGORIAN_MONTHS.get(word)) is not None:
            month = found
        elif month is None and (found := JALALI_MONTHS.get(word)) is not None:
            month, calendar = found, "jalali"
        else:
            raise BadValue("is not a date")
    if month is None or not 1 <= len(numbers) <= 2:
        raise BadValue("is not a date")
    return _with_named_month(numbers, month, calendar, clock)


def _with_named_month(
    numbers: list[str], month: int, calendar: Literal["gregorian", "jalali"] | None, clock: Clock | None
) -> Pieces:
    if len(numbers) == 1:  # a month of a year
        if len(numbers[0]) != 4:
            raise BadValue("is not a date (the year is missing)")
        numbers = ["1", numbers[0]]
    day, year = numbers
    if len(day) >= 3:
        day, year = year, day
    if len(day) > 2:
        raise BadValue("is not a date")
    return Pieces(
        numbers=(int(year), month, int(day)),
        widths=(len(year), 2, 2),
        order="ymd",
        calendar=calendar,
        clock=clock,
    )
