"""Running golden cases on the reference evaluator."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from tallymark_sdk.arithmetic import Figure
from tallymark_sdk.binding import bind
from tallymark_sdk.errors import TallymarkError, did_you_mean
from tallymark_sdk.metric import Metric
from tallymark_sdk.testing.bench import Bench
from tallymark_sdk.testing.cases import Case
from tallymark_sdk.testing.installed import InstalledPack, installed_metrics
from tallymark_sdk.testing.reasons import reason_of

_CLOSE = Fraction(1, 10**20)
"""The evaluator divides in fifty digits, so a third of something is never quite itself; anything else is exact."""


def failure(case: Case, pack: InstalledPack) -> str:
    """What is wrong with the case in plain words; "" where the metric gives what the case expects."""
    try:
        metric = _metric(case, pack)
        metrics = {each.key: each for each in (*installed_metrics(), *pack.metrics, metric)}
        evaluated = Bench(case.rows, case.calendar, metrics.values(), as_of=case.as_of)
        found = evaluated.value(metric, case.period, part=case.part, dimension=case.by, member=case.member)
        reason = reason_of(evaluated, metric, case, metrics) if case.reason and found is None else case.reason
    except TallymarkError as error:
        return f"{case.place}: {case}: {error}"
    except Exception as error:  # noqa: BLE001  a metric of a stranger's may raise anything
        return f"{case.place}: {case}: it can't be computed: {said(error)}"
    if not same(case.value, found):
        return (
            f"{case}: expected {shown(case.value)}, got {shown(found)}; worked out as: {case.why} "
            f"({case.place}){_rounded_hint(case.value, found)}"
        )
    if reason != case.reason:
        return (
            f'{case}: expected no value because "{case.reason}", but the reason is "{reason}" ({case.place})'
        )
    return ""


def said(error: Exception) -> str:
    """An error in one line: a database adds the whole query to its own."""
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def shown(value: Fraction | Figure | None) -> str:
    """A value as a person would write it."""
    if value is None:
        return "no value"
    if isinstance(value, Fraction):
        whole = Decimal(value.numerator) / value.denominator
        return f"{whole:f}" if Fraction(whole) == value else f"{value} ({whole:.6f})"
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _metric(case: Case, pack: InstalledPack) -> Metric:
    metric = next(metric for metric in pack.metrics if metric.key == case.metric)
    if case.part != "value" and case.part not in metric.parts:
        raise TallymarkError(f'it has no part "{case.part}".{did_you_mean(case.part, metric.parts)}')
    if case.by and case.by not in metric.by:
        raise TallymarkError(f'it isn\'t broken down by "{case.by}".{did_you_mean(case.by, metric.by)}')
    return bound(metric, tuple(sorted(case.parameters.items())))


@cache
def bound(metric: Metric, values: tuple[tuple[str, Any], ...]) -> Metric:
    """The metric with these parameters' values: the same object each time, so that its queries are made once."""
    return bind(metric, dict(values))


def same(expected: Fraction | Figure | None, found: Figure | None) -> bool:
    """Whether a value is the expected one, but for the last of fifty digits; no value only equals no value."""
    if expected is None or found is None:
        return expected is None and found is None
    return abs(Fraction(found) - Fraction(expected)) <= abs(Fraction(expected)) * _CLOSE


def _rounded_hint(expected: Fraction | None, found: Figure | None) -> str:
    if expected is None or found is None or abs(Fraction(found) - expected) > Fraction(1, 100):
        return ""
    return '. If the value was rounded, write it as a fraction, such as "5/6"'
