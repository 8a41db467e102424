"""Packs are loaded one by one: a bad one is refused with its reason and every other one loads."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tallymark.plugins.loader import installed_packs, load
from tallymark.plugins.registry import build, registry

HEAD = """
from tallymark_sdk import Derived, Flow, Metric, _, hookimpl, metric_value

def metric(key, **more):
    return Metric(**{**dict(key=key, name="n", description="d", unit="count", better="higher",
        inputs=("orders.ordered_on",), formula=Flow("orders", on="ordered_on", value=_.count())), **more})
"""
Packs = Callable[..., list[EntryPoint]]


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packs]:
    """Write modules and give their entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written: list[str] = []

    def write(**bodies: str) -> list[EntryPoint]:
        points = []
        for family, body in bodies.items():
            module = f"pack_of_{family}_{len(written)}"
            (tmp_path / f"{module}.py").write_text(HEAD + body)
            written.append(module)
            points.append(EntryPoint(name=family, value=module, group="tallymark.metrics"))
        return points

    yield write
    for module in written:
        sys.modules.pop(module, None)


def giving(*metrics: str) -> str:
    return f"@hookimpl\ndef tallymark_metrics():\n    return [{', '.join(metrics)}]\n"


def test_no_pack_may_take_the_name_of_own_kpis(packs: Packs) -> None:
    loaded = load(packs(own=giving("metric('own.a')"), good=giving("metric('good.a')")))
    assert [pack.family for pack in loaded.packs] == ["good"]
    assert 'the name "own" is kept' in loaded.broken[0].reason


def test_one_bad_pack_leaves_the_others(packs: Packs) -> None:
    points = packs(
        good=giving("metric('good.a')"),
        syntax="def broken(:\n",
        importing="import no_such_module\n",
        raising="@hookimpl\ndef tallymark_metrics():\n    raise RuntimeError('out of ideas')\n",
        leaving="raise SystemExit(3)\n",
        nohook="x = 1\n",
        misspelt="@hookimpl\ndef tallymark_metric():\n    return []\n",
        wrong="@hookimpl\ndef tallymark_metrics():\n    return ['a metric']\n",
        typo=giving("metric('typo.a', inputs=())", "metric('typo.b')"),
        unchecked=giving("metric('unchecked.a', by=None)", "metric(7)", "metric('unchecked.b')"),
        stolen=giving("metric('revenue.mine')"),
        last=giving("metric('last.a')"),
    )
    found = build(load(points))
    assert sorted(found.metrics) == ["good.a", "last.a", "typo.b", "unchecked.b"]
    reasons = {broken.family: broken.reason for broken in found.broken}
    assert set(reasons) == {
        "syntax", "importing", "raising", "leaving", "nohook", "misspelt", "wrong", "typo", "unchecked", "stolen"
    }  # fmt: skip
    assert "no_such_module" in reasons["importing"]
    assert "out of ideas" in reasons["raising"]
    assert "implements no tallymark_metrics()" in reasons["nohook"]
    assert "gave str, not a Metric" in reasons["wrong"]
    assert "is used but isn't among the inputs" in reasons["typo"]
    assert 'must start with the entry point\'s name, "stolen."' in reasons["stolen"]


def test_a_key_declared_twice_is_refused_in_both(packs: Packs) -> None:
    points = packs(one=giving("metric('one.a')")) + packs(one=giving("metric('one.a')", "metric('one.b')"))
    found = build(load(points))
    assert sorted(found.metrics) == ["one.b"]
    assert [broken.reason for broken in found.broken] == [
        f"one.a is declared twice, by {points[0].value} unknown and by {points[1].value} unknown; neither is used"
    ] * 2


def test_references_to_nothing_or_in_a_circle_are_refused(packs: Packs) -> None:
    def derived(key: str, target: str) -> str:
        return f"metric('{key}', inputs=('{target}',), formula=Derived(metric_value('{target}')))"

    found = build(
        load(
            packs(
                ring=giving(
                    derived("ring.a", "ring.b"),
                    derived("ring.b", "ring.a"),
                    derived("ring.c", "ring.d"),
                    derived("ring.e", "ring.c"),
                    "metric('ring.ok')",
                )
            )
        )
    )
    assert sorted(found.metrics) == ["ring.ok"]
    reasons = "\n".join(broken.reason for broken in found.broken)
    assert "ring.a refers to itself through other metrics" in reasons
    assert 'ring.c refers to "ring.d", which isn\'t there' in reasons
    assert 'ring.e refers to "ring.c", which isn\'t there' in reasons


def test_only_allowed_distributions_load(packs: Packs) -> None:
    points = packs(good=giving("metric('good.a')"))
    assert load(points, allowed=[]).packs == ()
    assert load(points, allowed=[points[0].module]).packs[0].family == "good"


def test_the_built_in_metrics_are_registered_like_anybodys() -> None:
    assert {"revenue", "pipeline", "conversion", "deals"} <= {point.name for point in installed_packs()}
    assert registry().pack_of("revenue.bookings").distribution == "tallymark-metrics"
    assert registry().broken == ()


def test_the_columns_behind_a_metric_include_those_of_the_metrics_it_refers_to() -> None:
    known = registry()
    assert known.columns_of("revenue.sales_growth") == known.columns_of("revenue.revenue")
    assert {"reps.hired_on", "orders.status"} <= set(known.columns_of("revenue.sales_per_rep"))
