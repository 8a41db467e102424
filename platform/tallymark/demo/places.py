"""Where the sample company is at home, by the language of its readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tallymark.demo.sample import COMPANY
from tallymark.demo.speaking import speaker
from tallymark_sdk.texts import TAGS, language_of


@dataclass(frozen=True, kw_only=True)
class Place:
    """How a company there keeps its books; the fields are as in `TenantProfile`."""

    currency: str
    timezone: str
    calendar: str = "gregorian"
    country: str = ""
    money_display: str = ""


PLACES: Mapping[str, Place] = {
    "en": Place(currency="USD", timezone="America/New_York"),
    "vi": Place(currency="VND", timezone="Asia/Ho_Chi_Minh", country="VN"),
    "fa": Place(
        currency="IRR", timezone="Asia/Tehran", calendar="jalali", country="IR", money_display="toman"
    ),
    "zh-Hant": Place(currency="TWD", timezone="Asia/Taipei", country="TW"),
}


def place_of(locale: str) -> Place:
    """The place of a language's sample company; English is spoken in New York."""
    return PLACES[TAGS[language_of(locale)]]


def company_name(locale: str) -> str:
    """What the sample company is called in that language."""
    return speaker(locale).say(COMPANY)
