"""Amounts of money as people write them, and as a tenant wants its own written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol

from tallymark.i18n.amounts import THOUSAND, decimals, shortened, significant
from tallymark.i18n.conventions import DISPLAYS, SYMBOLS, TRAILING_SYMBOLS, WHOLE_CURRENCIES

_SPACE = "\N{NO-BREAK SPACE}"


def currency_places(currency: str) -> int:
    """How many decimals people write for `currency`."""
    return 0 if currency in WHOLE_CURRENCIES else get_currency_precision(currency)


@dataclass(frozen=True)
class Money:
    """Writes amounts of one currency for one locale.

    Attributes:
        currency: ISO 4217 code of the amounts.
        display: a policy of `conventions.DISPLAYS`, such as "toman"; "" for the currency's own way. A policy made for
            another currency changes nothing.
    """

    locale: Locale
    currency: str
    display: str = ""

    def exact(self, value: Decimal, places: int | None = None) -> str:
        """`$1,284,310.50`: every digit the currency is written with."""
        amount = value / self._unit
        wanted = currency_places(self.currency) if places is None else places
        rounded = amount.quantize(Decimal(1).scaleb(-wanted), rounding=ROUND_HALF_EVEN)
        return self._with_symbol(decimals(abs(rounded), self.locale, wanted), negative=rounded < 0)

    def compact(self, value: Decimal, *, padded: bool = True) -> str:
        """`$1.28M`, `$27.0K`, `$812`, `$27.40`: three digits, or the currency's own decimals under a hundred.

        `padded` off leaves out zeros after the decimal mark (`$1M`), as on an axis.
        """
        shown = significant(value / self._unit)
        if abs(shown) < THOUSAND:
            return self.exact(value, None if 0 < abs(shown) < 100 else 0)
        number = shortened(abs(shown), self.locale, padded=padded)
        return self.exact(value, 0) if number is None else self._with_symbol(number, negative=shown < 0)

    @property
    def _unit(self) -> int:
        """How many of the currency one displayed unit is: ten rial are one toman."""
        return DISPLAYS[self.display].units if self._word else 1

    @property
    def _word(self) -> str | None:
        policy = DISPLAYS.get(self.display)
        if policy is None or policy.currency != self.currency:
            return None
        return policy.words.get(self.locale.language, policy.words.get(""))

    def _with_symbol(self, number: str, *, negative: bool) -> str:
        sign = "-" if negative else ""
        language = self.locale.language
        if word := self._word:
            return f"{sign}{number}{'' if language == 'zh' else _SPACE}{word}"
        symbol = SYMBOLS.get((language, self.currency)) or get_currency_symbol(
            self.currency, locale=self.locale
        )
        pattern: str = self.locale.currency_formats["standard"].pattern
        if language in TRAILING_SYMBOLS or pattern.partition(";")[0].rstrip("\u200e\u200f").endswith("¤"):
            return f"{sign}{number}{_SPACE}{symbol}"
        apart = symbol[-1].isalpha() or any(space in pattern for space in ("¤ ", f"¤{_SPACE}"))
        return f"{sign}{symbol}{_SPACE if apart else ''}{number}"
