"""The arithmetic of a cell in words and figures, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tallymark.explain.tree import Node, walk
from tallymark.plugins.wording import Wording
from tallymark_sdk import phrases
from tallymark_sdk.arithmetic import Figure, settle
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Function,
    Monthly,
    Number,
    PeriodDays,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Total,
)
from tallymark_sdk.text import FormulaWords

Write = Callable[[Figure], str]
_PLACES = Decimal("1e-10")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One step.

    Attributes:
        words: what it is.
        said: how its value comes from those above it, with their figures; "" where nothing is above it.
        period: when it isn't the cell's own, or is.
        measure: the number of the measure that it is; 0 for a step.
    """

    words: str
    said: str
    value: Figure | None
    reason: str
    period: Period
    is_total: bool
    measure: int


def lines_of(tree: Node, key: str, wording: Wording, write: Write | None = None) -> list[Line]:
    """The arithmetic of a metric's cell, from its measures to the value; each measure once.

    Args:
        write: how figures are written; as plain decimals of up to ten places without it.
    """
    words = FormulaWords(wording.translate(key), name_of=lambda named: _name(named, wording))
    return list(_lines(tree, words, write or plain))


def plain(value: Figure) -> str:
    """A figure without grouping, rounded to ten places."""
    if isinstance(value, int):
        return str(value)
    return f"{Decimal(value).quantize(_PLACES):f}".rstrip("0").rstrip(".") if value % 1 else f"{int(value)}"


def _name(key: str, wording: Wording) -> str:
    return wording.name(key) if key in wording.registry.metrics else key


def _lines(tree: Node, words: FormulaWords, write: Write) -> Iterator[Line]:
    seen: set[int] = set()
    for node in walk(tree):
        is_step = not isinstance(node.operand, Derived | Reference | Total | Shifted | Number | PeriodDays)
        if not is_step or (node.measure and node.measure in seen):
            continue
        seen.add(node.measure)
        yield Line(
            words=words.operand(node.operand),
            said=_said(node, words, write),
            value=settle(node.value),
            reason=node.reason,
            period=node.period,
            is_total=node.is_total,
            measure=node.measure,
        )


def _said(node: Node, words: FormulaWords, write: Write) -> str:
    figures = [_written(each.value, write) for each in node.below]
    match node.operand:
        case Arithmetic(sign):
            return words.say(phrases.SIGNS[sign], left=figures[0], right=figures[1])
        case Ratio():
            return words.say(phrases.SIGNS["/"], left=figures[0], right=figures[1])
        case Rolling() | Monthly():
            return " + ".join(figures)
        case Function(name):
            return f"{name}({', '.join(figures)})"
        case _:
            return ""


def _written(value: Fraction | None, write: Write) -> str:
    figure = settle(value)
    return "–" if figure is None else write(figure)
