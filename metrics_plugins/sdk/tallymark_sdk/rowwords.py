"""A row-level expression in words: columns, comparisons, dates, choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, TypeAlias

import ibis.expr.operations as ops
import ibis.expr.types as ir

from tallymark_sdk import phrases
from tallymark_sdk.parameters import parameters_in

Translate: TypeAlias = Callable[[str], str]

# A value that is written like one of the model's choices, such as "no_show", is a word; any other text is quoted.
_CHOICE: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_PASSED_ON = (ops.Cast, ops.NullIf, ops.Lowercase, ops.Uppercase, ops.Strip)
_SIGNS: dict[type[ops.Node], str] = {ops.Add: "+", ops.Subtract: "-", ops.Multiply: "*"}
_TEXTS: dict[type[ops.Node], str] = {ops.StringContains: phrases.CONTAINS, ops.StartsWith: phrases.STARTS,
                                     ops.EndsWith: phrases.ENDS}  # fmt: skip
_LISTS: dict[type[ops.Node], str] = {ops.Least: phrases.SMALLEST, ops.Greatest: phrases.LARGEST}
_SHIFTS: dict[type[ops.Node], dict[str, str]] = {ops.DateAdd: phrases.LATER, ops.DateSub: phrases.EARLIER}


def words(name: str) -> str:
    """A name of the model as English words: `closed_on` → "closed on", `amount_base` → "amount"."""
    return name.removesuffix("_base").replace("_", " ").strip()


@dataclass(frozen=True)
class RowWords:
    """Words for row-level expressions.

    Attributes:
        translate: English phrase → the reader's language.
    """

    translate: Translate = str

    def say(self, phrase: str, **parts: str) -> str:
        """The phrase in the reader's language, its places filled."""
        return self.translate(phrase).format(**parts)

    def name(self, name: str) -> str:
        """A column, dataset, breakdown or choice in words."""
        return self.translate(words(name))

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
                return self.name(node.name)
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
                return self.name(value)
            case str():
                return self._quoted(value)
            case _:
                return self.figure(value)

    def _quoted(self, text: str) -> str:
        return self.say(phrases.QUOTED, text=text)

    def _condition(self, node: Any) -> str | None:
        if type(node) in phrases.COMPARISONS:
            return self._compared(node)
        if type(node) in _TEXTS:
            what, text = (self.node(each) for each in node.args[:2])
            return self.say(_TEXTS[type(node)], what=what, text=text)
        match node:
            case ops.And():
                return self.joined(
                    phrases.BOTH, [self._side(each, ops.Or) for each in (node.left, node.right)]
                )
            case ops.Or():
                return self.joined(
                    phrases.EITHER, [self._side(each, ops.And) for each in (node.left, node.right)]
                )
            case ops.Not():
                return self.say(phrases.NOT, what=self._side(node.arg, ops.And, ops.Or))
            case ops.IsNull():
                return self.say(phrases.EMPTY, what=self.node(node.arg))
            case ops.NotNull():
                return self.say(phrases.KNOWN, what=self.node(node.arg))
            case ops.InValues():
                options = self.joined(phrases.EITHER, [self.node(option) for option in node.options])
                return self.say(phrases.IS, left=self.node(node.value), right=options)
            case ops.Between():
                what, low, high = (self.node(each) for each in (node.arg, node.lower_bound, node.upper_bound))
                return self.say(phrases.BETWEEN, what=what, low=low, high=high)
        return None

    def _compared(self, node: Any) -> str:
        if isinstance(node.right, ops.Literal) and isinstance(node.right.value, bool):
            meant = node.right.value is isinstance(node, ops.Equals)
            what = self.node(node.left)
            return what if meant else self.say(phrases.NOT, what=what)
        sign = phrases.COMPARISONS[type(node)]
        dated = node.left.dtype.is_temporal() and sign in phrases.DATED
        phrase = (phrases.DATED if dated else phrases.COMPARED)[sign]
        return self.say(phrase, left=self.node(node.left), right=self.node(node.right))

    def _number(self, node: Any) -> str | None:
        if type(node) in _SIGNS:
            sums = (ops.Add, ops.Subtract)
            left = self._side(node.left, *sums) if isinstance(node, ops.Multiply) else self.node(node.left)
            right = self._side(node.right, *sums)
            return self.say(phrases.SIGNS[_SIGNS[type(node)]], left=left, right=right)
        if type(node) in _LISTS:
            listed = self.joined(phrases.LISTED, [self.node(each) for each in node.arg])
            return self.say(_LISTS[type(node)], list=listed)
        match node:
            case ops.Negate():
                return self.say(phrases.NEGATED, what=self._side(node.arg, ops.Add, ops.Subtract))
            case ops.Abs():
                return self.say(phrases.UNSIGNED, what=self.node(node.arg))
            case ops.StringLength():
                return self.say(phrases.LENGTH, what=self.node(node.arg))
            case ops.DateDelta():
                return self.say(phrases.DAYS_BETWEEN, first=self.node(node.right), last=self.node(node.left))
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
        said = self.node(default)
        if isinstance(default, ops.Literal) and default.value is None:
            said = self.name("unknown")
        for condition, value in reversed(cases):
            said = self.say(
                phrases.CHOSEN, value=self.node(value), condition=self.node(condition), otherwise=said
            )
        return said

    def _side(self, node: ops.Node, *grouped: type[ops.Node]) -> str:
        """The words of one side, in brackets where they would be read together with the other."""
        said = self.node(node)
        return self.say(phrases.GROUPED, what=said) if isinstance(node, grouped) else said
