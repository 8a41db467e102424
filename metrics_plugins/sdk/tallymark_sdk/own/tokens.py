"""The pieces of a formula's text, and the order they may stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tallymark_sdk.own.problem import WrongFormula

Kind: TypeAlias = Literal["number", "name", "sign"]

WORDS = frozenset({"and", "or", "not"})
_BINARY = frozenset({"+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "and", "or"})


@dataclass(frozen=True)
class Token:
    """A piece of the text: `at` is its first character's place, counted from 0."""

    kind: Kind
    text: str
    at: int

    @property
    def is_value(self) -> bool:
        """Whether it is a number, or the name of a metric or function."""
        return self.kind != "sign" and self.text not in WORDS

    def wrong(self, message: str, suggestion: str = "") -> WrongFormula:
        """A problem at this token; the message may name it as {what}."""
        return WrongFormula(message, at=self.at, length=len(self.text), suggestion=suggestion, what=self.text)


def check_order(tokens: Iterable[Token], end: int) -> None:
    """Values and operators take turns, and every parenthesis has its other half.

    Raises:
        WrongFormula: in words that Python's "invalid syntax" has not.
    """
    turns = _Turns()
    for token in tokens:
        turns.take(token)
    turns.finish(end)


@dataclass
class _Turns:
    """Where a reader of the formula stands: what is open, what came before, and what must come next."""

    value_next: bool = True
    before: Token | None = None
    open_ones: list[tuple[Token, bool]] = field(default_factory=list)
    """Open parentheses, each with whether it holds a function's arguments."""

    def take(self, token: Token) -> None:
        if token.is_value:
            self._value(token)
        elif token.text == "(":
            self._open(token)
        elif token.text == ")":
            self._close(token)
        elif token.text == ",":
            self._comma(token)
        elif token.text in _BINARY:
            if self.value_next and token.text != "-":
                raise token.wrong('A value is missing before "{what}".')
            self.value_next = True
        elif not self.value_next:
            raise token.wrong('"not" stands before a condition, at its beginning or after and or or.')
        self.before = token

    def finish(self, end: int) -> None:
        if self.before is None:
            raise WrongFormula(
                "The formula is empty; write one such as revenue.bookings / pipeline.opportunities."
            )
        if self.value_next:
            raise WrongFormula("The formula ends too early: a value is missing.", at=max(0, end - 1))
        if self.open_ones:
            raise self.open_ones[-1][0].wrong("This parenthesis is never closed.")

    def _value(self, token: Token) -> None:
        if not self.value_next:
            raise token.wrong('An operator such as + or / is missing before "{what}".')
        self.value_next = False

    def _open(self, token: Token) -> None:
        is_call = self.before is not None and self.before.kind == "name" and not self.value_next
        if not self.value_next and not is_call:
            raise token.wrong("An operator such as + or / is missing before the parenthesis.")
        self.open_ones.append((token, is_call))
        self.value_next = True

    def _close(self, token: Token) -> None:
        if not self.open_ones:
            raise token.wrong("This parenthesis closes nothing.")
        opening, is_call = self.open_ones.pop()
        if self.value_next and not (is_call and self.before == opening):
            raise token.wrong("A value is missing before this parenthesis.")
        self.value_next = False

    def _comma(self, token: Token) -> None:
        if self.value_next or not self.open_ones or not self.open_ones[-1][1]:
            raise token.wrong(
                "A comma only stands between a function's arguments; numbers are written without."
            )
        self.value_next = True
