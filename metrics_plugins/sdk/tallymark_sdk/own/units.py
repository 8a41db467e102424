"""What a formula's figures are measured in: money, days, counts, ratios, and what becomes of them in arithmetic.

Money and days are dimensions with exponents, so that money × days ÷ money is days. Everything else is a figure
without a dimension, of one of four kinds: a number written in the formula, a count, a ratio, or a plain figure (a
rate, score or index), which mixes with anything that has no dimension.

| | result |
| --- | --- |
| a ± b, and the values of if, min, max, coalesce, comparisons | both of one unit; a written number takes the other's |
| money × count, money × ratio, money ÷ count, money ÷ ratio | money |
| money ÷ money, days ÷ days, count ÷ count, ratio ÷ ratio | ratio |
| count × ratio, count ÷ ratio, count × count | count |
| money ÷ days | money (a day) |
| a number ÷ a count or ratio, ratio ÷ count, anything with a rate, score or index | a plain figure |
| money × money, days × days | refused |

A KPI's declared unit must fit: money, days and count fit themselves, a ratio fits a ratio, a written number fits
count and ratio, a plain figure fits count and ratio; rate, score and index may be declared of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tallymark_sdk.metric import Unit

Kind: TypeAlias = Literal["number", "count", "ratio", "plain"]


@dataclass(frozen=True)
class Quantity:
    """A unit: the exponents of money and days, and where both are 0 the kind of figure."""

    money: int = 0
    days: int = 0
    kind: Kind = "number"

    @property
    def is_pure(self) -> bool:
        """Whether it has no dimension."""
        return not self.money and not self.days

    @property
    def is_number(self) -> bool:
        """Whether it is a number written in the formula, which fits beside anything."""
        return self.is_pure and self.kind == "number"


NUMBER: Final = Quantity()
RATIO: Final = Quantity(kind="ratio")
PLAIN: Final = Quantity(kind="plain")

_OF_UNIT: dict[str, Quantity] = {
    "money": Quantity(money=1),
    "days": Quantity(days=1),
    "count": Quantity(kind="count"),
    "ratio": RATIO,
}
_LENIENT = ("rate", "score", "index")
_MOST = 1  # no exponent beyond it has a meaning that a KPI could show


def of_unit(unit: str) -> Quantity:
    """What a metric's unit stands for in arithmetic."""
    return _OF_UNIT.get(unit, PLAIN)


def together(left: Quantity, right: Quantity) -> Quantity | None:
    """The unit of a sum, difference or choice; None where the two don't go together."""
    if left.is_number or left == right:
        return right
    if right.is_number:
        return left
    if left.is_pure and right.is_pure and "plain" in {left.kind, right.kind}:
        return PLAIN
    return None


def product(left: Quantity, right: Quantity) -> Quantity | None:
    """The unit of a product; None where it would have no meaning."""
    money, days = left.money + right.money, left.days + right.days
    if abs(money) > _MOST or abs(days) > _MOST:
        return None
    if money or days:
        return Quantity(money, days)
    if not left.is_pure:
        return RATIO
    kinds = {left.kind, right.kind}
    for kind in ("plain", "count", "ratio"):
        if kind in kinds:
            return Quantity(kind=kind)
    return NUMBER


def quotient(left: Quantity, right: Quantity) -> Quantity | None:
    """The unit of a quotient; None where it would have no meaning."""
    money, days = left.money - right.money, left.days - right.days
    if abs(money) > _MOST or abs(days) > _MOST:
        return None
    if money or days:
        return Quantity(money, days)
    if not left.is_pure:
        return RATIO
    if right.kind == "number":
        return left
    if left.kind == "count" and right.kind == "ratio":
        return left
    return RATIO if left.kind == right.kind and left.kind != "plain" else PLAIN


def fits(found: Quantity, declared: Unit) -> bool:
    """Whether a KPI of this quantity may say that its unit is `declared`."""
    if declared in _LENIENT:
        return True
    if declared == "money":
        return found.money == 1 and found.days in (0, -1)
    if declared == "days":
        return found == Quantity(days=1)
    return found.is_pure and found.kind in {declared, "number", "plain"}


def likely(found: Quantity) -> Unit:
    """The unit to propose."""
    if found.money == 1 and found.days in (0, -1):
        return "money"
    if found == Quantity(days=1):
        return "days"
    if not found.is_pure:
        return "rate"
    match found.kind:
        case "ratio":
            return "ratio"
        case "plain":
            return "index"
        case _:
            return "count"


def named(found: Quantity) -> str:
    """The quantity for a sentence, in English; each result is a msgid."""
    if found.is_pure:
        return {"number": "a number", "count": "a count", "ratio": "a ratio"}.get(
            found.kind, "a plain figure"
        )
    return {(1, 0): "money", (0, 1): "days", (1, -1): "money a day"}.get(
        (found.money, found.days), "a mixed unit"
    )
