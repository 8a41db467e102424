"""What is wrong with a formula, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from tallymark_sdk.errors import TallymarkError


class WrongKpi(TallymarkError):
    """Something about an own KPI is refused.

    Attributes:
        message: one sentence with named places, such as 'There is no metric "{name}".'; a msgid.
        places: what stands in the places.
        field: what is wrong: key, name, unit, better, breakdowns or expression.
        suggestion: what was probably meant, "" where nothing is near.
    """

    def __init__(self, message: str, *, field: str, suggestion: str = "", **places: object) -> None:
        self.message = message
        self.places = places
        self.field = field
        self.suggestion = suggestion
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        """The problem in the reader's language, with the suggestion."""
        told = translate(self.message).format(**self.places)
        if self.suggestion:
            told += " " + translate('Did you mean "{name}"?').format(name=self.suggestion)
        return told


class WrongFormula(WrongKpi):
    """A formula is refused.

    Attributes:
        at: the first character at fault, counted from 0.
        length: how many characters are at fault.
    """

    def __init__(
        self, message: str, *, at: int = 0, length: int = 1, suggestion: str = "", **places: object
    ) -> None:
        self.at = at
        self.length = max(1, length)
        super().__init__(message, field="expression", suggestion=suggestion, **places)

    @property
    def column(self) -> int:
        """The place as people count it, from 1."""
        return self.at + 1

    def pointed(self, text: str) -> str:
        """The formula on one line, with carets under the fault on the next."""
        line = "".join(" " if letter.isspace() else letter for letter in text)
        return f"{line}\n{' ' * self.at}{'^' * self.length}"


def nearest(wrong: str, known: Iterable[str]) -> str:
    """The known name most like `wrong`; "" where none is near.

    Names of several words are found by their last one too: "orders" is near "revenue.orders".
    """
    names = list(known)
    if near := get_close_matches(wrong, names, n=1, cutoff=0.6):
        return near[0]
    by_ending = {name.rpartition(".")[2]: name for name in sorted(names, reverse=True)}
    near = get_close_matches(wrong.rpartition(".")[2], by_ending, n=1, cutoff=0.75)
    return by_ending[near[0]] if near else ""
