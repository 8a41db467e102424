"""Reading one column's texts as values of its kind; every reader raises BadValue with the reason."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from tallymark_connectors.csv_xlsx.dates import (
    NEVER,
    DateRule,
    Moment,
    add_months,
    local_day,
    parse_moment,
    to_microseconds,
)
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.mapping import ANY_OTHER, ColumnRule
from tallymark_connectors.csv_xlsx.numbers import Mark, parse_number, proof_of_mark
from tallymark_connectors.csv_xlsx.text import is_nothing, key, tidy
from tallymark_sdk.model import Column, Kind

Reader = Callable[[str], Any]

LONGEST = {Kind.ID: 500, Kind.CHOICE: 500, Kind.TEXT: 32_000, Kind.JSON: 131_072}
_PLAIN = {
    mark: re.compile(pattern, re.ASCII)
    for mark, pattern in ((None, r"-?\d{1,14}"), (",", r"-?\d{1,14}"), (".", r"-?\d{1,14}(?:\.\d{1,9})?"))
}
_CLOCKED = re.compile(
    r"([^:+]{6,40}\d):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?(\s?[AaPp][Mm]|Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_HOURS = 300_000
_INTEGERS = range(-(2**63), 2**63)
_TRUE = frozenset(
    ["true", "yes", "y", "t", "1", "x", "on", "có", "đúng", "بله", "بلی", "درست", "是", "有", "真", "✓"]
)
_FALSE = frozenset(
    ["false", "no", "n", "f", "0", "off", "không", "sai", "خیر", "نه", "نادرست", "否", "無", "假"]
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a column's values need to be read: its rule with nothing left open, and the two zones.

    `clock_zone` is for times without an offset, `day_zone` (the tenant's) for days without a time.
    """

    column: Column
    rule: ColumnRule
    clock_zone: tzinfo
    day_zone: tzinfo
    empty: frozenset[str] = frozenset()
    tax_rate: Decimal | None = None


def reader_for(reading: Reading) -> Reader:
    """A function from a cell's text to the column's value (None for an empty cell).

    Text, choices and JSON come as str, flags as bool, timestamps as microseconds since 1970 UTC, days as date,
    amounts and decimals as Decimal in the column's places, integers as int.
    """
    typed = reading.column.kind not in (Kind.ID, Kind.TEXT, Kind.JSON)
    read, empty, default = _READERS[reading.column.kind](reading), reading.empty, reading.rule.default
    values = {key(source): value for source, value in reading.rule.values.items()}
    if reading.column.kind is not Kind.CHOICE and values:
        read = _after_values(read, values)
    known = frozenset(values)

    def cell(text: str) -> Any:
        if "\0" in text:
            raise BadValue("holds a zero byte")
        if is_nothing(text, typed=typed, extra=empty) and not (known and key(text) in known):
            return None if default is None else read(default)
        return read(text)

    return cell


def _after_values(read: Reader, values: dict[str, str]) -> Reader:
    other = values.get(ANY_OTHER)

    def mapped(text: str) -> Any:
        value = values.get(key(text), text if other is None else other)
        return read(value) if value else None

    return mapped


def _text(reading: Reading) -> Reader:
    longest = LONGEST[reading.column.kind]

    def read(text: str) -> str | None:
        if len(text) > longest:
            raise BadValue(f"is longer than {longest:,} characters")
        return tidy(text) or None

    return read


def _json(_reading: Reading) -> Reader:
    def read(text: str) -> str:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return json.dumps(text, ensure_ascii=False)
        return text.strip()

    return read


def _choice(reading: Reading) -> Reader:
    choices = {key(choice): choice for choice in reading.column.choices}
    choices |= {key(choice.replace("_", " ")): choice for choice in reading.column.choices}
    values = {key(source): value for source, value in reading.rule.values.items()}
    name = reading.column.name

    def read(text: str) -> str | None:
        folded = key(text)
        found = values.get(folded, choices.get(folded, values.get(ANY_OTHER)))
        if found is None:
            allowed = ", ".join(reading.column.choices)
            raise BadValue(
                f"is not one of {allowed}; say which one it means in columns.{name}.values of the mapping"
            )
        return found or None

    return read


