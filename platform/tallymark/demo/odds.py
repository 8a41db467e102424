"""Drawing from weighted choices, many thousand times."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Choice = TypeVar("Choice")


class Odds(Generic[Choice]):
    """Choices with their weights, as `random.choices` takes them, but summed up once."""

    def __init__(self, weights: Mapping[Choice, float]) -> None:
        self._choices = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))

    def draw(self, dice: Random) -> Choice:
        """One of the choices."""
        return self._choices[bisect_right(self._sums, dice.random() * self._sums[-1], hi=len(self._sums) - 1)]
