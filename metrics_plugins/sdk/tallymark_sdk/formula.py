"""The kinds of formula. Each is a small frozen dataclass; together they are the whole metric algebra.

`Flow` and `Stock` read rows and reduce them once. Everything else is arithmetic over their results, so a
mean of ratios or a join that multiplies rows can't be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Any, Literal, TypeAlias

from ibis.common.deferred import Deferred

from tallymark_sdk.view import View

Boundary: TypeAlias = Literal["start", "end", "during", "both"]
Operator: TypeAlias = Literal["+", "-", "*", "/"]
Step: TypeAlias = Literal["previous", "year_before"]
FunctionName: TypeAlias = Literal[
    "min", "max", "abs", "round", "coalesce", "if", "<", "<=", ">", ">=", "==", "!=", "and", "or", "not"
]


class Operand:
    """Anything that has one value per member and period, and so can be calculated with."""

    def __add__(self, other: Operand | int) -> Arithmetic:
        return Arithmetic("+", self, as_operand(other))

    def __sub__(self, other: Operand | int) -> Arithmetic:
        return Arithmetic("-", self, as_operand(other))

    def __rsub__(self, other: int) -> Arithmetic:
        return Arithmetic("-", as_operand(other), self)

    def __mul__(self, other: Operand | int) -> Arithmetic:
        return Arithmetic("*", self, as_operand(other))

    def __rmul__(self, other: int) -> Arithmetic:
        return Arithmetic("*", as_operand(other), self)

    def __truediv__(self, other: Operand | int) -> Arithmetic:
        return Arithmetic("/", self, as_operand(other))


@dataclass(frozen=True, eq=False)
class Flow(Operand):
    """Events that fall into a period by their own date.

    Args:
        dataset: a canonical dataset's name, or a `View`.
        on: the date column that puts a row into a period, such as "closed_on".
        value: exactly one reduction, such as `_.amount_base.sum(where=_.status == "won")`.
        where: which rows are meant at all.
        leave_out: reason → condition of rows that are meant but can't be used. They are counted beside the
            value and never silently lost.
        bound: values of parameters by name; filled in by `bind`, never by hand.
    """

    dataset: str | View
    on: str = field(kw_only=True)
    value: Deferred = field(kw_only=True)
    where: Deferred | None = field(default=None, kw_only=True)
    leave_out: Mapping[str, Deferred] = field(default_factory=dict, kw_only=True)
    bound: Mapping[str, Any] = field(default_factory=dict, kw_only=True, repr=False)


@dataclass(frozen=True, eq=False)
class Stock(Operand):
    """Rows that are valid at a boundary of the period, during it, or at both boundaries.

    A row is valid from `start` up to, but not on, `end`; without an `end` it still is, and where the leaf names no
    `end` column it is for ever (stock movements add up). With `at="end"` a row
    counts that started by the period's last day and had not ended by then; "start" asks the same of the day
    before the period; "during" asks for at least one common day (the end day included, since a rep's last day
    is worked); "both" for rows valid before the period began and still at its end.

    Args:
        open_start: whether a row without a start counts as begun before any period (a roster without hiring
            dates) or is left out.
    """

    dataset: str | View
    start: str = field(kw_only=True)
    end: str | None = field(kw_only=True)
    at: Boundary = field(kw_only=True)
    value: Deferred = field(kw_only=True)
    where: Deferred | None = field(default=None, kw_only=True)
    leave_out: Mapping[str, Deferred] = field(default_factory=dict, kw_only=True)
    open_start: bool = field(default=False, kw_only=True)
    bound: Mapping[str, Any] = field(default_factory=dict, kw_only=True, repr=False)


@dataclass(frozen=True, eq=False)
class PerPeriod(Operand):
    """Rows that a view made for each period: customers at its boundaries, costs spread over its days.

    Args:
        view: a `View` with `per_period=True`; it says itself which period each of its rows belongs to.
        value, where, leave_out: as in `Flow`.
    """

    view: View
    value: Deferred = field(kw_only=True)
    where: Deferred | None = field(default=None, kw_only=True)
    leave_out: Mapping[str, Deferred] = field(default_factory=dict, kw_only=True)
    bound: Mapping[str, Any] = field(default_factory=dict, kw_only=True, repr=False)

    @property
    def dataset(self) -> View:
        """The view, under the name that every leaf has for what it reads."""
        return self.view


@dataclass(frozen=True)
class Number(Operand):
    """A constant."""

    value: int | Decimal


@dataclass(frozen=True)
class PeriodDays(Operand):
    """How many days the period has."""


@dataclass(frozen=True)
class Target(Operand):
    """What another metric should reach in the same period, for the same member."""

    key: str


@dataclass(frozen=True)
class Reference(Operand):
    """The value of another metric, by key and part."""

    key: str
    part: str = "value"


@dataclass(frozen=True, eq=False)
class Shifted(Operand):
    """An operand's value in another period: the one before, or the same one a year before."""

    operand: Operand
    step: Step


