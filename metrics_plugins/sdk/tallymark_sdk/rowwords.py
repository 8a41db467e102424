"""A row-level expression in words: columns, comparisons, dates, choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from string import Formatter
from typing import Any, Final, TypeAlias

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk import phrases
from tallymark_sdk.constants import decided, is_constant, value_of
from tallymark_sdk.parameters import parameters_in

Translate: TypeAlias = Callable[[str], str]

# A value that is written like one of the model's choices, such as "no_show", is a word; any other text is quoted.
_CHOICE: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_ABBREVIATIONS: Final = {
    each.lower(): each for each in ("MRR", "SKU", "CSAT", "NPS", "CES", "ICP", "FX", "BANT", "GPCT")
}
# A column that is a condition is worded as a clause.
_CLAUSES: Final = {
    "is_active": "it is active",
    "is_connected": "someone was reached",
    "is_decision_maker": "they decide",
    "is_quote": "it is a stage of quoting",
    "is_recurring": "it recurs",
    "is_workday": "it is a workday",
}
# Chinese characters are set apart from Latin letters and digits beside them.
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z0-9]")
_PASSED_ON = (ops.Cast, ops.NullIf, ops.Lowercase, ops.Uppercase, ops.Strip)
_SIGNS: dict[type[ops.Node], str] = {ops.Add: "+", ops.Subtract: "-", ops.Multiply: "*"}
_TEXTS: dict[type[ops.Node], str] = {ops.StringContains: phrases.CONTAINS, ops.StartsWith: phrases.STARTS,
                                     ops.EndsWith: phrases.ENDS}  # fmt: skip
_LONG = (ops.And, ops.Or, ops.IfElse, ops.SearchedCase, ops.SimpleCase, ops.Add, ops.Subtract)
_LISTS: dict[type[ops.Node], str] = {ops.Least: phrases.SMALLEST, ops.Greatest: phrases.LARGEST}
_SHIFTS: dict[type[ops.Node], dict[str, str]] = {ops.DateAdd: phrases.LATER, ops.DateSub: phrases.EARLIER}


def words(name: str) -> str:
    """A name of the model as English words: `closed_on` → "closed on", `amount_base` → "amount"."""
    if name in _CLAUSES:
        return _CLAUSES[name]
    pieces = name.removesuffix("_base").replace("_", " ").split()
    return " ".join(_ABBREVIATIONS.get(piece, piece) for piece in pieces)


@dataclass(frozen=True)
class RowWords:
    """Words for row-level expressions.

    Attributes:
        translate: English phrase → the reader's language.
        columns: column → its English words, where it has words of its own.
    """

    translate: Translate = str
    columns: Mapping[str, str] = field(default_factory=dict)

    def say(self, phrase: str, **parts: str) -> str:
        """The phrase in the reader's language, its places filled."""
        said = ""
        for text, place, *_ in Formatter().parse(self.translate(phrase)):
            for piece in (text, parts[place] if place else ""):
                said += f" {piece}" if _apart(said, piece) else piece
        return said

    def name(self, name: str) -> str:
        """A column, dataset, breakdown or choice in words."""
        return self.translate(words(name))

    def column(self, name: str) -> str:
        """A column in words: its view's, or its name's."""
        return self.translate(self.columns.get(name) or words(name))

    def figure(self, value: object) -> str:
        """A number in the language's own digits."""
        return str(value).translate(str.maketrans(phrases.DIGITS, self.translate(phrases.DIGITS)))

    def joined(self, phrase: str, pieces: Iterable[str]) -> str:
        """The pieces as one phrase, two at a time."""
        return reduce(lambda left, right: self.say(phrase, left=left, right=right), pieces)

    def expression(self, expression: ir.Value) -> str:
        """The expression as a phrase."""
        return self.node(expression.op())

    def node(self, node: ops.Node) -> str:
        """The words of one operation and everything below it."""
        match node:
            case ops.Field():
                return self.column(node.name)
            case ops.Literal():
                return self._literal(node.value)
            case ops.ScalarParameter():
                return self._quoted(parameters_in(node.to_expr())[0].name)
            case ops.Alias():
                return self.node(node.arg)
        if isinstance(node, _PASSED_ON):
            return self.node(node.arg)
        for wording in (self._condition, self._number, self._other):
            if (said := wording(node)) is not None:
                return said
        return self.joined(
            phrases.LISTED, [self.node(each) for each in node.args if isinstance(each, ops.Node)]
        )

    def _literal(self, value: object) -> str:
        match value:
            case bool():
                return self.translate(phrases.YES if value else phrases.NO)
            case str() if _CHOICE.fullmatch(value):
                return self.say(phrases.CHOICE, choice=self.name(value))
            case str():
                return self._quoted(value)
            case _:
                return self.figure(value)

    def _quoted(self, text: str) -> str:
        return self.say(phrases.QUOTED, text=text)

    def all_of(self, conditions: Iterable[ops.Node]) -> str:
        """Conditions that must all hold, as one phrase; what holds for every row isn't said, so it may be empty."""
        each = [_open(one) for condition in conditions for one in _taken_apart(condition, ops.And)]
        kept = [one for one in each if decided(one) is not True]
        said = (
            [self.node(one) for one in kept] if len(kept) == 1 else [self._side(one, ops.Or) for one in kept]
        )
        return self.joined(phrases.BOTH, dict.fromkeys(said)) if said else ""

    def _condition(self, node: Any) -> str | None:
        if (always := decided(node)) is not None:
            return self.translate(phrases.YES if always else phrases.NO)
        if type(node) in phrases.COMPARISONS:
            return self._compared(node, phrases.COMPARISONS[type(node)])
        if type(node) in _TEXTS:
            what, text = (self.short(each) for each in node.args[:2])
            return self.say(_TEXTS[type(node)], what=what, text=text)
        match node:
            case ops.And():
                return self.all_of([node])
            case ops.Or():
                each = [one for one in _taken_apart(node, ops.Or) if decided(one) is not False]
                return self.joined(phrases.EITHER, dict.fromkeys(self._side(one, ops.And) for one in each))
            case ops.Not():
                return self._negated(node.arg)
            case ops.IsNull():
                return self.say(phrases.EMPTY, what=self.short(node.arg))
            case ops.NotNull():
                return self.say(phrases.KNOWN, what=self.short(node.arg))
            case ops.InValues():
                return self._one_of(phrases.IS, node)
            case ops.Between():
                what, low, high = (
                    self.short(each) for each in (node.arg, node.lower_bound, node.upper_bound)
                )
                return self.say(phrases.BETWEEN, what=what, low=low, high=high)
        return None

    def _negated(self, node: Any) -> str:
        """What doesn't hold; of a comparison, the opposite one."""
        if isinstance(node, ops.Coalesce) and decided(node.arg[-1]) is False:
            return self.say(phrases.OR_UNKNOWN, what=self._negated(node.arg[0]))
        if type(node) in phrases.COMPARISONS and not _is_flag(node.right):
            return self._compared(node, phrases.OPPOSITE[phrases.COMPARISONS[type(node)]])
        match node:
            case ops.IsNull():
                return self.say(phrases.KNOWN, what=self.short(node.arg))
            case ops.NotNull():
                return self.say(phrases.EMPTY, what=self.short(node.arg))
            case ops.InValues():
                return self._one_of(phrases.IS_NOT, node)
        return self.say(phrases.NOT, what=self._side(node, ops.And, ops.Or))

    def _one_of(self, phrase: str, node: Any) -> str:
        options = self.joined(phrases.EITHER, [self.node(option) for option in node.options])
        if all(_is_choice(option) for option in node.options):
            chosen = phrases.IS_CHOICE if phrase == phrases.IS else phrases.IS_NOT_CHOICE
            return self.say(chosen, left=self.short(node.value), choice=options)
        return self.say(phrase, left=self.short(node.value), right=options)

    def _compared(self, node: Any, sign: str) -> str:
        left, right = node.left, node.right
        if _is_flag(right):
            holds = bool(value_of(right)) is (sign == "==")
            return self.node(left) if holds else self._negated(left)
        if is_constant(right) and value_of(right) == "" and sign in ("==", "!="):
            return self.say(phrases.EMPTY if sign == "==" else phrases.KNOWN, what=self.short(left))
        if _is_choice(right) and sign in ("==", "!="):
            chosen = phrases.IS_CHOICE if sign == "==" else phrases.IS_NOT_CHOICE
            return self.say(chosen, left=self.short(left), choice=self.short(right))
        dated = left.dtype.is_temporal() and sign in phrases.DATED
        phrase = (phrases.DATED if dated else phrases.COMPARED)[sign]
        return self.say(phrase, left=self.short(left), right=self.short(right))

    def _number(self, node: Any) -> str | None:
        if isinstance(node, ops.Add) and all(_is_counted(each) for each in _taken_apart(node, ops.Add)):
            holding = [self._side(each, ops.And, ops.Or) for each in _taken_apart(node, ops.Add)]
            return self.say(phrases.HOLDING, list=self.joined(phrases.LISTED, holding))
        if type(node) in _SIGNS:
            sums = (ops.Add, ops.Subtract)
            left = self.short(node.left) if isinstance(node, ops.Multiply) else self.short(node.left, *sums)
            return self.say(phrases.SIGNS[_SIGNS[type(node)]], left=left, right=self.short(node.right))
        if type(node) in _LISTS:
            listed = self.joined(phrases.LISTED, [self.short(each) for each in node.arg])
            return self.say(_LISTS[type(node)], list=listed)
        match node:
            case ops.Negate():
                return self.say(phrases.NEGATED, what=self.short(node.arg))
            case ops.Abs():
                return self.say(phrases.UNSIGNED, what=self.short(node.arg))
            case ops.StringLength():
                return self.say(phrases.LENGTH, what=self.short(node.arg))
            case ops.DateDelta():
                return self.say(
                    phrases.DAYS_BETWEEN, first=self.short(node.right), last=self.short(node.left)
                )
        return None

    def _other(self, node: Any) -> str | None:
        if type(node) in _SHIFTS:
            return self._shifted(node)
        match node:
            case ops.StringConcat():
                return self.joined(phrases.LISTED, self._speaking(node.arg))
            case ops.Coalesce():
                return self._coalesced(node)
            case ops.IfElse():
                return self._chosen([(node.bool_expr, node.true_expr)], node.false_null_expr)
            case ops.SearchedCase():
                return self._chosen(list(zip(node.cases, node.results, strict=True)), node.default)
            case ops.SimpleCase():
                cases = [(ops.Equals(node.base, case), result)
                         for case, result in zip(node.cases, node.results, strict=True)]  # fmt: skip
                return self._chosen(cases, node.default)
        return None

    def _shifted(self, node: Any) -> str:
        phrase = _SHIFTS[type(node)].get(node.right.dtype.unit.value)
        by = node.right if isinstance(node.right, ops.Literal) else node.right.args[0]
        count = self.figure(by.value) if isinstance(by, ops.Literal) else self.node(by)
        return self.say(phrase or phrases.LATER["D"], count=count, date=self.node(node.left))

    def _speaking(self, nodes: Iterable[ops.Node]) -> list[str]:
        """Words of what is put together to one key; the marks between the pieces say nothing."""
        said = [self.node(each) for each in nodes if not isinstance(each, ops.Literal)]
        return list(dict.fromkeys(said))

    def _coalesced(self, node: Any) -> str:
        first, *others = node.arg
        what = self.node(first)
        for other in others:
            if isinstance(other, ops.Literal) and other.value is False:
                continue  # an unknown condition isn't met: what every condition means anyway
            if isinstance(other, ops.Literal) and other.value is True:
                what = self.say(phrases.OR_UNKNOWN, what=what)
            else:
                what = self.say(phrases.WHERE_EMPTY, what=what, other=self.node(other))
        return what

    def _chosen(self, cases: list[tuple[Any, Any]], default: Any) -> str:
        said = None
        open_cases: list[tuple[Any, Any]] = []
        for condition, value in cases:
            settled = decided(condition)
            if settled is None:
                open_cases.append((condition, value))
            elif settled:  # no later case is reached
                said = self.node(value) if not open_cases else self.short(value)
                break
        if said is None:
            unknown = is_constant(default) and value_of(default) is None
            said = (
                self.name("unknown") if unknown else self.short(default) if open_cases else self.node(default)
            )
        for condition, value in reversed(open_cases):
            said = self.say(
                phrases.CHOSEN, value=self.short(value), condition=self.node(condition), otherwise=said
            )
        return said

    def _side(self, node: ops.Node, *grouped: type[ops.Node]) -> str:
        """The words of one side, in brackets where they would be read together with the other."""
        said = self.node(node)
        return self.say(phrases.GROUPED, what=said) if isinstance(node, grouped) else said

    def short(self, node: ops.Node, *plain: type[ops.Node]) -> str:
        """The words of a part of a phrase, in brackets where they are a phrase of several parts themselves."""
        inner = node
        while isinstance(inner, ops.Cast):
            inner = inner.arg
        long = isinstance(inner, _LONG) and not isinstance(inner, plain)
        return self.say(phrases.GROUPED, what=self.node(node)) if long else self.node(node)


def _taken_apart(node: Any, kind: type[ops.Node]) -> list[Any]:
    """The sides of a chain of "and", "or" or "+"."""
    if not isinstance(node, kind):
        return [node]
    return [*_taken_apart(node.left, kind), *_taken_apart(node.right, kind)]


def _open(node: Any) -> Any:
    """An "or" without the sides that a parameter's value rules out."""
    sides = [side for side in _taken_apart(node, ops.Or) if decided(side) is not False]
    return sides[0] if len(sides) == 1 else node


def _apart(left: str, right: str) -> bool:
    """Whether a Chinese character and a Latin letter or digit would touch."""
    ends = (left[-1:], right[:1])
    return any(_HAN.match(one) and _LATIN.match(other) for one, other in (ends, ends[::-1]))


def _is_choice(node: ops.Node) -> bool:
    value = value_of(node) if is_constant(node) else None
    return isinstance(value, str) and _CHOICE.fullmatch(value) is not None


def _is_flag(node: ops.Node) -> bool:
    return is_constant(node) and isinstance(value_of(node), bool)


def _is_counted(node: Any) -> bool:
    """Whether a term of a sum is a condition, counted as 1 where it holds."""
    return isinstance(node, ops.Cast) and bool(node.arg.dtype.is_boolean())
