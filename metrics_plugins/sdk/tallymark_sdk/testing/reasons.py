"""Why a metric has no value, for cases that say it: found by walking its formula as a reader would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Arithmetic, Derived, Operand, Ratio, Reference, Shifted, Total
from tallymark_sdk.leaves import leaves
from tallymark_sdk.metric import Metric
from tallymark_sdk.reference import ReferenceEvaluator
from tallymark_sdk.testing.cases import Case

NOTHING_TO_DIVIDE_BY = "nothing to divide by"
NO_ROWS = "no rows in the period"


def reason_of(
    evaluated: ReferenceEvaluator, metric: Metric, case: Case, metrics: Mapping[str, Metric]
) -> str:
    """Why the case's cell has no value; the case's own reason where that can't be told from the formula."""
    walk = _Walk(evaluated, metric, case, metrics)
    return (
        walk.reason(metric.formula_of(case.part, case.by), case.period, case.by, case.member) or case.reason
    )


class _Walk:
    def __init__(
        self, evaluated: ReferenceEvaluator, metric: Metric, case: Case, metrics: Mapping[str, Metric]
    ) -> None:
        self._evaluated = evaluated
        self._metric = metric
        self._calendar = case.calendar
        self._metrics = metrics

    def reason(self, operand: Operand, period: Period, by: str, member: str) -> str:
        """Why the operand has no value; "" where it can't be told."""
        match operand:
            case Derived(inner):
                return self.reason(inner, period, by, member)
            case Reference(key, part):
                return self.reason(self._metrics[key].formula_of(part, by), period, by, member)
            case Total(inner):
                return self.reason(inner, period, "", "")
            case Shifted(inner, "previous"):
                return self.reason(inner, self._calendar.step(period, -1), by, member)
            case Shifted(inner, _):
                return self.reason(inner, self._calendar.year_before(period), by, member)
            case Ratio(left, right) | Arithmetic(_, left, right):
                for side in (left, right):
                    if not self._has_value(side, period, by, member):
                        return self.reason(side, period, by, member)
                return NOTHING_TO_DIVIDE_BY
            case _:
                return NO_ROWS if operand in list(leaves(operand)) else ""

    def _has_value(self, operand: Operand, period: Period, by: str, member: str) -> bool:
        alone = replace(self._metric, formula=Derived(operand), parts={}, by_member={})
        return self._evaluated.value(alone, period, dimension=by, member=member) is not None
