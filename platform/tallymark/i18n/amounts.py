"""Numbers in words and signs: exact, and to three digits."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from tallymark.i18n.conventions import LARGE_WORDS

SIGNIFICANT = 3
THOUSAND = Decimal(1000)


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


def compact_number(value: Decimal, locale: Locale) -> str:
    """`12.4K`; below ten thousand every digit is kept."""
    if abs(value) >= 10 * THOUSAND and (short := shortened(significant(value), locale)):
        return short
    return decimals(value, locale, 0 if value == value.to_integral_value() else 1)


def shortened(shown: Decimal, locale: Locale, *, padded: bool = True) -> str | None:
    """A number of three digits with the locale's word for thousands, millions and so on: `1.28M`, `1,28 triệu`.

    None where the locale has no such word for the number, as Chinese has none below 萬. `padded` off leaves out zeros
    after the decimal mark, as on an axis.
    """
    for exponent, word in LARGE_WORDS.get(locale.language, ()):
        if abs(shown) >= Decimal(1).scaleb(exponent):
            scaled = shown.scaleb(-exponent)
            places = max(0, SIGNIFICANT - 1 - scaled.adjusted()) if padded else _places(scaled)
            return f"{decimals(scaled, locale, places)}\N{NO-BREAK SPACE}{word}"
    whole = _whole_digits(shown, locale)
    if whole > shown.adjusted():
        return None
    places = max(0, SIGNIFICANT - whole)
    text = format_compact_decimal(shown, locale=locale, fraction_digits=places, numbering_system="default")
    return _grouped(_padded(text, places, locale) if padded else text, locale)


def _grouped(text: str, locale: Locale) -> str:
    """`1,460萬`: Babel leaves the separators out of a number before its word, which in Chinese may have four digits."""
    return re.sub(r"\d{4,}", lambda digits: decimals(Decimal(digits[0]), locale, 0), text, count=1)


def _places(number: Decimal) -> int:
    """How many decimals a number needs."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _whole_digits(shown: Decimal, locale: Locale) -> int:
    """Digits before the decimal mark, once Babel has divided by the locale's own step (K, M, 萬, 億)."""
    text = format_compact_decimal(abs(shown), locale=locale, fraction_digits=SIGNIFICANT)
    return sum(char.isdecimal() for char in text.partition(_mark(locale))[0])


def _mark(locale: Locale) -> str:
    return decimals(Decimal("0.1"), locale, 1)[1:-1]


def _padded(text: str, places: int, locale: Locale) -> str:
    """Babel drops zeros at the end; beside `$1.28M` a `$1.1M` looks less exact than it is."""
    mark = _mark(locale)

    def fill(number: re.Match[str]) -> str:
        whole, _, fraction = number[0].partition(mark)
        return whole + (mark + fraction.ljust(places, "0") if places else "")

    return re.sub(rf"\d+(?:{re.escape(mark)}\d+)?", fill, text, count=1)
