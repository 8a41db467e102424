"""What Babel doesn't know about writing numbers: whole-unit currencies, digits, large-number words, ways of money."""

from collections.abc import Mapping
from dataclasses import dataclass

WHOLE_CURRENCIES = frozenset({"VND", "TWD", "IRR", "IRT", "JPY", "KRW", "IDR"})
"""Currencies that people write without decimals, whatever the standard says about their minor unit."""

DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹"}
"""The digits of a language that has its own; Babel translates its separators only."""

LARGE_WORDS = {
    "vi": ((9, "tỷ"), (6, "triệu"), (3, "nghìn")),
    "fa": ((12, "هزار\N{NO-BREAK SPACE}میلیارد"), (9, "میلیارد"), (6, "میلیون"), (3, "هزار")),
}
"""Words for powers of ten where Babel has none, or two for one: (exponent, word), largest first."""

SYMBOLS = {("zh", "TWD"): "NT$"}
"""Symbols by language and currency where Babel's own could be another currency's."""

TRAILING_SYMBOLS = frozenset({"fa"})
"""Languages that say the currency after the number, whatever Babel's pattern is."""


@dataclass(frozen=True, kw_only=True)
class MoneyDisplay:
    """A way to write amounts that a tenant may choose; what is stored and computed stays in the currency.

    Attributes:
        currency: the only currency that it applies to.
        units: how many of the currency one written unit is.
        words: language → what stands after the number; "" for every other language. A language without one writes
            the currency in its own way.
    """

    currency: str
    units: int = 1
    words: Mapping[str, str]


DISPLAYS: Mapping[str, MoneyDisplay] = {
    "toman": MoneyDisplay(currency="IRR", units=10, words={"fa": "تومان", "zh": "土曼", "": "toman"}),
    "yuan": MoneyDisplay(currency="TWD", words={"zh": "元"}),
}
"""The policies by name: rial written as toman (ten rial), and Taiwan dollars as 元 in Chinese."""

LOWERED_IN_SENTENCE = frozenset({"en", "vi"})
"""Languages in which a KPI's name loses its capital inside a sentence."""

RAISED_ALONE = frozenset({"vi"})
"""Languages whose periods begin with a word, which has a capital where the period stands alone: `Tháng 10 năm 2026`."""

MINUS = "\N{MINUS SIGN}"
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
