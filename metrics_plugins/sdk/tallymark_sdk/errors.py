"""What can be wrong with a declaration. Every message says what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TallymarkError(Exception):
    """The root of the SDK's errors."""


class InvalidMetric(TallymarkError):
    """A metric's declaration is refused.

    Attributes:
        key: the metric's key.
        problems: one sentence each, all that were found.
    """

    def __init__(self, key: str, problems: Iterable[str]) -> None:
        self.key = key
        self.problems = tuple(problems)
        super().__init__(f"{key}: " + "; ".join(self.problems))


class InvalidExpression(TallymarkError):
    """An expression can't be used as a measure or a condition."""


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A trailing hint such as ' Did you mean "status"?', or nothing when no name is near."""
    near = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""
