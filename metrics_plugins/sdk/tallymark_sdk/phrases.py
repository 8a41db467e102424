"""The phrases that formulas and reasons are worded with, in English: msgids of the kit's own catalogue.

Each is a whole phrase with named places, so that every language can order and join its words in its own way.
"""

from __future__ import annotations

from typing import Final

import ibis.expr.operations as ops

DIGITS: Final = "0123456789."
"""Ten digits and the decimal mark; a language with its own gives them in the same order."""

QUOTED: Final = "“{text}”"
GROUPED: Final = "({what})"
CHOICE: Final = "{choice}"
LISTED: Final = "{left}, {right}"

OVER_ROWS = {
    "sum": "sum of {what} over {rows}",
    "count": "number of {rows} whose {what} is known",
    "distinct": "number of different {what} in {rows}",
    "min": "smallest {what} of {rows}",
    "max": "largest {what} of {rows}",
    "median": "median of {what} over {rows}",
}
COUNTED: Final = "number of {rows}"
RESTRICTED: Final = "{measure} where {condition}"
LEAVING_OUT: Final = "{measure}, leaving out: {reasons}"
PLACED_BY: Final = "{measure}, by the day “{date}”"
PLACED = {
    "start": "{measure}, valid at the period's start",
    "end": "{measure}, valid at the period's end",
    "during": "{measure}, valid on at least one day of the period",
    "both": "{measure}, valid at the period's start and still at its end",
}
PLACED_PEOPLE = {
    "start": "{measure}, employed at the period's start",
    "end": "{measure}, employed at the period's end",
    "during": "{measure}, employed on at least one day of the period",
    "both": "{measure}, employed at the period's start and still at its end",
}
PLACED_OPEN = {
    "start": "{measure}, open at the period's start",
    "end": "{measure}, open at the period's end",
    "during": "{measure}, open on at least one day of the period",
    "both": "{measure}, open at the period's start and still at its end",
}
UP_TO_START: Final = "{measure}, up to the period's start"
UP_TO_END: Final = "{measure}, up to the period's end"
SHIFTED = {"previous": "{what}, the period before", "year_before": "{what}, a year before"}
ROLLING: Final = "{what}, added up over {count} periods up to this one"
MONTHLY: Final = "{what}, added up over the months of the period"
TARGET: Final = "target of {name}"
OF_ALL: Final = "{what}, of all members"
PART: Final = "{name} ({part})"
PERIOD_DAYS: Final = "days of the period"
COMPUTED: Final = "calculated by the pack's own program from {inputs}"
SETTING: Final = "{name} = {value}"
WITH_SETTINGS: Final = "{what}; with {settings}"
SIGNS = {
    "+": "{left} + {right}",
    "-": "{left} − {right}",
    "*": "{left} × {right}",
    "/": "{left} ÷ {right}",
}

SMALLEST: Final = "the smallest of {list}"
LARGEST: Final = "the largest of {list}"
FIRST_KNOWN: Final = "the first of {list} that has a value"
UNSIGNED: Final = "{what} without its sign"
ROUNDED: Final = "{what}, rounded"
ROUNDED_TO: Final = "{what}, rounded to {places} decimals"
CHOSEN: Final = "{value} if {condition}, else {otherwise}"
NEGATED: Final = "−{what}"

IS: Final = "{left} is {right}"
IS_NOT: Final = "{left} is not {right}"
IS_CHOICE: Final = "{left} is {choice}"
IS_NOT_CHOICE: Final = "{left} is not {choice}"
BOTH: Final = "{left} and {right}"
EITHER: Final = "{left} or {right}"
NOT: Final = "it isn't so that {what}"
HOLDING: Final = "how many of these hold: {list}"
EMPTY: Final = "{what} is empty"
KNOWN: Final = "{what} is known"
OR_UNKNOWN: Final = "{what}, or unknown"
WHERE_EMPTY: Final = "{what} (where empty: {other})"
BETWEEN: Final = "{what} is from {low} to {high}"
YES: Final = "yes"
NO: Final = "no"
COMPARED = {
    "<": "{left} is below {right}",
    "<=": "{left} is at most {right}",
    ">": "{left} is above {right}",
    ">=": "{left} is at least {right}",
    "==": IS,
    "!=": IS_NOT,
}
DATED = {
    "<": "{left} is before {right}",
    "<=": "{left} is not after {right}",
    ">": "{left} is after {right}",
    ">=": "{left} is not before {right}",
}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
"""The sign that says the same with a "not" before it."""
COMPARISONS: dict[type[ops.Node], str] = {
    ops.Less: "<",
    ops.LessEqual: "<=",
    ops.Greater: ">",
    ops.GreaterEqual: ">=",
    ops.Equals: "==",
    ops.NotEquals: "!=",
}
CONTAINS: Final = "{what} contains {text}"
STARTS: Final = "{what} starts with {text}"
ENDS: Final = "{what} ends with {text}"
LENGTH: Final = "length of {what}"
DAYS_BETWEEN: Final = "days from {first} to {last}"
LATER = {
    "D": "{count} days after {date}",
    "W": "{count} weeks after {date}",
    "M": "{count} months after {date}",
    "Y": "{count} years after {date}",
}
EARLIER = {
    "D": "{count} days before {date}",
    "W": "{count} weeks before {date}",
    "M": "{count} months before {date}",
    "Y": "{count} years before {date}",
}


def every() -> frozenset[str]:
    """All phrases."""
    here = [value for name, value in globals().items() if name.isupper()]
    single = {value for value in here if isinstance(value, str)}
    tables = [value for value in here if isinstance(value, dict) and value not in (COMPARISONS, OPPOSITE)]
    return frozenset(single.union(*(table.values() for table in tables)))
