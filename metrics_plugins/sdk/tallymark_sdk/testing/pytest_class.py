"""A pack's tests as a class that pytest collects: each check of each metric is a test of its own."""

from __future__ import annotations

from typing import Any

import pytest

from tallymark_sdk.testing import kit
from tallymark_sdk.testing.installed import NoSuchPack
from tallymark_sdk.testing.plugin import note_hints


def make(family: str) -> type:
    """The class of tests of the installed pack `family`."""
    try:
        subject = kit.subject(family)
    except NoSuchPack as error:
        return type(f"Test_{family}", (), {"test_the_pack_is_installed": _failing(str(error))})
    tests: dict[str, Any] = {f"test_{name.replace(' ', '_')}": _of_check(family, name) for name in kit.CHECKS}
    for name in kit.platform_checks():
        tests[f"test_{name.replace(' ', '_')}"] = _of_platform(family, name)
    if not subject.pack.metrics:
        tests = {
            "test_the_pack_has_metrics": _failing("tallymark_metrics() gives no metric; return at least one")
        }
    return type(f"Test_{family}", (), tests)


def _of_check(family: str, name: str) -> Any:
    @pytest.mark.parametrize("metric", [metric.key for metric in kit.subject(family).pack.metrics])
    def test(metric: str, request: pytest.FixtureRequest) -> None:
        subject = kit.subject(family)
        if reason := subject.excused(name, metric):
            pytest.skip(f'{metric} needn\'t pass "{name}": {reason}')
        tested = subject.metric(metric)
        if name != "declaration" and kit.problems(subject, tested, "declaration"):
            pytest.skip(f"the declaration of {metric} is wrong, so nothing else can be told of it")
        _fail_with(kit.problems(subject, tested, name))
        if name == "additivity":
            note_hints(request.config, (hint for hint in kit.hints(subject) if hint.startswith(f"{metric}:")))

    test.__doc__ = kit.CHECKS[name].__doc__
    return staticmethod(test)


def _of_platform(family: str, name: str) -> Any:
    def test() -> None:
        _fail_with(kit.platform_problems(kit.subject(family), name, kit.platform_checks()[name]))

    return staticmethod(test)


def _failing(message: str) -> Any:
    def test() -> None:
        pytest.fail(message, pytrace=False)

    return staticmethod(test)


def _fail_with(found: tuple[kit.Problem, ...]) -> None:
    if found:
        pytest.fail(
            "\n".join(f"{each.metric or each.check}: {each.sentence}" for each in found), pytrace=False
        )
