"""A formula in words, made from the expression itself so that it can't say something else.

Phrases go through a `translate` function, so each language words them its own way; the pieces are whole
phrases with named places, never glued words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import ibis.expr.operations as ops

from tallymark_sdk import phrases
from tallymark_sdk.expression import Kernel, Reduction, condition, reduction
from tallymark_sdk.formula import (
    Arithmetic,
    Computed,
    Derived,
    Flow,
    Function,
    Leaf,
    Monthly,
    Number,
    Operand,
    PeriodDays,
    PerPeriod,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Stock,
    Target,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.model import DATASETS
from tallymark_sdk.parameters import Parameter, ParameterValue
from tallymark_sdk.reasons import authored_reason
from tallymark_sdk.rows import empty_relation, grain
from tallymark_sdk.rowwords import RowWords, Translate, words
from tallymark_sdk.view import View

# Datasets whose rows are open until they are settled.
_CLOSED_AT_LAST = ("opportunities", "leads", "invoices", "orders", "order_lines")

# Read without brackets beside a sign.
_SHORT = (Reference, Number, PeriodDays, Target)


def in_words(operand: Operand, translate: Translate = str, name_of: Callable[[str], str] = str) -> str:
    """The formula as a phrase.

    Args:
        translate: English phrase → the reader's language.
        name_of: a metric's key → its name in that language.
    """
    return FormulaWords(translate, name_of=name_of).operand(operand)


def metric_in_words(metric: Metric, translate: Translate = str, name_of: Callable[[str], str] = str) -> str:
    """The metric's formula as a phrase, with the values of its parameters."""
    said = FormulaWords(translate, name_of=name_of)
    settings = [
        said.setting(each, value)
        for each in metric.parameters
        if (value := metric.values.get(each.name, each.default)) is not None
    ]
    formula = said.operand(metric.formula)
    if not settings:
        return formula
    return said.say(phrases.WITH_SETTINGS, what=formula, settings=said.joined(phrases.LISTED, settings))


def parameter_words(parameter: Parameter) -> str:
    """What formulas call a parameter, in English."""
    return parameter.words or words(parameter.name)


