"""Checking what somebody typed about a company or a person."""

import re
import secrets
import unicodedata
from zoneinfo import available_timezones

from tallymark_sdk.calendars import WEEKDAYS, CalendarError, year_end_of
from tallymark_tenants.accounts.errors import ValueRejected
from tallymark_tenants.models.tenancy import ALIGNMENTS, ATTRIBUTIONS, CALENDARS, ENGINES, MONEY_DISPLAYS

LONGEST_NAME = 200  # characters
LONGEST_SLUG = 48  # characters
_TOMANS = ("IRT", "TMN")  # codes in use for the toman; no standard has them
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def check_name(name: str) -> str:
    """The name without surrounding spaces; raises `ValueRejected` if empty, too long or unprintable."""
    stripped = unicodedata.normalize("NFC", name.strip())
    if not stripped:
        raise ValueRejected("The name is empty: give one.")
    if len(stripped) > LONGEST_NAME:
        raise ValueRejected(f"The name is longer than {LONGEST_NAME} characters.")
    if any(unicodedata.category(letter) == "Cc" for letter in stripped):
        raise ValueRejected("The name holds control characters.")
    return stripped


def check_currency(currency: str) -> str:
    """An ISO 4217 code in capitals; raises `ValueRejected`."""
    code = currency.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueRejected(f"{currency!r} is no currency: give its three-letter code, such as EUR.")
    if code in _TOMANS:
        raise ValueRejected("A toman is ten rial: choose IRR, and toman as the way its amounts are written.")
    return code


def check_money_display(display: str, currency: str = "") -> str:
    """A way to write amounts of `currency`, or nothing for its own; raises `ValueRejected`."""
    if display not in MONEY_DISPLAYS:
        known = _either(tuple(name for name in MONEY_DISPLAYS if name))
        raise ValueRejected(f"{display!r} is no way to write amounts: choose {known}, or leave it empty.")
    wanted = MONEY_DISPLAYS[display]
    if currency and wanted and wanted != currency:
        raise ValueRejected(f"Amounts in {currency} can't be written as {display}; that is for {wanted}.")
    return display


def check_timezone(timezone: str) -> str:
    """An IANA time zone; raises `ValueRejected`."""
    if timezone not in available_timezones():
        raise ValueRejected(f"{timezone!r} is no time zone: give its IANA name, such as Europe/Berlin.")
    return timezone


def check_calendar(calendar: str) -> str:
    """A calendar the periods know; raises `ValueRejected`."""
    if calendar not in CALENDARS:
        raise ValueRejected(f"{calendar!r} is no calendar: choose {_either(CALENDARS)}.")
    return calendar


def check_fiscal_start(month: int) -> int:
    """The month a fiscal year starts with, 1 to 12; raises `ValueRejected`."""
    if not 1 <= month <= 12:
        raise ValueRejected("The fiscal year starts with a month from 1 to 12.")
    return month


def check_year_end(year_end: str) -> str:
    """The weekday that a year of whole weeks ends on, such as "nearest saturday"; raises `ValueRejected`."""
    try:
        rule, weekday = year_end_of(year_end)
    except CalendarError as error:
        raise ValueRejected(str(error)) from error
    return f"{rule} {WEEKDAYS[weekday]}"


def check_country(country: str) -> str:
    """The ISO 3166 code of a country whose public holidays are known, or nothing; raises `ValueRejected`."""
    import holidays  # only who names a country waits for it

    code = country.strip().upper()
    if code and (len(code) != 2 or code not in holidays.list_supported_countries(include_aliases=True)):
        raise ValueRejected(
            f"No public holidays are known for {country!r}: give a two-letter code, such as VN."
        )
    return code


def check_weekend(weekend: str) -> str:
    """Weekdays with commas between in the week's order, "none", or nothing; raises `ValueRejected`."""
    names = {name.strip() for name in weekend.lower().split(",") if name.strip()}
    if names == {"none"}:
        return "none"
    if wrong := sorted(names.difference(WEEKDAYS)):
        raise ValueRejected(f'{wrong[0]!r} is no weekday: write names such as "thursday,friday", or "none".')
    if len(names) == len(WEEKDAYS):
        raise ValueRejected("At least one day of the week must be worked.")
    return ",".join(name for name in WEEKDAYS if name in names)


def check_alignment(alignment: str) -> str:
    """A moving holiday that the year before can be aligned to, or nothing; raises `ValueRejected`."""
    name = alignment.strip().lower()
    if name not in ALIGNMENTS:
        raise ValueRejected(f"{alignment!r} is no moving holiday: choose {_either(ALIGNMENTS[1:])}, or none.")
    return name


def check_attribution(attribution: str) -> str:
    """By whom breakdowns count a row, as_is or as_was, with `-` taken as `_`; raises `ValueRejected`."""
    name = attribution.strip().lower().replace("-", "_")
    if name not in ATTRIBUTIONS:
        raise ValueRejected(f"Rows count {_either(ATTRIBUTIONS)}, not {attribution!r}.")
    return name


def check_engine(engine: str) -> str:
    """What figures are computed with, duckdb or spark; raises `ValueRejected`."""
    name = engine.strip().lower()
    if name not in ENGINES:
        raise ValueRejected(f"{engine!r} is no engine: choose {_either(ENGINES)}.")
    return name


def check_locale(locale: str) -> str:
    """A language tag such as en, fa or zh-Hant, with `_` taken as `-`; raises `ValueRejected`."""
    tag = locale.strip().replace("_", "-")
    if not _LOCALE.fullmatch(tag):
        raise ValueRejected(f"{locale!r} is no language: give its tag, such as en or zh-Hant.")
    return tag


def slug_of(name: str) -> str:
    """A part of an address made from a name: ASCII letters and digits; random where nothing is left."""
    plain = unicodedata.normalize("NFKD", name.replace("đ", "d").replace("Đ", "D"))
    words = re.findall("[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    return "-".join(words)[:LONGEST_SLUG].strip("-") or f"company-{secrets.token_hex(3)}"


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
