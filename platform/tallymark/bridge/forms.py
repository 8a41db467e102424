"""What can be bridged: a metric's formula as a weighted sum of its leaves, or as a quotient of two such sums."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from tallymark.bridge.errors import NoBridge
from tallymark.engine.plan import identify
from tallymark.plugins.registry import Registry
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
from tallymark_sdk.rows import described

Weighted: TypeAlias = tuple[tuple[Fraction, Leaf], ...]
"""A sum of leaves, each with its factor."""


@dataclass(frozen=True)
class Sum:
    """A weighted sum of leaves; `constant` is a number of its own, which only a quotient can take in."""

    leaves: Weighted
    constant: Fraction = Fraction(0)


@dataclass(frozen=True)
class Quotient:
    """One weighted sum over another."""

    over: Weighted
    under: Weighted


Form: TypeAlias = Sum | Quotient

_WHY_NOT = {
    Shifted: "it compares with other periods itself",
    Rolling: "it adds up several periods",
    Monthly: "it adds up the months of the period one by one",
    Total: "it is a share of the total",
    Target: "it stands on a target",
    PeriodDays: "it depends on the length of the period",
    Computed: "it is computed by a function in Python",
    Function: "it chooses between values",
}
_CURVED = "it multiplies or divides more than once"


def form_of(key: str, dimension: str, registry: Registry) -> Form:
    """The metric's formula under a breakdown ("" is the total), through the metrics it refers to.

    Raises:
        NoBridge: it is neither a sum of leaves nor a quotient of two.
    """
    metric = registry[key]
    if metric.unit == "count":
        raise NoBridge(f"{key} is a count, so all of its change is volume; a bridge splits money and ratios.")
    try:
        found = _read(metric.formula_of("value", dimension), dimension, registry)
    except _NotLinear as error:
        raise NoBridge(f"{key} can't be split into a bridge: {error}.") from error
    if isinstance(found, Sum) and metric.unit != "money":
        raise NoBridge(f"{key} is neither money nor a ratio, so there is nothing to split its change into.")
    if isinstance(found, Sum) and (found.constant or not found.leaves):
        raise NoBridge(f"{key} can't be split into a bridge: it adds a fixed number.")
    if isinstance(found, Sum) and any(described(leaf).kernel != "sum" for _, leaf in found.leaves):
        raise NoBridge(f"{key} can't be split into a bridge: it isn't a sum of its rows.")
    return found


def linear(key: str, dimension: str, registry: Registry) -> Form | None:
    """The metric's formula as such a form whatever its unit is, counts among them; None where it has none."""
    try:
        return _read(registry[key].formula_of("value", dimension), dimension, registry)
    except _NotLinear:
        return None


def bridgeable(registry: Registry) -> frozenset[str]:
    """The keys of all metrics whose change can be split."""
    return frozenset(metric.key for metric in registry if _has_form(metric.key, registry))


def _has_form(key: str, registry: Registry) -> bool:
    try:
        form_of(key, "", registry)
    except NoBridge:
        return False
    return True


class _NotLinear(Exception):
    """Why a formula has no such form."""


def _read(operand: Operand, dimension: str, registry: Registry) -> Form:
    def again(inner: Operand) -> Form:
        return _read(inner, dimension, registry)

    match operand:
        case Flow() | Stock() | PerPeriod():
            if described(operand).kernel not in {"sum", "count", "distinct"}:
                raise _NotLinear("it isn't a sum or a count of its rows")
            return Sum(((Fraction(1), operand),))
        case Number(value):
            return Sum((), Fraction(value))
        case Derived(inner):
            return again(inner)
        case Reference(key, part):
            return again(registry[key].formula_of(part, dimension))
        case Ratio(left, right):
            return _divided(again(left), again(right))
        case Arithmetic("/", left, right):
            return _divided(again(left), again(right))
        case Arithmetic("*", left, right):
            return _multiplied(again(left), again(right))
        case Arithmetic(operator, left, right):
            return _added(again(left), again(right), Fraction(1 if operator == "+" else -1))
    raise _NotLinear(_WHY_NOT.get(type(operand), _CURVED))


def _divided(over: Form, under: Form) -> Form:
    if isinstance(under, Sum) and not under.leaves and under.constant:
        return _scaled(over, 1 / under.constant)
    if isinstance(over, Quotient) or isinstance(under, Quotient) or over.constant or under.constant:
        raise _NotLinear(_CURVED)
    if not over.leaves or not under.leaves:
        raise _NotLinear(_CURVED)
    return Quotient(over.leaves, under.leaves)


def _multiplied(left: Form, right: Form) -> Form:
    for factor, other in ((left, right), (right, left)):
        if isinstance(factor, Sum) and not factor.leaves:
            return _scaled(other, factor.constant)
    raise _NotLinear(_CURVED)


def _added(left: Form, right: Form, sign: Fraction) -> Form:
    right = _scaled(right, sign)
    if isinstance(left, Sum) and isinstance(right, Sum):
        return Sum(_collected(left.leaves + right.leaves), left.constant + right.constant)
    if isinstance(left, Quotient) and isinstance(right, Quotient):
        if not _same(left.under, right.under):
            raise _NotLinear(_CURVED)
        return Quotient(_collected(left.over + right.over), left.under)
    quotient, number = (left, right) if isinstance(left, Quotient) else (right, left)
    if not isinstance(quotient, Quotient) or not isinstance(number, Sum) or number.leaves:
        raise _NotLinear(_CURVED)
    # 1 - a/b is (b - a)/b.
    added = tuple((factor * number.constant, leaf) for factor, leaf in quotient.under)
    return Quotient(_collected(quotient.over + added), quotient.under)


def _scaled(form: Form, factor: Fraction) -> Form:
    if isinstance(form, Quotient):
        return Quotient(tuple((each * factor, leaf) for each, leaf in form.over), form.under)
    return Sum(tuple((each * factor, leaf) for each, leaf in form.leaves), form.constant * factor)


def _collected(leaves: Weighted) -> Weighted:
    """Leaves of one meaning added up; those that cancel out are gone."""
    factors: dict[object, tuple[Fraction, Leaf]] = {}
    for factor, leaf in leaves:
        before, first = factors.get(identify(leaf), (Fraction(0), leaf))
        factors[identify(leaf)] = (before + factor, first)
    return tuple((factor, leaf) for factor, leaf in factors.values() if factor)


def _same(left: Weighted, right: Weighted) -> bool:
    def told(leaves: Weighted) -> set[tuple[Fraction, object]]:
        return {(factor, identify(leaf)) for factor, leaf in leaves}

    return told(left) == told(right)