def _flag(_reading: Reading) -> Reader:
    def read(text: str) -> bool:
        folded = key(text)
        if folded in _TRUE:
            return True
        if folded in _FALSE:
            return False
        raise BadValue("is neither yes nor no")

    return read


def _rule(reading: Reading) -> DateRule:
    return DateRule(order=reading.rule.date_order, calendar=reading.rule.calendar)


def _date(reading: Reading) -> Reader:
    rule, months = _rule(reading), reading.rule.add_months

    def read(text: str) -> Any:
        text = text.strip()
        if text.startswith(NEVER):
            return None
        moment = parse_moment(text, rule)
        day = local_day(moment, clock_zone=reading.clock_zone, day_zone=reading.day_zone)
        return add_months(day, months) if months else day

    return read


def _timestamp(reading: Reading) -> Reader:
    rule, months = _rule(reading), reading.rule.add_months
    hours: dict[tuple[str, str], int] = {}

    def whole(text: str) -> int | None:
        text = text.strip()
        if text.startswith(NEVER):
            return None
        moment = parse_moment(text, rule)
        if months:
            moment = Moment(day=add_months(moment.day, months), clock=moment.clock)
        return to_microseconds(moment, clock_zone=reading.clock_zone, day_zone=reading.day_zone)

    def read(text: str) -> int | None:
        """A million times of day fall into far fewer hours: each hour is read once, minutes are added.

        No zone changes its offset within an hour, so that sum is the same.
        """
        parts = _CLOCKED.fullmatch(text)
        if parts is None:
            return whole(text)
        before, minute, second, fraction, after = parts.groups("")
        hour = hours.get((before, after))
        if hour is None:
            found = whole(f"{before}:00{after}")
            if found is None:
                return None
            if len(hours) > _HOURS:
                hours.clear()
            hour = hours[before, after] = found
        seconds = int(minute) * 60 + int(second or 0)
        return hour + seconds * 1_000_000 + int(fraction.ljust(6, "0"))

    return read


def _exact(reading: Reading) -> Reader:
    """Amounts and decimals: scaled, tax taken out, rounded half-even to the column's places."""
    column, mark = reading.column, reading.rule.decimal
    places = column.decimal_places or 0
    step = Decimal(1).scaleb(-places)
    limit = Decimal(10) ** ((28 if column.places is not None else 18) - places)
    scale, divisor = reading.rule.scale, None if reading.tax_rate is None else 1 + reading.tax_rate
    unit = column.unit or ""
    in_percent, fraction = unit.startswith("percent"), unit.startswith("fraction")

    plain = _PLAIN[mark]

    def read(text: str) -> Decimal:
        percent = False
        if plain.fullmatch(text):
            value = Decimal(text)
        else:
            number = parse_number(text, mark)
            value, percent = number.value, number.percent
        if percent:
            value = value * 100 if in_percent else value
        elif scale is not None:
            value *= scale
        if divisor is not None:
            value /= divisor
        if fraction and not 0 <= value <= 1:
            raise BadValue("is not a fraction between 0 and 1; set scale = 0.01 if it counts to 100")
        if abs(value) >= limit:
            raise BadValue(f"is larger than {limit:,.0f}")
        return value.quantize(step, ROUND_HALF_EVEN)

    return read


def _integer(reading: Reading) -> Reader:
    scale = reading.rule.scale

    def read(text: str) -> int:
        mark: Mark | None = reading.rule.decimal
        if mark is None and proof_of_mark(text) == "?":
            mark = "." if "," in text else ","  # 1,234 of a whole number can only be thousands
        value = parse_number(text, mark).value * (scale or 1)
        if value != value.to_integral_value():
            raise BadValue("is not a whole number")
        if int(value) not in _INTEGERS:
            raise BadValue("is too large a number")
        return int(value)

    return read


_READERS: dict[Kind, Callable[[Reading], Reader]] = {
    Kind.ID: _text,
    Kind.TEXT: _text,
    Kind.JSON: _json,
    Kind.CHOICE: _choice,
    Kind.FLAG: _flag,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.MONEY: _exact,
    Kind.DECIMAL: _exact,
    Kind.INTEGER: _integer,
}
