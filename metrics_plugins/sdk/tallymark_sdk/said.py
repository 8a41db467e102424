"""Sentences that are said in one place and read in another, in the reader's language.

The English sentence is the key of its translations, as everywhere; `Said` keeps what stands in its places beside it.
An error's sentence is its first argument: `raise ImportProblem(Said("There is no sheet %(name)s.", name=name))`, whose
`str()` is English, for logs, and which a page says in its reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class Said:
    """An English sentence with `%(name)s` places, and the values of the places.

    A value is text (a name, a word), a `Said` (a text of ours), a number, a date, or a list of those: whoever reads it
    gets numbers, dates and lists as their language and calendar write them.
    """

    text: str
    values: Mapping[str, object]

    def __init__(
        self, text: str = "", values: Mapping[str, object] | None = None, /, **named: object
    ) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", dict(values or {}) | named)

    def __str__(self) -> str:
        return (
            self.text % {name: _plain(value) for name, value in self.values.items()}
            if self.values
            else self.text
        )

    def __bool__(self) -> bool:
        return bool(self.text)

    def __hash__(self) -> int:
        return hash(str(self))


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def mark(message: str) -> str:
    """Return `message` as it is, having marked it for the collector of texts (for texts kept in tables)."""
    return message


def said_by(error: BaseException) -> Said:
    """The sentence of an error, with its values where the error has them."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Said) else Said(str(error))
