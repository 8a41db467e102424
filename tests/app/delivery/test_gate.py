"""The gate by a table: facts in, verdict out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tallymark.delivery.broken import is_breakdown
from tallymark.delivery.gate import DatasetFact, Facts, KpiFact, Policy, Reconciliation, Verdict, judge

OVER = datetime(2026, 7, 1, tzinfo=UTC)
NOW = OVER + timedelta(days=2)


def loaded(hours_after: float, **more) -> DatasetFact:
    usual: dict[str, Any] = {"name": "orders", "loaded_at": OVER + timedelta(hours=hours_after), "rows": 100}
    return DatasetFact(**(usual | more))


def kpi(**more) -> KpiFact:
    usual: dict[str, Any] = {"name": "Revenue", "has_value": True, "used": 100}
    return KpiFact(**(usual | more))


def facts(**more) -> Facts:
    usual: dict[str, Any] = {"now": NOW, "over_at": OVER, "datasets": (loaded(1),), "kpis": (kpi(),)}
    return Facts(**(usual | more))


NONE = kpi(has_value=False, reason="no rows in the period")
BROKE = kpi(has_value=False, broke=True)
RUNNING = {"over_at": None}
CASES = {
    "all is well": (facts(), Policy(), "send", ()),
    "loaded at the very end": (facts(datasets=(loaded(0),)), Policy(), "send", ()),
    "not loaded since the end": (facts(datasets=(loaded(-1),)), Policy(), "hold", ("fresh",)),
    "old is only warned about": (facts(datasets=(loaded(-1),)), Policy(fresh="banner"), "banner", ("fresh",)),
    "old is nobody's concern": (facts(datasets=(loaded(-1),)), Policy(fresh="ignore"), "send", ("fresh",)),
    "one of two is old": (facts(datasets=(loaded(5), loaded(-5))), Policy(), "hold", ("fresh",)),
    "never loaded is a note": (facts(datasets=(DatasetFact(name="orders", loaded_at=None),)), Policy(), "send", ()),
    "running and lately loaded": (facts(**RUNNING, datasets=(loaded(24),)), Policy(hours=36), "send", ()),
    "running and long ago": (facts(**RUNNING, datasets=(loaded(11),)), Policy(hours=36), "hold", ("fresh",)),
    "one KPI without value": (facts(kpis=(kpi(), NONE)), Policy(), "banner", ("complete",)),
    "no KPI has a value": (facts(kpis=(NONE,)), Policy(complete="hold"), "hold", ("complete",)),
    "few rows left out": (facts(kpis=(kpi(left_out=5),)), Policy(left_out=0.05), "send", ()),
    "many rows left out": (facts(kpis=(kpi(left_out=6),)), Policy(left_out=0.05), "banner", ("complete",)),
    "rows were rejected": (facts(datasets=(loaded(1, rejected=3),)), Policy(), "banner", ("complete",)),
    "a source agrees": (facts(reconciliations=(Reconciliation(source="CRM", differences=0),)), Policy(), "send", ()),
    "a source differs": (
        facts(reconciliations=(Reconciliation(source="CRM", differences=2),)), Policy(), "banner", ("reconciled",),
    ),
    "a KPI broke": (facts(kpis=(kpi(), BROKE)), Policy(), "hold", ("errors",)),
    "a broken KPI isn't incomplete too": (facts(kpis=(kpi(), BROKE)), Policy(errors="ignore"), "send", ("errors",)),
    "the last load failed": (facts(datasets=(loaded(1, failed_at=NOW),)), Policy(), "hold", ("errors",)),
    "the heaviest wins": (
        facts(datasets=(loaded(-1),), kpis=(kpi(), NONE, BROKE)), Policy(), "hold", ("fresh", "complete", "errors"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_verdict(case):
    given, policy, act, bad = CASES[case]
    verdict = judge(given, policy)
    assert verdict.act == act
    assert tuple(each.check for each in verdict.findings if each.weight == "bad") == bad
    assert all(str(each.said) for each in verdict.findings)


def test_what_is_not_reconciled_is_said_and_changes_nothing():
    verdict = judge(facts(), Policy())
    assert [str(each.said) for each in verdict.findings] == [
        "Not reconciled: this source has no reconciliation."
    ]
    assert verdict.banner == ()


def test_a_held_message_that_is_sent_anyway_has_all_its_reasons_on_top():
    verdict = judge(facts(datasets=(loaded(-1),), kpis=(kpi(), NONE)), Policy())
    assert verdict.act == "hold"
    assert len(verdict.held) == 1
    assert len(verdict.banner) == 2


def test_a_verdict_is_kept_with_its_values():
    verdict = judge(facts(datasets=(loaded(-1),), kpis=(kpi(), NONE)), Policy())
    assert Verdict.read(verdict.stored()) == verdict
    assert Verdict.read(None) is None


def test_a_policy_is_kept_and_nonsense_in_it_is_the_default():
    policy = Policy(fresh="ignore", hours=5)
    assert Policy.read(policy.stored()) == policy
    assert Policy.read({"fresh": "explode", "hours": "many", "else": 1}) == Policy()


@pytest.mark.parametrize("locale", ["en", "vi", "fa", "zh-Hant"])
def test_what_is_a_breakdown_is_known_in_each_language(locale):
    from tallymark_sdk.texts import SDK

    assert is_breakdown("could not be computed: IOException", locale)
    assert is_breakdown(SDK.text("ended without an answer", locale), locale)
    assert not is_breakdown(SDK.text("no rows in the period", locale), locale)
    assert not is_breakdown(SDK.text("nothing to divide by", locale), locale)
