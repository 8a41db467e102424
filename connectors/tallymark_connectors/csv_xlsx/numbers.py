"""Numbers and amounts as they are written in files: digits of four scripts, decimal points and commas, words.

A decimal mark is "." or ",". What a single value proves about the mark is `proof_of_mark`; a whole column's
evidence is gathered in `evidence`.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.text import fold

Mark = Literal[".", ","]

_LONGEST = 80
_INTEGER = re.compile(r"-?\d{1,30}")
_POINTED = re.compile(r"-?\d{1,30}\.\d{1,30}")
_SCIENTIFIC = re.compile(r"([+-]?\d{1,20}(?:[.,]\d{1,30})?)[eE]([+-]?\d{1,2})")
_GROUPED = {
    mark: re.compile(
        rf"(?:\d+|\d{{1,3}}(?:[{group}' ]\d{{3}})+|\d{{1,2}}(?:[{group}]\d{{2}})+[{group}]\d{{3}})?"
        rf"(?:[{mark}]\d*)?"
    )
    for mark, group in ((".", ","), (",", "."))
}
_TOKEN = re.compile(r"(\d[\d.,' ]*\d|[.,]?\d+)\s*([^\d.,]*)")
_CURRENCY_WORDS = "nt$|us$|vnđ|vnd|usd|eur|gbp|jpy|twd|ntd|irr|rmb|cny|chf|aud|cad|sgd|hkd|thb|inr|đồng|dong|đ|元|圓|円|ریال"
_CURRENCY = re.compile(
    "|".join(rf"(?<![^\W\d]){re.escape(word)}(?![^\W\d])" for word in _CURRENCY_WORDS.split("|"))
)
_TOMAN = re.compile(r"تومان|تومن|toman")
_WORDS: dict[str, Decimal] = {
    word: Decimal(10) ** power
    for power, words in {
        3: "k thousand nghìn ngàn هزار 千 仟",
        4: "萬 万",
        6: "m mn mio million triệu tr میلیون 百萬 百万",
        8: "億 亿",
        9: "b bn billion tỷ tỉ میلیارد",
        12: "trillion تریلیون 兆",
    }.items()
    for word in words.split()
}


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number as written: `value` is already divided by 100 where it carried a percent sign."""

    value: Decimal
    percent: bool


def proof_of_mark(text: str) -> Mark | Literal["?"] | None:
    """Which decimal mark this value proves: "." or ",", "?" if it could be either, None if it says nothing.

    `1.234,5` and `12,5` prove a comma, `1,234,567` proves a point, `1,234` could be either.
    """
    found: set[Mark | Literal["?"]] = set()
    for digits, _ in _TOKEN.findall(fold(text)):
        if (mark := _mark_of(digits)) is not None:
            found.add(mark)
    proven = found - {"?"}
    if len(proven) == 1:
        return proven.pop()
    return "?" if found else None


def _mark_of(digits: str) -> Mark | Literal["?"] | None:
    points, commas = digits.count("."), digits.count(",")
    if not points and not commas:
        return None
    if points and commas:
        if points > 1 and commas > 1:
            return None
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    mark: Mark = "." if points else ","
    other: Mark = "," if points else "."
    if points + commas > 1:
        return other
    before, _, after = digits.partition(mark)
    if len(after) != 3 or before.startswith("0") or not before or len(before) > 3:
        return mark
    return "?"


def mark_if_grouped(text: str) -> Mark | None:
    """The decimal mark of `1,234` if its mark groups thousands; None where a word or sign counts in other units.

    In `1,234 tỷ` and `1.234%` even a mark before three digits may be a decimal one.
    """
    mark: Mark = "." if "," in fold(text) else ","
    try:
        value = abs(parse_number(text, mark).value)
    except BadValue:
        return None
    digits = Decimal("".join(c for c in fold(text) if c.isdecimal()) or 0)
    return mark if value in (digits, digits * 10) else None  # tomans count as ten rials


def parse_number(text: str, mark: Mark | None = None) -> Number:
    """Read one number; `mark` is the column's decimal mark, None if no value of it needs one.

    Raises BadValue with the reason, so that `1.234.56` is refused instead of read wrong.
    """
    bare = fold(text).strip()
    if _INTEGER.fullmatch(bare) or (mark == "." and _POINTED.fullmatch(bare)):
        return Number(value=Decimal(bare), percent=False)
    if len(bare) > _LONGEST:
        raise BadValue(f"is too long for a number ({len(bare)} characters)")
    if scientific := _SCIENTIFIC.fullmatch(bare):
        return Number(
            value=Decimal(scientific[1].replace(",", ".")).scaleb(int(scientific[2])), percent=False
        )
    return _parse_decorated(bare, mark)


def _parse_decorated(bare: str, mark: Mark | None) -> Number:
    rest = unicodedata.normalize("NFC", bare).casefold().lstrip("'")
    if "٫" in rest or "٬" in rest:  # these two marks mean one thing only
        rest, mark = rest.replace(",", "٬").replace("٬", "").replace("٫", "."), "."
    factor = Decimal(1)
    if _TOMAN.search(rest):  # a toman is ten rials, and the rial is Iran's currency code
        rest, factor = _TOMAN.sub("", rest), Decimal(10)
    rest = _CURRENCY.sub("", rest)
    rest = "".join(" " if unicodedata.category(c) == "Sc" else c for c in rest).strip()
    percent = rest.startswith("%") or rest.endswith("%")
    rest = rest.strip("% ")
    negative, rest = _sign(rest)
    value = _words(rest, mark) * factor
    if percent:
        value = value / 100
    return Number(value=-value if negative else value, percent=percent)


def _sign(rest: str) -> tuple[bool, str]:
    if rest.startswith("(") and rest.endswith(")"):
        negative, inner = _sign(rest[1:-1].strip())
        return not negative, inner
    if rest[:1] in ("-", "+"):
        return rest[0] == "-", rest[1:].strip()
    if rest[-1:] == "-":
        return True, rest[:-1].strip()
    return False, rest


def _words(rest: str, mark: Mark | None) -> Decimal:
    """The sum of `3 億 5000 萬`, `1 tỷ 200 triệu`, `۲ میلیون و ۵۰۰ هزار`, or one plain number."""
    position, total, tokens = 0, Decimal(0), list(_TOKEN.finditer(rest))
    for token in tokens:
        if rest[position : token.start()].strip():
            raise BadValue("is not a number")
        word = token[2].strip().removesuffix(" و").removesuffix("và").strip()
        if word and word not in _WORDS:
            raise BadValue(f"is not a number ({word!r} is not understood)")
        if not word and len(tokens) > 1 and token is not tokens[-1]:
            raise BadValue("holds more than one number")
        total += _plain(token[1], mark) * _WORDS.get(word, Decimal(1))
        position = token.end()
    if not tokens or rest[position:].strip():
        raise BadValue("is not a number")
    return total


def _plain(digits: str, mark: Mark | None) -> Decimal:
    if mark is None:
        proven = _mark_of(digits)
        if proven == "?":
            raise BadValue('could be a decimal or a thousands mark; set decimal = "." or "," in the mapping')
        mark = proven or "."
    if not _GROUPED[mark].fullmatch(digits):
        raise BadValue(f'does not fit the decimal mark "{mark}" of its column')
    group = "," if mark == "." else "."
    plain = digits.replace(group, "").replace("'", "").replace(" ", "")
    return Decimal(plain.replace(mark, "."))