@dataclass(frozen=True)
class FormulaWords(RowWords):
    """Words for formulas; see `in_words`."""

    name_of: Callable[[str], str] = str

    def operand(self, operand: Operand) -> str:
        """The words of an operand and everything below it."""
        match operand:
            case Flow() | Stock() | PerPeriod():
                words_of = operand.dataset.words if isinstance(operand.dataset, View) else {}
                return replace(self, columns=words_of).leaf(operand)
            case Ratio(numerator, denominator):
                return self._signed("/", numerator, denominator)
            case Arithmetic(operator, left, right):
                return self._signed(operator, left, right)
            case Derived(expression):
                return self.operand(expression)
            case Function(called, arguments):
                return self._function(called, [self._beside(each) for each in arguments])
            case Reference(key, part):
                name = self.name_of(key)
                return name if part == "value" else self.say(phrases.PART, name=name, part=self.name(part))
            case Target(key):
                return self.say(phrases.TARGET, name=self.name_of(key))
            case Computed():
                names = [self.name(name.partition(".")[2]) for name in operand.reads]
                return self.say(phrases.COMPUTED, inputs=self.joined(phrases.LISTED, names))
            case Number(value):
                return self.figure(value)
            case PeriodDays():
                return self.translate(phrases.PERIOD_DAYS)
        return self._over_periods(operand)

    def setting(self, parameter: Parameter, value: ParameterValue) -> str:
        """A parameter with the value that it has."""
        name = self.translate(parameter_words(parameter))
        shown = self.name(value) if isinstance(value, str) else self.figure(value)
        return self.say(phrases.SETTING, name=name, value=shown)

    def _over_periods(self, operand: Operand) -> str:
        """An operand of another period, of several, or of all members."""
        match operand:
            case Shifted(inner, step):
                return self.say(phrases.SHIFTED[step], what=self._whole(inner))
            case Rolling(inner, periods):
                return self.say(phrases.ROLLING, what=self._whole(inner), count=self.figure(periods))
            case Monthly(inner):
                return self.say(phrases.MONTHLY, what=self._whole(inner))
            case Total(inner):
                return self.say(phrases.OF_ALL, what=self._whole(inner))
        raise TypeError(f"no words for {type(operand).__name__}")

    def _whole(self, operand: Operand) -> str:
        """A phrase that something is said of: of two sides, in brackets, so that it isn't said of one alone."""
        while isinstance(operand, Derived):
            operand = operand.expression
        return self._beside(operand) if isinstance(operand, (Arithmetic, Ratio)) else self.operand(operand)

    def _signed(self, sign: str, left: Operand, right: Operand) -> str:
        return self.say(phrases.SIGNS[sign], left=self._beside(left), right=self._beside(right))

    def _beside(self, operand: Operand) -> str:
        said = self.operand(operand)
        return said if isinstance(operand, _SHORT) else self.say(phrases.GROUPED, what=said)

    def _function(self, name: str, given: list[str]) -> str:
        """A function of a tenant's own KPI."""
        if name in phrases.COMPARED:
            return self.say(phrases.COMPARED[name], left=given[0], right=given[1])
        if name == "round":
            rounded = len(given) == 1
            phrase = phrases.ROUNDED if rounded else phrases.ROUNDED_TO
            return self.say(phrase, what=given[0], places=given[-1])
        if name == "if":
            return self.say(phrases.CHOSEN, condition=given[0], value=given[1], otherwise=given[2])
        if name in ("abs", "not"):
            return self.say(phrases.UNSIGNED if name == "abs" else phrases.NOT, what=given[0])
        if name in ("and", "or"):
            said = self.joined(phrases.BOTH if name == "and" else phrases.EITHER, given)
            return self.say(phrases.GROUPED, what=said)
        phrase = {"min": phrases.SMALLEST, "max": phrases.LARGEST, "coalesce": phrases.FIRST_KNOWN}[name]
        return self.say(phrase, list=self.joined(phrases.LISTED, given))

    def leaf(self, leaf: Leaf) -> str:
        """The words of a measure over a dataset's or a view's rows."""
        table = empty_relation(leaf.dataset)
        taken = reduction(leaf.value, table, leaf.bound)
        said = self._measure(taken, self._rows(leaf.dataset))
        where = None if leaf.where is None else condition(leaf.where, table, leaf.bound)
        limits = [each.op() for each in (where, taken.condition) if each is not None]
        if wanted := self.all_of(limits):
            said = self.say(phrases.RESTRICTED, measure=said, condition=wanted)
        said = self._placed(said, leaf)
        if leaf.leave_out:
            reasons = self.joined(
                phrases.LISTED, [authored_reason(reason, self.translate) for reason in leaf.leave_out]
            )
            said = self.say(phrases.LEAVING_OUT, measure=said, reasons=reasons)
        return said

    def _measure(self, taken: Reduction, rows: str) -> str:
        node = None if taken.argument is None else taken.argument.op()
        if node is None or _counts_rows(node, taken.kernel):
            return self.say(phrases.COUNTED, rows=rows)
        what = self._distinct(node) if taken.kernel == "distinct" else self.short(node)
        return self.say(phrases.OVER_ROWS[taken.kernel], what=what, rows=rows)

    def _distinct(self, node: ops.Node) -> str:
        """What is counted once each: of an id, the things that it names."""
        if isinstance(node, ops.Field) and node.name in _named_by_id() and node.name not in self.columns:
            return self.name(_named_by_id()[node.name])
        return self.node(node)

    def _placed(self, measure: str, leaf: Leaf) -> str:
        match leaf:
            case Flow():
                return self.say(phrases.PLACED_BY, measure=measure, date=self.column(leaf.on))
            case Stock():
                return self.say(_held(leaf), measure=measure)
            case PerPeriod():
                return measure

    def _rows(self, of: str | View) -> str:
        if isinstance(of, View) and of.rows:
            return self.translate(of.rows)
        return self.name(grain(of))


def _held(stock: Stock) -> str:
    """The phrase for rows that hold at a boundary or during the period: as people do, deals, or anything else."""
    if stock.end is None:
        return phrases.UP_TO_START if stock.at in ("start", "both") else phrases.UP_TO_END
    held = grain(stock.dataset)
    if held == "reps":
        return phrases.PLACED_PEOPLE[stock.at]
    return (phrases.PLACED_OPEN if held in _CLOSED_AT_LAST else phrases.PLACED)[stock.at]


def _counts_rows(node: ops.Node, kernel: Kernel) -> bool:
    """Whether a row's own id is counted, and with it the row."""
    return isinstance(node, ops.Field) and str(node.name) == "id" and kernel in ("count", "distinct")


@cache
def _named_by_id() -> dict[str, str]:
    """Column that holds an id → the dataset whose rows it names."""
    return {column: target for dataset in DATASETS.values() for column, target in dataset.references.items()}
