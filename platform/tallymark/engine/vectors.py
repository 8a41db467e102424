"""An operand's value in every cell at once: exact fractions, with the reasons where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any, TypeAlias

import numpy as np

from tallymark_sdk.arithmetic import Figure, function, settled
from tallymark_sdk.formula import FunctionName, Operator

Array = np.ndarray[Any, Any]
LeftOut: TypeAlias = Mapping[tuple[str, str], Array]
"""(dataset, reason) → rows left out, over the cells."""

NOTHING_TO_DIVIDE_BY = "nothing to divide by"
OTHER_PERIOD = "in the period compared with"
_SAFE = 1 << 62


class Reasons:
    """The sentences that say why there is no value, by small numbers; 0 stands for none."""

    def __init__(self) -> None:
        self._texts = [""]
        self._numbers = {"": 0}

    def number(self, text: str | None) -> int:
        """The number of a sentence."""
        text = text or ""
        if text not in self._numbers:
            self._numbers[text] = len(self._texts)
            self._texts.append(text)
        return self._numbers[text]

    def text(self, number: int) -> str | None:
        """The sentence."""
        return self._texts[number] or None


@dataclass(frozen=True, kw_only=True)
class Vector:
    """Values over cells, [slots, periods] or a shape that broadcasts to it.

    Attributes:
        over, under: each value is `over / under`, whole numbers: int64 or, where they take more, Python's own.
            `under` is one number for all cells or an array; it is never 0.
        has: where there is a value; None where there is one everywhere.
        why: the number of the reason where there is none.
        rows: rows that made each value.
        numerator, denominator: a ratio's two sides.
    """

    over: Array
    under: Array | int = 1
    has: Array | None = None
    why: Array | int = 0
    rows: Array | int = 0
    left_out: LeftOut = field(default_factory=dict)
    numerator: Vector | None = None
    denominator: Vector | None = None

    def rows_at(self, slots: Array) -> Vector:
        """The values of these slots."""
        return self.each(lambda array: array if array.shape[0] == 1 else array[slots])

    def spread(self, shape: tuple[int, int]) -> Vector:
        """The same with every array of this shape."""
        return self.each(lambda array: np.broadcast_to(array, shape))

    def each(self, change: Callable[[Array], Array]) -> Vector:
        """The same with every array changed alike."""

        def changed(array: Any) -> Any:
            return change(array) if isinstance(array, np.ndarray) else array

        return Vector(
            over=changed(self.over),
            under=changed(self.under),
            has=changed(self.has),
            why=changed(self.why),
            rows=changed(self.rows),
            left_out={key: change(counts) for key, counts in self.left_out.items()},
            numerator=None if self.numerator is None else self.numerator.each(change),
            denominator=None if self.denominator is None else self.denominator.each(change),
        )

    def of_another_period(self) -> Vector:
        """The same said to be of the period compared with: its rows are not this period's."""
        left_out = {
            (dataset, f"{reason} ({OTHER_PERIOD})"): counts
            for (dataset, reason), counts in self.left_out.items()
        }
        return replace(self, rows=0, left_out=left_out)

    def figures(self) -> list[list[Figure | None]]:
        """The values as decimals of fifty digits or whole numbers, row by row."""
        under = np.broadcast_to(np.asarray(self.under), self.over.shape).tolist()
        has = np.broadcast_to(True if self.has is None else self.has, self.over.shape).tolist()
        return [
            [settled(o, u) if h else None for o, u, h in zip(*lines, strict=True)]
            for lines in zip(self.over.tolist(), under, has, strict=True)
        ]


def constant(value: int | Decimal) -> Vector:
    """One number everywhere."""
    over, under = Fraction(value).as_integer_ratio()
    return Vector(over=_whole(over), under=under)


def nothing(why: int) -> Vector:
    """No value anywhere, for one reason."""
    return Vector(over=np.zeros((1, 1), np.int64), has=np.zeros((1, 1), bool), why=np.full((1, 1), why))


def calculate(operator: Operator, left: Vector, right: Vector, reasons: Reasons) -> Vector:
    """Two vectors under one of the four signs."""
    has, why = _both(left, right)
    if operator == "/":
        over, under, has, why = _divided(left, right, has, why, reasons)
    elif operator == "*":
        over, under = _times(left.over, right.over), _times(left.under, right.under)
    else:
        over, under = _added(left, right, -1 if operator == "-" else 1)
    return Vector(
        over=np.asarray(over),
        under=under,
        has=has,
        why=why,
        rows=np.maximum(left.rows, right.rows),
        left_out=either(left.left_out, right.left_out),
    )


