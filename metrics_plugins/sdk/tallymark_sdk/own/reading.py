"""From a formula's text to the metric algebra, with the unit of every step."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, cast

from tallymark_sdk.formula import (
    Arithmetic,
    Derived,
    Function,
    FunctionName,
    Number,
    Operand,
    Operator,
    Ratio,
    Reference,
    Rolling,
    Shifted,
    Target,
    Total,
)
from tallymark_sdk.metric import Metric
from tallymark_sdk.own.grammar import Tree, place, tree
from tallymark_sdk.own.problem import WrongFormula, nearest
from tallymark_sdk.own.sums import adds_over_members, adds_over_periods
from tallymark_sdk.own.units import NUMBER, RATIO, Quantity, named, of_unit, product, quotient, together

FUNCTIONS: Final[Mapping[str, str]] = {
    "if": "if(condition, value, otherwise)",
    "min": "min(value, value)",
    "max": "max(value, value)",
    "abs": "abs(value)",
    "round": "round(value) or round(value, 2)",
    "coalesce": "coalesce(value, otherwise)",
    "previous": "previous(value)",
    "year_before": "year_before(value)",
    "rolling": "rolling(value, 3)",
    "share": "share(value)",
    "target": "target(revenue.bookings)",
}
"""Every function's name → how it is written."""

_COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "if": (3, 3),
    "min": (2, 10),
    "max": (2, 10),
    "abs": (1, 1),
    "round": (1, 2),
    "coalesce": (2, 10),
    "previous": (1, 1),
    "year_before": (1, 1),
    "rolling": (2, 2),
    "share": (1, 1),
    "target": (1, 1),
}
LONGEST_ROLLING: Final = 36
MOST_PLACES: Final = 6

_SIGNS: dict[type[ast.operator], Operator] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISONS: dict[type[ast.cmpop], FunctionName] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@dataclass(frozen=True, kw_only=True)
class Read:
    """A formula that was read.

    Attributes:
        formula: a `Ratio` where the text is a division at the top, so that both sides are kept; else `Derived`.
        quantity: what its figure is measured in.
        keys: the metrics it refers to, sorted.
        by: the breakdowns that all of them offer.
        additive: whether the members of a breakdown sum to the total.
    """

    formula: Ratio | Derived
    quantity: Quantity
    keys: tuple[str, ...]
    by: tuple[str, ...]
    additive: bool


@dataclass(frozen=True)
class _Step:
    operand: Operand
    quantity: Quantity
    is_condition: bool = False


def read_formula(text: str, metrics: Mapping[str, Metric]) -> Read:
    """Read a formula over these metrics.

    Raises:
        WrongFormula: with the place and a sentence for the person who wrote it.
    """
    parsed = tree(text)
    reader = _Reader(parsed, metrics)
    step = reader.value(parsed.body)
    if not reader.keys:
        raise _wrong(parsed.body, "The formula names no metric, so it says nothing.")
    top = step.operand
    if isinstance(top, Arithmetic) and top.operator == "/":
        top = Ratio(top.left, top.right)
    referred = [metrics[key] for key in sorted(reader.keys)]
    return Read(
        formula=top if isinstance(top, Ratio) else Derived(top),
        quantity=step.quantity,
        keys=tuple(metric.key for metric in referred),
        by=tuple(name for name in referred[0].by if all(name in metric.by for metric in referred)),
        additive=adds_over_members(top, metrics),
    )


