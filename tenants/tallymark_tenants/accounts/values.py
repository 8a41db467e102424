"""Checking what somebody typed about a company or a person."""

import re
import secrets
import unicodedata
from zoneinfo import available_timezones

from tallymark_tenants.accounts.errors import ValueRejected
from tallymark_tenants.models.tenancy import CALENDARS

LONGEST_NAME = 200  # characters
LONGEST_SLUG = 48  # characters
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
    return code


def check_timezone(timezone: str) -> str:
    """An IANA time zone; raises `ValueRejected`."""
    if timezone not in available_timezones():
        raise ValueRejected(f"{timezone!r} is no time zone: give its IANA name, such as Europe/Berlin.")
    return timezone


def check_calendar(calendar: str) -> str:
    """A calendar the periods know; raises `ValueRejected`."""
    if calendar not in CALENDARS:
        raise ValueRejected(f"{calendar!r} is no calendar: choose {' or '.join(CALENDARS)}.")
    return calendar


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
