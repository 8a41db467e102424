"""Which days a country doesn't work.

It stands here and not in the SDK: the data of all countries is larger than the rest of the SDK's own code many times
over, and no metric needs it.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

from tallymark_sdk.calendars.workdays import SATURDAY_AND_SUNDAY, Holiday

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2050
"""Outside these years only the weekend is known."""

# What the library calls the languages of the product.
_NEAREST: Final = {"zh": "zh_TW", "fa": "fa_IR"}


def countries() -> list[str]:
    """The two-letter codes of all countries whose holidays are known."""
    return sorted(code for code in holidays.list_supported_countries(include_aliases=True) if len(code) == 2)


def weekend_of(country: str) -> frozenset[int]:
    """The weekdays that the country doesn't work, Monday being 0; Saturday and Sunday where none is given."""
    return frozenset(holidays.country_holidays(country).weekend) if country else SATURDAY_AND_SUNDAY


@lru_cache(maxsize=64)
def public_holidays(country: str, language: str = "en_US") -> tuple[Holiday, ...]:
    """The country's public holidays, and the weekend days that it works instead of others, in order.

    Names are in `language` (such as vi or zh_TW) where the
    library has it for that country, else in English or the country's own. A holiday that depends on the sight of the
    moon is an estimate until it is near.
    """
    if not country:
        return ()
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    known = holidays.country_holidays(country, years=years, language=_language(country, language))
    days = {on: Holiday(on=on, is_workday=True) for on in known.weekend_workdays}
    days |= {on: Holiday(on=on, name=name) for on, name in known.items()}
    return tuple(days[on] for on in sorted(days))


@lru_cache(maxsize=64)
def former_weekends(country: str) -> tuple[Holiday, ...]:
    """The days on which the country kept another weekend than today's, in order."""
    if not country:
        return ()
    known = holidays.country_holidays(country)
    first, beyond = date(FIRST_YEAR, 1, 1), date(LAST_YEAR + 1, 1, 1)
    every_day = (first + timedelta(days=offset) for offset in range((beyond - first).days))
    return tuple(
        Holiday(on=on, is_workday=not known.is_weekend(on))
        for on in every_day
        if known.is_weekend(on) != (on.weekday() in known.weekend)
    )


def _language(country: str, wanted: str) -> str | None:
    """The nearest language that the country's names are in; None for the country's own."""
    spoken = holidays.country_holidays(country).supported_languages
    language = wanted.replace("-", "_").partition("_")[0]
    for choice in (wanted, _NEAREST.get(language, language), "en_US"):
        if choice in spoken:
            return choice
    return None