class _Reader:
    """Goes down the syntax tree once; `keys` are the metrics met on the way."""

    def __init__(self, parsed: Tree, metrics: Mapping[str, Metric]) -> None:
        self._parsed = parsed
        self._metrics = metrics
        self.keys: set[str] = set()

    def value(self, node: ast.expr) -> _Step:
        """The node as a figure; a comparison isn't one."""
        step = self._any(node)
        if step.is_condition:
            raise _wrong(node, "A comparison is no figure; choose one with if(condition, value, otherwise).")
        return step

    def condition(self, node: ast.expr) -> _Step:
        """The node as a condition."""
        step = self._any(node)
        if not step.is_condition:
            raise _wrong(node, "A condition is needed here, such as revenue.bookings > 1000.")
        return step

    def _any(self, node: ast.expr) -> _Step:
        match node:
            case ast.Constant():
                return _Step(self._number(node), NUMBER)
            case ast.Attribute() | ast.Name():
                return self._metric(node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp():
                return self._arithmetic(node)
            case ast.UnaryOp(op=ast.USub()):
                return self._negative(node)
            case ast.UnaryOp(op=ast.Not()):
                return _condition("not", self.condition(node.operand).operand)
            case ast.BoolOp():
                name: FunctionName = "and" if isinstance(node.op, ast.And) else "or"
                return _condition(name, *(self.condition(each).operand for each in node.values))
            case ast.Compare():
                return self._comparison(node)
        raise _wrong(node, "This has no meaning in a formula.")

    def _number(self, node: ast.Constant) -> Number:
        """A number exactly as it was written: the tree holds a float, which has fewer digits."""
        text = self._parsed.text_of(node)
        return Number(Decimal(text) if "." in text else int(text))

    def _metric(self, node: ast.expr) -> _Step:
        metric, part = self._named(node)
        unit = metric.unit if part == "value" else metric.parts[part].unit
        return _Step(Reference(metric.key, part), of_unit(unit))

    def _named(self, node: ast.expr) -> tuple[Metric, str]:
        """The metric and part that a dotted name means."""
        name = _dotted(node)
        family, _, rest = name.partition(".")
        metric_name, _, part = rest.partition(".")
        key = f"{family}.{metric_name}"
        if key not in self._metrics:
            if not rest and name in FUNCTIONS:
                raise _wrong(node, '"{name}" is a function; write {form}.', name=name, form=FUNCTIONS[name])
            meant = nearest(key if rest else name, self._metrics)
            raise _wrong(node, 'There is no metric "{name}".', meant, name=key if rest else name)
        metric = self._metrics[key]
        if part and part != "value" and part not in metric.parts:
            there = ", ".join(metric.parts)
            raise _wrong(
                node,
                '{key} has no part "{part}"; it has {there}.' if there else '{key} has no part "{part}".',
                nearest(part, metric.parts),
                key=key,
                part=part,
                there=there,
            )
        self.keys.add(key)
        return metric, part or "value"

    def _arithmetic(self, node: ast.BinOp) -> _Step:
        operator = _SIGNS.get(type(node.op))
        if operator is None:
            raise _wrong(node, "This has no meaning in a formula.")
        left, right = self.value(node.left), self.value(node.right)
        if operator in {"+", "-"}:
            found = self._agree(node, left.quantity, right.quantity, adding=True)
        else:
            combine = product if operator == "*" else quotient
            combined = combine(left.quantity, right.quantity)
            if combined is None:
                raise _wrong(
                    node,
                    "Multiplying {left} by {right} has no meaning."
                    if operator == "*"
                    else "Dividing {left} by {right} has no meaning.",
                    left=named(left.quantity),
                    right=named(right.quantity),
                )
            found = combined
        return _Step(Arithmetic(operator, left.operand, right.operand), found)

    def _negative(self, node: ast.UnaryOp) -> _Step:
        inner = self.value(node.operand)
        if isinstance(inner.operand, Number):
            return _Step(Number(-inner.operand.value), inner.quantity)
        return _Step(Arithmetic("-", Number(0), inner.operand), inner.quantity)

    def _comparison(self, node: ast.Compare) -> _Step:
        name = _COMPARISONS.get(type(node.ops[0]))
        if len(node.ops) > 1 or name is None:
            raise _wrong(node, "Compare two values at a time, and join comparisons with and.")
        left, right = self.value(node.left), self.value(node.comparators[0])
        self._agree(node, left.quantity, right.quantity, adding=False)
        return _condition(name, left.operand, right.operand)

    def _agree(self, node: ast.expr, left: Quantity, right: Quantity, *, adding: bool) -> Quantity:
        found = together(left, right)
        if found is None:
            raise _wrong(
                node,
                "{left} and {right} can't be added or subtracted."
                if adding
                else "{left} and {right} can't stand beside each other here; both must be of one unit.",
                left=named(left).capitalize(),
                right=named(right),
            )
        return found

    def _call(self, node: ast.Call) -> _Step:
        name = _dotted(node.func)
        if name not in FUNCTIONS:
            if name in self._metrics:
                raise _wrong(
                    node.func, "{name} is a metric, not a function; leave the parenthesis out.", name=name
                )
            raise _wrong(node.func, 'There is no function "{name}".', nearest(name, FUNCTIONS), name=name)
        least, most = _COUNTS[name]
        if node.keywords or not least <= len(node.args) <= most:
            raise _wrong(node, "{name} is written {form}.", name=name, form=FUNCTIONS[name])
        match name:
            case "previous" | "year_before":
                inner = self.value(node.args[0])
                return _Step(Shifted(inner.operand, name), inner.quantity)
            case "rolling":
                return self._rolling(node)
            case "share":
                return self._share(node)
            case "target":
                return self._target(node)
            case "if":
                return self._if(node)
            case "round" if len(node.args) > 1:
                return self._round(node)
        return self._same(node, cast("FunctionName", name))

    def _same(self, node: ast.Call, name: FunctionName) -> _Step:
        """A function whose arguments and value are of one unit."""
        steps = [self.value(each) for each in node.args]
        found = steps[0].quantity
        for argument, step in zip(node.args[1:], steps[1:], strict=True):
            found = self._agree(argument, found, step.quantity, adding=False)
        return _Step(Function(name, tuple(step.operand for step in steps)), found)

    def _if(self, node: ast.Call) -> _Step:
        chosen = self.condition(node.args[0])
        yes, no = self.value(node.args[1]), self.value(node.args[2])
        found = self._agree(node.args[2], yes.quantity, no.quantity, adding=False)
        return _Step(Function("if", (chosen.operand, yes.operand, no.operand)), found)

    def _round(self, node: ast.Call) -> _Step:
        inner = self.value(node.args[0])
        places = self._written_out(
            node.args[1], "The number of decimals is written out, from {least} to {most}.", 0, MOST_PLACES
        )
        return _Step(Function("round", (inner.operand, Number(places))), inner.quantity)

    def _written_out(self, node: ast.expr, message: str, least: int, most: int) -> int:
        """A whole number that stands in the text itself."""
        value = self._number(node).value if isinstance(node, ast.Constant) else None
        if not isinstance(value, int) or not least <= value <= most:
            raise _wrong(node, message, least=least, most=most)
        return value

    def _rolling(self, node: ast.Call) -> _Step:
        inner = self.value(node.args[0])
        periods = self._written_out(
            node.args[1], "The number of periods is written out, from {least} to {most}.", 2, LONGEST_ROLLING
        )
        if not adds_over_periods(inner.operand, self._metrics):
            raise _wrong(
                node.args[0],
                "rolling() sums over periods, which is right for amounts and counts of events alone; "
                "write rolling(a, 3) / rolling(b, 3) for a ratio.",
            )
        return _Step(Rolling(inner.operand, periods), inner.quantity)

    def _share(self, node: ast.Call) -> _Step:
        inner = self.value(node.args[0])
        if not adds_over_members(inner.operand, self._metrics):
            raise _wrong(
                node.args[0], "share() needs a value whose members sum to the total; this one's don't."
            )
        return _Step(Ratio(inner.operand, Total(inner.operand)), RATIO)

    def _target(self, node: ast.Call) -> _Step:
        if not isinstance(node.args[0], ast.Attribute):
            raise _wrong(node.args[0], "target() takes the key of a metric, such as revenue.bookings.")
        metric, part = self._named(node.args[0])
        if part != "value":
            raise _wrong(node.args[0], "A metric has one target; leave out the part.")
        return _Step(Target(metric.key), of_unit(metric.unit))


def _condition(name: FunctionName, *arguments: Operand) -> _Step:
    return _Step(Function(name, arguments), NUMBER, is_condition=True)


def _dotted(node: ast.expr) -> str:
    """A name as it was written. Words that are Python's own stand in capitals in the tree."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr.lower())
        node = node.value
    if not isinstance(node, ast.Name):
        raise _wrong(node, "This has no meaning in a formula.")
    return ".".join([node.id.lower(), *reversed(parts)])


def _wrong(node: ast.expr, message: str, suggestion: str = "", **places: object) -> WrongFormula:
    at, length = place(node)
    return WrongFormula(message, at=at, length=length, suggestion=suggestion, **places)
