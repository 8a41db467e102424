"""Whether a file's first record names its columns, and names that can be told apart."""

import re
from collections.abc import Sequence

from tallymark_connectors.csv_xlsx.date_text import split
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.text import fold, is_nothing, tidy

_NUMBER = re.compile(r"[-+(]?[$€£¥₫]?\s?\d[\d.,\s']*%?\)?")
_PERIOD = re.compile(r"(?:19|20|13|14)\d\d(?:[-/]\d\d?)?|m\d{1,2}|q[1-4]")
_LOOKED_AT = 50


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Tidied header names; an empty one becomes its position, a repeated one gets a number."""
    found: list[str] = []
    for position, raw in enumerate(names, start=1):
        name = " ".join(tidy(raw).split()) or f"column {position}"
        candidate, n = name, 1
        while candidate in found:
            n += 1
            candidate = f"{name} ({n})"
        found.append(candidate)
    return tuple(found)


def _is_typed(text: str) -> bool:
    bare = fold(text).strip()
    if _NUMBER.fullmatch(bare):
        return True
    try:
        return split(bare).serial is None
    except BadValue:
        return False


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """True where the first record has words over columns of numbers and dates, or words that never come back.

    A first record with a number or a date over a column of such is data; years and months (wide tables) are not
    counted either way.
    """
    if not rows:
        return False
    first, rest = rows[0], [row for row in rows[1 : _LOOKED_AT + 1] if len(row) == len(rows[0])]
    names = [cell.strip() for cell in first]
    if not rest:
        return not any(_is_typed(name) for name in names)
    votes = 0
    for index, name in enumerate(names):
        values = [row[index] for row in rest if not is_nothing(row[index])]
        if not values:
            continue
        typed = sum(map(_is_typed, values)) >= len(values) * 0.7
        if _is_typed(name):
            votes -= 0 if _PERIOD.fullmatch(fold(name).casefold()) and not _are_periods(values) else 2
        elif name:
            votes += 2 if typed else (1 if name not in values else -1)
        elif typed:
            votes -= 1
    return votes > 0


def _are_periods(values: Sequence[str]) -> bool:
    """Whether the values are years or months themselves, so that one above them is no header."""
    return all(_PERIOD.fullmatch(fold(value).strip().casefold()) for value in values)
