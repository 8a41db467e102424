"""Whether a formula's values add up: over the members of a breakdown, and over periods."""

from __future__ import annotations

from collections.abc import Mapping

from tallymark_sdk.formula import Arithmetic, Derived, Flow, Number, Operand, Reference, Rolling, Shifted
from tallymark_sdk.leaves import children, operands
from tallymark_sdk.metric import Metric
from tallymark_sdk.rows import empty_relation, measured


def adds_over_members(operand: Operand, metrics: Mapping[str, Metric]) -> bool:
    """Whether the members' values sum to the total's: a plain sum of additive metrics, or a multiple of one."""
    match operand:
        case Reference(key, "value"):
            return metrics[key].additive
        case Arithmetic("+" | "-", left, right):
            # 0 − x is how −x stands in the algebra.
            both = (each for each in (left, right) if each != Number(0))
            return all(adds_over_members(each, metrics) for each in both)
        case Arithmetic("*", Number(), inner) | Arithmetic("*" | "/", inner, Number()):
            return adds_over_members(inner, metrics)
        case Shifted(inner) | Rolling(inner) | Derived(inner):
            return adds_over_members(inner, metrics)
        case _:
            return False


def adds_over_periods(operand: Operand, metrics: Mapping[str, Metric]) -> bool:
    """Whether the periods' values sum to that of the whole span: sums and counts of events do, levels don't."""
    match operand:
        case Reference(key, "value"):
            metric = metrics[key]
            return metric.additive and _of_events(metric.formula, metrics)
        case Reference(key, part):
            formula = metrics[key].formula_of(part)
            return isinstance(formula, Flow) and _kernel(formula) in {"sum", "count"}
        case Arithmetic("+" | "-", left, right):
            both = (each for each in (left, right) if each != Number(0))
            return all(adds_over_periods(each, metrics) for each in both)
        case Arithmetic("*", Number(), inner) | Arithmetic("*" | "/", inner, Number()):
            return adds_over_periods(inner, metrics)
        case Shifted(inner) | Derived(inner):
            return adds_over_periods(inner, metrics)
        case _:
            return False


def _of_events(operand: Operand, metrics: Mapping[str, Metric]) -> bool:
    """Whether all rows behind it are events of their period; what is valid at a boundary is counted again in each."""
    for each in operands(operand):
        if isinstance(each, Reference):
            if not _of_events(metrics[each.key].formula_of(each.part), metrics):
                return False
        # What ends the formula otherwise is a level, or a program of which nothing is known.
        elif not children(each) and not isinstance(each, Flow | Number):
            return False
    return True


def _kernel(leaf: Flow) -> str:
    return measured(leaf, empty_relation(leaf.dataset)).kernel
