"""What Babel doesn't know about writing numbers: whole-unit currencies, digits and large-number words."""

WHOLE_CURRENCIES = frozenset({"VND", "TWD", "IRR", "IRT", "JPY", "KRW", "IDR"})
"""Currencies that people write without decimals, whatever the standard says about their minor unit."""

DIGITS = {"fa": "۰۱۲۳۴۵۶۷۸۹"}
"""The digits of a language that has its own; Babel translates its separators only."""

LARGE_WORDS = {"vi": ((9, "tỷ"), (6, "triệu"), (3, "nghìn"))}
"""Words for powers of ten where Babel has none: (exponent, word), largest first."""

LOWERED_IN_SENTENCE = frozenset({"en", "vi"})
"""Languages in which a KPI's name loses its capital inside a sentence."""

MINUS = "\N{MINUS SIGN}"
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
