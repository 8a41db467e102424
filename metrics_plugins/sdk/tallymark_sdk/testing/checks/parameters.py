"""Checks of what a KPI may set: every allowed value works, every other one is refused."""

from __future__ import annotations

from collections.abc import Iterator

from tallymark_sdk.binding import bind
from tallymark_sdk.metric import Metric
from tallymark_sdk.parameters import InvalidParameter, Parameter
from tallymark_sdk.testing.golden import said
from tallymark_sdk.testing.subject import Subject


def parameters(subject: Subject, metric: Metric) -> Iterator[str]:
    """The defaults and the outermost values can be computed with; values beyond are refused."""
    for parameter in metric.parameters:
        for value in _allowed(parameter):
            try:
                bound = bind(metric, {parameter.name: value})
                for scene in subject.scenes(metric):
                    scene.over(scene.rows, metric=bound, cells=scene.totals)
            except Exception as error:  # noqa: BLE001  whatever a stranger's metric raises
                yield f"with {parameter.name} = {value} it can't be computed: {said(error)}"
        for value in _refused(parameter):
            try:
                bind(metric, {parameter.name: value})
            except InvalidParameter:
                continue
            yield f'{parameter.name} = "{value}" is accepted, but isn\'t allowed'


def _allowed(parameter: Parameter) -> tuple[object, ...]:
    limits = (parameter.minimum, parameter.maximum)
    return (parameter.default, *parameter.choices, *(limit for limit in limits if limit is not None))


def _refused(parameter: Parameter) -> Iterator[object]:
    yield "neither a number nor a choice"
    if parameter.minimum is not None:
        yield parameter.minimum - 1
    if parameter.maximum is not None:
        yield parameter.maximum + 1
