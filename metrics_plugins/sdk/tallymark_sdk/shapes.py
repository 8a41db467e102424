"""Whether a declaration's fields are what their annotations say, since an author's file need not have been type-checked.

Everything else that is checked may then rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, get_args
from unicodedata import category

from ibis.common.deferred import Deferred

from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Formula,
    Function,
    FunctionName,
    Monthly,
    Number,
    Operand,
    Operator,
    PeriodDays,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Step,
    Stock,
    Target,
    Total,
)
from tallymark_sdk.leaves import children
from tallymark_sdk.metric import Metric, Part
from tallymark_sdk.parameters import Parameter
from tallymark_sdk.view import View

DEEPEST = 60
MOST_ROLLING = 120
_OPERANDS = (
    Flow, Stock, PerPeriod, Ratio, Derived, Computed, Arithmetic, Function, Number, PeriodDays, Target, Reference,
    Shifted, Rolling, Monthly, Total,
)  # fmt: skip
_CHOICES = {"operator": get_args(Operator), "name": get_args(FunctionName), "step": get_args(Step)}
_WITH = {"operator": Arithmetic, "name": Function, "step": Shifted}
_TEXTS = ("key", "name", "description", "unit", "better", "horizon", "history", "source")
_LONGEST = {"key": 100, "name": 200}
_LONGEST_TEXT = 4000
_UNSHOWN = ("Cc", "Cs")  # control characters and halves of characters
_FLAGS = ("additive", "keeps_members")
_NAMES = ("inputs", "by", "not_additive_by")


def shape_problems(metric: Metric) -> Iterator[str]:
    """Every field of the wrong type, in plain words."""
    fields: dict[str, Any] = {name: getattr(metric, name) for name in metric.__dataclass_fields__}
    for name in _TEXTS:
        if not isinstance(fields[name], str):
            yield f"{name} is text, not {_said(fields[name])}"
        else:
            yield from _text_problems(name, fields[name])
    for name in _NAMES:
        yield from _name_problems(name, fields[name])
    for name in _FLAGS:
        if not isinstance(fields[name], bool):
            yield f"{name} is True or False, not {_said(fields[name])}"
    if not isinstance(fields["version"], int) or isinstance(fields["version"], bool):
        yield f"version is a whole number, not {_said(fields['version'])}"
    yield from _mapping_problems("parts", fields["parts"], Part)
    yield from _mapping_problems("by_member", fields["by_member"], get_args(Formula))
    parameters = fields["parameters"]
    if not isinstance(parameters, tuple) or not all(isinstance(each, Parameter) for each in parameters):
        yield "parameters is a tuple of Parameter"
    for formula in _formulas(fields):
        yield from _operand_problems(formula)


def _text_problems(name: str, text: str) -> Iterator[str]:
    longest = _LONGEST.get(name, _LONGEST_TEXT)
    if len(text) > longest:
        yield f"{name} has {len(text)} letters; {longest} are the most"
    elif any(category(letter) in _UNSHOWN and letter != "\n" for letter in text):
        yield f"{name} holds a character that can't be shown or stored; write plain text"


def _formulas(fields: Mapping[str, Any]) -> Iterator[Any]:
    yield fields["formula"]
    if fields["pending"] is not None:
        yield fields["pending"]
    for name in ("parts", "by_member"):
        for each in fields[name].values() if isinstance(fields[name], dict) else ():
            yield each.formula if isinstance(each, Part) else each


def _name_problems(field: str, names: Any) -> Iterator[str]:
    if isinstance(names, str):
        yield f'{field} is a tuple of names; write ("{names}",) with a comma'
    elif not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        yield f"{field} is a tuple of names, not {_said(names)}"
    else:
        twice = sorted({name for name in names if names.count(name) > 1})
        for name in twice:
            yield f'"{name}" stands twice in {field}'


def _mapping_problems(field: str, given: Any, kind: Any) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"{field} is a dictionary by name, not {_said(given)}"
        return
    for name, value in given.items():
        if not isinstance(name, str):
            yield f"{field} is a dictionary by name, and {_said(name)} is none"
        elif not isinstance(value, kind):
            wanted = "a Part" if kind is Part else "a formula"
            yield f'{field}["{name}"] is {wanted}, not {_said(value)}'


def _operand_problems(operand: Any, depth: int = 0) -> Iterator[str]:
    if depth > DEEPEST:
        yield f"the formula is nested more than {DEEPEST} deep; put parts of it into metrics of their own"
        return
    if type(operand) not in _OPERANDS:
        if depth == 0:
            yield f"a formula is a Flow, Stock, PerPeriod, Ratio, Derived or @computed, not {type(operand).__name__}"
        else:
            yield f"{_said(operand)} can't be calculated with"
        return
    yield from _field_problems(operand)
    for child in children(operand) if isinstance(operand, Operand) else ():
        yield from _operand_problems(child, depth + 1)


def _field_problems(operand: Any) -> Iterator[str]:
    if isinstance(operand, Flow | Stock | PerPeriod):
        yield from _leaf_problems(operand)
        return
    fields: dict[str, Any] = {name: getattr(operand, name) for name in operand.__dataclass_fields__}
    if isinstance(operand, Number):
        if not _is_number(fields["value"]):
            yield f"a number in a formula is whole or a Decimal, not {_said(fields['value'])}"
    elif isinstance(operand, Reference | Target):
        if not all(isinstance(value, str) for value in fields.values()):
            yield "a metric is referred to by its key, as text"
    elif isinstance(operand, Rolling):
        periods = fields["periods"]
        if not isinstance(periods, int) or isinstance(periods, bool) or not 1 <= periods <= MOST_ROLLING:
            yield f"rolling takes from 1 to {MOST_ROLLING} periods, not {_said(periods)}"
    else:
        for name, known in _CHOICES.items():
            if name in fields and isinstance(operand, _WITH[name]) and fields[name] not in known:
                yield f"{name} {_said(fields[name])} is none of {', '.join(known)}.{did_you_mean(str(fields[name]), known)}"


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return Decimal(value).is_finite()


def _leaf_problems(leaf: Any) -> Iterator[str]:
    if not isinstance(leaf.dataset, str | View):
        yield f"a dataset is given by its name or as a View, not as {_said(leaf.dataset)}"
    dates = {Flow: ("on",), Stock: ("start", "end")}.get(type(leaf), ())
    for name in dates:
        value = getattr(leaf, name)
        if not isinstance(value, str) and not (name == "end" and value is None):
            yield f"{name} is a column's name, not {_said(value)}"
    if not isinstance(leaf.value, Deferred):
        yield f"a value is an expression over columns, such as _.id.count(), not {_said(leaf.value)}"
    if leaf.where is not None and not isinstance(leaf.where, Deferred):
        yield f'where is a condition over columns, such as _.status == "won", not {_said(leaf.where)}'
    if not isinstance(leaf.leave_out, Mapping):
        yield f"leave_out is a dictionary from reason to condition, not {_said(leaf.leave_out)}"
        return
    for reason, condition in leaf.leave_out.items():
        if not isinstance(reason, str) or not isinstance(condition, Deferred):
            yield "leave_out gives for each reason, as text, a condition over columns"


def _said(value: object) -> str:
    """A value for a message: short ones as they are written, others by their type."""
    if value is None or isinstance(value, bool | int | float | str):
        written = repr(value)
        return written if len(written) <= 40 else type(value).__name__
    return f"a {type(value).__name__}"