def summed(vectors: Sequence[Vector], reasons: Reasons) -> Vector:
    """One vector as it is, several added up."""
    return reduce(lambda left, right: calculate("+", left, right, reasons), vectors)


def call(name: FunctionName, arguments: Sequence[Vector], shape: tuple[int, int]) -> Vector:
    """A function of vectors, cell by cell; without a value the reason is that of the first argument without one."""
    given = [_figures(argument, shape) for argument in arguments]
    found = [function(name, values) for values in zip(*given, strict=True)]
    fractions = [Fraction(0 if value is None else value) for value in found]
    whys = np.zeros(shape, np.int64)
    for argument in reversed(arguments):
        if argument.has is not None:
            whys = np.where(argument.has, whys, argument.why)
    nothing_left: LeftOut = {}
    return Vector(
        over=_shaped([each.numerator for each in fractions], shape),
        under=_shaped([each.denominator for each in fractions], shape),
        has=np.array([value is not None for value in found]).reshape(shape),
        why=whys,
        rows=reduce(np.maximum, [argument.rows for argument in arguments]),
        left_out=reduce(either, [argument.left_out for argument in arguments], nothing_left),
    )


def either(left: LeftOut, right: LeftOut) -> LeftOut:
    """Rows left out on either side. Both sides read the same rows of a dataset, so the larger count is taken."""
    if not right or left is right:
        return left
    if not left:
        return right
    found = dict(left)
    for key, counts in right.items():
        found[key] = np.maximum(found[key], counts) if key in found else counts
    return found


def _both(left: Vector, right: Vector) -> tuple[Array | None, Array | int]:
    """Where both sides have a value, and the reason of the first that has none."""
    if left.has is None or right.has is None:
        return (right.has, right.why) if left.has is None else (left.has, left.why)
    return left.has & right.has, np.where(left.has, right.why, left.why)


def _divided(
    left: Vector, right: Vector, has: Array | None, why: Array | int, reasons: Reasons
) -> tuple[Any, Any, Array | None, Array | int]:
    over, under = _times(left.over, right.under), _times(left.under, right.over)
    zero = right.over == 0
    if zero.any():
        mark = reasons.number(NOTHING_TO_DIVIDE_BY)
        why = np.where(zero if has is None else zero & has, mark, why)
        under = np.where(zero, 1, under)
        has = ~zero if has is None else has & ~zero
    return over, under, has, why


def _added(left: Vector, right: Vector, sign: int) -> tuple[Any, Any]:
    if isinstance(left.under, int) and isinstance(right.under, int):
        under: Array | int = lcm(left.under, right.under)
        one = _times(left.over, under // left.under)
        other = _times(right.over, sign * (under // right.under))
    else:
        under = _times(left.under, right.under)
        one, other = _times(left.over, right.under), _times(right.over, _times(sign, left.under))
    return _plus(one, other), under


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if isinstance(left, int) and left == 1:
        return right
    if isinstance(right, int) and right == 1:
        return left
    if _size(left) * _size(right) >= _SAFE:
        return _long(left) * _long(right)
    return left * right


def _plus(left: Any, right: Any) -> Any:
    if _size(left) + _size(right) >= _SAFE:
        return _long(left) + _long(right)
    return left + right


def _size(value: Any) -> int:
    if isinstance(value, int):
        return abs(value)
    return max(int(value.max()), -int(value.min())) if value.size else 0


def _long(value: Any) -> Any:
    return value if isinstance(value, int) else value.astype(object)


def _whole(value: int) -> Array:
    return np.array([[value]], np.int64 if abs(value) < _SAFE else object)


def _shaped(values: Iterable[int], shape: tuple[int, int]) -> Array:
    listed = list(values)
    fits = all(abs(value) < _SAFE for value in listed)
    return np.array(listed, np.int64 if fits else object).reshape(shape)


def _figures(vector: Vector, shape: tuple[int, int]) -> list[Figure | None]:
    return [figure for line in vector.spread(shape).figures() for figure in line]
