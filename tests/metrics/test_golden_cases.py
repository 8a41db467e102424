"""Every built-in metric has golden cases worked by hand, beside its pack, and gives what they expect."""

from functools import cache
from importlib.metadata import entry_points

import pytest

from tallymark_sdk import Metric
from tallymark_sdk.hookspecs import ENTRY_POINT_GROUP
from tallymark_sdk.testing import kit
from tallymark_sdk.testing.cases import Case, InvalidCases, read_cases
from tallymark_sdk.testing.golden import failure
from tallymark_sdk.testing.installed import pack

BUILT_IN = sorted(
    point.name
    for point in entry_points(group=ENTRY_POINT_GROUP)
    if point.dist and point.dist.name == "tallymark-metrics"
)
METRICS = [metric for family in BUILT_IN for metric in pack(family).metrics]


@cache
def understood(family: str) -> tuple[tuple[Case, ...], str]:
    """The family's cases, and what is wrong with a file that can't be read."""
    known = [metric.key for metric in pack(family).metrics]
    try:
        return tuple(case for path in pack(family).case_files for case in read_cases(path, known)), ""
    except InvalidCases as error:
        return (), str(error)


def cases_of(family: str) -> tuple[Case, ...]:
    return understood(family)[0]


@pytest.mark.parametrize("family", BUILT_IN)
def test_a_familys_case_files_are_understood(family: str):
    _cases, wrong = understood(family)
    assert not wrong, wrong


@pytest.mark.parametrize(
    "case", [case for family in BUILT_IN for case in cases_of(family)], ids=lambda c: c.place
)
def test_a_golden_case(case: Case):
    wrong = failure(case, pack(case.metric.partition(".")[0]))
    assert not wrong, wrong


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_a_metric_has_an_ordinary_case_and_an_empty_one(metric: Metric):
    values = [case.value for case in cases_of(metric.family) if case.metric == metric.key]
    assert any(values), f"{metric.key} has no case with an ordinary value"
    assert not all(values), f'{metric.key} has no case of an empty period, with value = "none" or "0"'


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_a_metric_has_its_texts_in_four_languages(metric: Metric):
    wrong = kit.problems(kit.subject(metric.family), metric, "languages")
    assert not wrong, "\n".join(map(str, wrong))
