"""What the platform adds to the kit's checks: a pack loads, the engine agrees with its cases, it shows on a scorecard."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tallymark import packcheck
from tallymark.plugins.loader import Broken
from tallymark.plugins.registry import Registry
from tallymark_sdk.testing import kit
from tallymark_sdk.testing.subject import Subject


@pytest.fixture(scope="module")
def deals() -> Subject:
    whole = kit.subject("deals")
    cases = tuple(case for case in whole.cases if case.metric == "deals.average_deal_size")
    assert any(case.by for case in cases)
    return replace(whole, cases=cases)


def test_the_engine_agrees_with_right_cases(deals: Subject):
    assert list(packcheck.engine(deals)) == []


def test_a_case_that_the_engine_disagrees_with_is_named(deals: Subject):
    case = next(case for case in deals.cases if case.value)
    wrong = replace(deals, cases=(replace(case, value=case.value + Fraction(1)),))
    (found,) = packcheck.engine(wrong)
    assert found.startswith(f"{case}: the engine gives ")
    assert case.place in found


def test_a_metric_shows_on_a_scorecard_in_four_languages(deals: Subject):
    assert list(packcheck.scorecard(deals)) == []


def test_a_metric_that_does_not_show_is_named(deals: Subject, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packcheck, "render_page", lambda document: "an empty page")
    found = list(packcheck.scorecard(deals))
    assert found[0] == "deals.average_deal_size doesn't show on a scorecard in en"
    assert len(found) == 4


def test_what_the_platform_refuses_is_said(deals: Subject, monkeypatch: pytest.MonkeyPatch):
    refused = (
        Broken(family="deals", distribution="d", version="1", reason="declared twice"),
        Broken(family="other", distribution="o", version="1", reason="not ours"),
    )
    monkeypatch.setattr(packcheck, "registry", lambda: Registry(broken=refused))
    assert list(packcheck.loading(deals)) == ["the platform refuses it: declared twice"]


def test_the_kit_finds_these_checks():
    assert set(kit.platform_checks()) == {"loading", "engine", "scorecard"}