@dataclass(frozen=True, eq=False)
class Rolling(Operand):
    """The sum of an operand's values over the period and the ones before it, `periods` in all.

    No value as soon as one of them has none: a sum with a hole in it would look like a fall.
    """

    operand: Operand
    periods: int


@dataclass(frozen=True, eq=False)
class Monthly(Operand):
    """The sum of an operand's values over the months of the period; of a day or week, the month it ends in."""

    operand: Operand


@dataclass(frozen=True, eq=False)
class Total(Operand):
    """An operand's value over all members of the breakdown, beside each one's own."""

    operand: Operand


@dataclass(frozen=True, eq=False)
class Arithmetic(Operand):
    """Two operands and an operator. Dividing by nothing gives no value, with a reason."""

    operator: Operator
    left: Operand
    right: Operand


@dataclass(frozen=True, eq=False)
class Function(Operand):
    """A function of operands: what a tenant's own KPI may use beside the four signs of `Arithmetic`.

    Conditions are 1 or 0. `if` takes a condition and two values and needs only the one it chooses; `coalesce` takes
    its first argument that has a value; any other function has no value where an argument has none.
    """

    name: FunctionName
    arguments: tuple[Operand, ...]


@dataclass(frozen=True, eq=False)
class Ratio(Operand):
    """A ratio of sums: both sides are kept beside the value so that it can be added up and explained."""

    numerator: Operand
    denominator: Operand


@dataclass(frozen=True, eq=False)
class Derived(Operand):
    """Arithmetic over other metrics and measures."""

    expression: Operand


@dataclass(frozen=True, eq=False)
class Computed(Operand):
    """A formula that is a function in Python; made by `tallymark_sdk.computed`, which says what it is called with.

    Attributes:
        function: from tables and periods to one table. It runs in another process, which finds it by its name in its
            module; so it can't be a lambda or stand inside another function.
        reads: every "dataset.column" it is given.
        seconds: how long it may take, over all periods and breakdowns together.
        megabytes: how much memory it may take beside its input.
    """

    function: Callable[..., Any]
    reads: tuple[str, ...] = field(kw_only=True)
    seconds: int = field(default=10, kw_only=True)
    megabytes: int = field(default=256, kw_only=True)

    def __call__(self, tables: Mapping[str, Any], periods: Any) -> Any:
        """Call the function itself, as in a test of one's own."""
        return self.function(tables, periods)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied to another process by name, as functions are; under that name stands the formula, not the function."""
        limits = {"reads": self.reads, "seconds": self.seconds, "megabytes": self.megabytes}
        return _computed_again, (self.function.__module__, self.function.__qualname__, limits)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Dataset → the columns it is given of it, in the order they are declared."""
        found: dict[str, list[str]] = {}
        for name in self.reads:
            dataset, _, column = name.partition(".")
            found.setdefault(dataset, []).append(column)
        return {dataset: tuple(columns) for dataset, columns in found.items()}


def function_named(module: str, name: str) -> Callable[..., Any]:
    """The function that stands under a name in a module, itself or as a `@computed` formula."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found.function if isinstance(found, Computed) else found


def _computed_again(module: str, name: str, limits: Mapping[str, Any]) -> Computed:
    return Computed(function_named(module, name), **limits)


Leaf: TypeAlias = Flow | Stock | PerPeriod
Formula: TypeAlias = Flow | Stock | PerPeriod | Ratio | Derived | Computed


def metric_value(key: str, part: str = "value") -> Reference:
    """The value of another metric in the same cell."""
    return Reference(key, part)


def previous(operand: Operand) -> Shifted:
    """The operand's value in the period before, stepping in the tenant's calendar."""
    return Shifted(operand, "previous")


def year_before(operand: Operand) -> Shifted:
    """The operand's value in the same period a year before."""
    return Shifted(operand, "year_before")


def rolling(operand: Operand, periods: int) -> Rolling:
    """The sum over the last `periods` periods, this one included."""
    return Rolling(operand, periods)


def monthly(operand: Operand) -> Monthly:
    """The sum over the months of the period, so that a monthly rate means the same at every grain."""
    return Monthly(operand)


def target(key: str) -> Target:
    """The target of a metric in the same cell."""
    return Target(key)


def share(operand: Operand) -> Ratio:
    """Each member's part of the total; meaningful for additive operands."""
    return Ratio(operand, Total(operand))


def as_operand(value: Operand | int | Decimal) -> Operand:
    """Lift a plain number into the algebra."""
    return Number(value) if isinstance(value, int | Decimal) else value
