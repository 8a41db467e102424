"""Numbers in words and signs: exact and to three digits, plain and in money."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)

from tallymark.i18n.conventions import LARGE_WORDS, WHOLE_CURRENCIES

SIGNIFICANT = 3
_THOUSAND = Decimal(1000)


def significant(value: Decimal, digits: int = SIGNIFICANT) -> Decimal:
    """`value` to `digits` significant digits, half to even: 999,950 becomes 1,000,000 and not 1,000K."""
    if not value:
        return Decimal(0)
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return value.quantize(step, rounding=ROUND_HALF_EVEN) if step < 1 else (value / step).quantize(1) * step


def decimals(value: Decimal, locale: Locale, places: int) -> str:
    """`value` with exactly `places` decimals and the locale's separators."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, pattern, locale=locale, numbering_system="default")


def percentage(ratio: Decimal, locale: Locale, places: int) -> str:
    """The fraction `ratio` as a percentage; where the sign stands is the locale's affair."""
    standard: str = locale.percent_formats[None].pattern
    pattern = re.sub(r"#,##0(\.0+)?", "#,##0" + ("." + "0" * places if places else ""), standard)
    text = format_percent(ratio, pattern, locale=locale, numbering_system="default")
    return text.replace("%", locale.number_symbols[locale.default_numbering_system].get("percentSign", "%"))


def currency_places(currency: str) -> int:
    """How many decimals people write for `currency`."""
    return 0 if currency in WHOLE_CURRENCIES else get_currency_precision(currency)


def exact_money(value: Decimal, currency: str, locale: Locale, places: int | None = None) -> str:
    """`$1,284,310.50`: every digit the currency is written with."""
    wanted = currency_places(currency) if places is None else places
    rounded = value.quantize(Decimal(1).scaleb(-wanted), rounding=ROUND_HALF_EVEN)
    return format_currency(
        rounded,
        currency,
        format=_money_pattern(locale, wanted),
        locale=locale,
        currency_digits=False,
        numbering_system="default",
    )


def compact_money(value: Decimal, currency: str, locale: Locale, *, padded: bool = True) -> str:
    """`$1.28M`, `$27.0K`, `$812`, `$27.40`: three digits, or the currency's own decimals under a hundred.

    `padded` off leaves out zeros after the decimal mark (`$1M`), as on an axis.
    """
    shown = significant(value)
    if abs(shown) < _THOUSAND:
        return exact_money(value, currency, locale, None if 0 < abs(shown) < 100 else 0)
    if worded := _worded(shown, locale):
        return f"{worded}\N{NO-BREAK SPACE}{get_currency_symbol(currency, locale=locale)}"
    places = _places_after_scaling(shown, locale)
    text = format_compact_currency(
        shown, currency, locale=locale, fraction_digits=places, numbering_system="default"
    )
    return _padded(text, places, locale) if padded else text


def compact_number(value: Decimal, locale: Locale) -> str:
    """`12.4K`; below ten thousand every digit is kept."""
    if abs(value) < 10 * _THOUSAND:
        return decimals(value, locale, 0 if value == value.to_integral_value() else 1)
    shown = significant(value)
    if worded := _worded(shown, locale):
        return worded
    places = _places_after_scaling(shown, locale)
    text = format_compact_decimal(shown, locale=locale, fraction_digits=places, numbering_system="default")
    return _padded(text, places, locale)


def _places_after_scaling(shown: Decimal, locale: Locale) -> int:
    """Decimals that make three digits in all, once Babel has divided by the locale's own step (K, M, 萬, 億)."""
    whole = format_compact_decimal(abs(shown), locale=locale, fraction_digits=0)
    digits = sum(char.isdecimal() for char in whole)
    return max(0, SIGNIFICANT - digits)


def _padded(text: str, places: int, locale: Locale) -> str:
    """Babel drops zeros at the end; beside `$1.28M` a `$1.1M` looks less exact than it is."""
    mark = decimals(Decimal("0.1"), locale, 1)[1:-1]

    def fill(number: re.Match[str]) -> str:
        whole, _, fraction = number[0].partition(mark)
        return whole + (mark + fraction.ljust(places, "0") if places else "")

    return re.sub(rf"\d+(?:{re.escape(mark)}\d+)?", fill, text, count=1)


def _worded(shown: Decimal, locale: Locale) -> str | None:
    for exponent, word in LARGE_WORDS.get(locale.language, ()):
        if abs(shown) >= Decimal(1).scaleb(exponent):
            scaled = shown.scaleb(-exponent)
            places = max(0, SIGNIFICANT - 1 - scaled.adjusted())
            return f"{decimals(scaled, locale, places)}\N{NO-BREAK SPACE}{word}"
    return None


def _money_pattern(locale: Locale, places: int) -> str:
    """The locale's own currency pattern with `places` decimals instead of the currency's."""
    standard: str = locale.currency_formats["standard"].pattern
    return standard.replace(".00", "." + "0" * places if places else "")
