"""Charts that packs offer: each is checked on its own, and costs no metric."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tallymark.plugins.loader import load
from tallymark.plugins.registry import Registry, build
from tallymark.plugins.wording import Wording
from tallymark_sdk.catalogues import gaps
from tallymark_sdk.charts import Chart, problem

HEAD = """
from tallymark_sdk import Chart, Flow, Metric, _, hookimpl

def metric(key, **more):
    return Metric(**{**dict(key=key, name="n", description="d", unit="count", better="higher",
        inputs=("orders.ordered_on",), formula=Flow("orders", on="ordered_on", value=_.count())), **more})
"""
Packs = Callable[..., Registry]


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packs]:
    """Write modules and load them."""
    monkeypatch.syspath_prepend(str(tmp_path))
    written: list[str] = []

    def write(**bodies: str) -> Registry:
        points = []
        for family, body in bodies.items():
            module = f"charts_of_{family}_{tmp_path.name}_{len(written)}"
            (tmp_path / f"{module}.py").write_text(HEAD + body)
            written.append(module)
            points.append(EntryPoint(name=family, value=module, group="tallymark.metrics"))
        return build(load(points))

    yield write
    for module in written:
        sys.modules.pop(module, None)


def body(family: str, charts: str, *, mark: str = "@hookimpl\n", hook: str = "tallymark_charts") -> str:
    given = f"metric('{family}.a', by=('rep',)), metric('{family}.b')"
    metrics = f"@hookimpl\ndef tallymark_metrics():\n    return [{given}]\n"
    return f"{metrics}{mark}def {hook}():\n    {charts}\n"


def chart(key: str, **more: object) -> str:
    given = {"key": key, "name": "N", "metrics": (f"{key.partition('.')[0]}.a",), **more}
    return f"Chart({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def test_a_pack_offers_charts(packs: Packs) -> None:
    known = packs(one=body("one", f"return [{chart('one.t')}, {chart('one.r', kind='ranking', by='rep')}]"))
    assert known.broken == ()
    assert list(known.charts) == ["one.r", "one.t"]
    assert known.chart("one.r") == Chart(key="one.r", name="N", kind="ranking", metrics=("one.a",), by="rep")
    assert known.chart("one.nothing") is None


def test_a_pack_without_the_hook_has_none_and_nothing_is_said(packs: Packs) -> None:
    known = packs(one="@hookimpl\ndef tallymark_metrics():\n    return [metric('one.a')]\n")
    assert (known.charts, known.broken) == ({}, ())


@pytest.mark.parametrize(
    ("charts", "reason"),
    [
        ("raise RuntimeError('out of ideas')", "tallymark_charts() raised RuntimeError: out of ideas"),
        ("raise SystemExit(3)", "tallymark_charts() raised SystemExit: 3"),
        ("return 'one.t'", "tallymark_charts() gave str, not a list of charts"),
        ("return [7]", "tallymark_charts() gave int, not a Chart"),
        (f"return [{chart('two.t')}]", 'two.t: the key must start with the entry point\'s name, "one."'),
        (f"return [{chart('one.t', kind='pie')}]", 'there is no kind "pie"; use trend, bars'),
        (f"return [{chart('one.t', name=' ')}]", "one.t: a chart needs a name"),
        (f"return [{chart('one.t', metrics='one.a')}]", "one.t: metrics is a tuple of keys"),
        (
            f"return [{chart('one.t', metrics=('one.a', 'one.b'))}]",
            "a chart of kind trend shows exactly one metric, not 2",
        ),
        (f"return [{chart('one.t', metrics=())}]", "shows exactly one metric, not 0"),
        (
            f"return [{chart('one.t', kind='funnel')}]",
            "a chart of kind funnel shows 2 to 9 metrics, not 1",
        ),
        (f"return [{chart('one.t', kind='bars')}]", 'a chart of kind bars needs by, such as by="rep"'),
        (f"return [{chart('one.t', by='rep')}]", "has no breakdown; leave by out"),
        (
            f"return [{chart('one.t', metrics=('one.aa',))}]",
            'one.t shows "one.aa", which isn\'t there. Did you mean',
        ),
        (
            f"return [{chart('one.t', kind='bars', metrics=('one.b',), by='rep')}]",
            'shows one.b by "rep", which it doesn\'t offer',
        ),
        ("return [Chart(key=[], name='N', metrics=('one.a',))]", "the key must start with"),
    ],
    ids=lambda value: value if " " not in value else None,
)
def test_a_wrong_chart_is_refused_with_its_reason_and_costs_no_metric(
    packs: Packs, charts: str, reason: str
) -> None:
    known = packs(one=body("one", charts))
    assert [reason in each.reason for each in known.broken] == [True]
    assert list(known.metrics) == ["one.a", "one.b"]
    assert known.charts == {}


def test_a_wrong_chart_costs_no_other(packs: Packs) -> None:
    known = packs(one=body("one", f"return [{chart('one.x', kind='pie')}, {chart('one.t')}]"))
    assert list(known.charts) == ["one.t"]
    assert len(known.broken) == 1


def test_a_key_that_two_charts_share_is_refused_in_both(packs: Packs) -> None:
    known = packs(one=body("one", f"return [{chart('one.t')}, {chart('one.t', name='M')}]"))
    assert known.charts == {}
    assert "the chart one.t is declared twice" in known.broken[0].reason


def test_a_hook_that_is_misspelt_or_unmarked_is_named(packs: Packs) -> None:
    known = packs(one=body("one", f"return [{chart('one.t')}]", hook="tallymark_chart"))
    assert 'there is no hook "tallymark_chart". Did you mean "tallymark_charts"?' in known.broken[0].reason
    known = packs(one=body("one", f"return [{chart('one.t')}]", mark=""))
    assert "mark tallymark_charts() with @hookimpl" in known.broken[0].reason
    assert list(known.metrics) == ["one.a", "one.b"]


def test_a_chart_may_show_the_metrics_of_another_pack(packs: Packs) -> None:
    known = packs(
        one=body("one", f"return [{chart('one.t', metrics=('two.a',))}]"), two=body("two", "return []")
    )
    assert known.chart("one.t").metrics == ("two.a",)
    assert known.broken == ()


def test_a_metric_that_is_refused_takes_its_charts_along(packs: Packs) -> None:
    known = packs(one=body("one", f"return [{chart('one.t')}]"))
    assert known.with_parameters({"one.a": {"days": 3}}).charts == {}
    assert list(known.laid_over(()).charts) == ["one.t"]


def test_a_chart_is_called_by_its_packs_own_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "charted_pack"
    catalogue = package / "locale" / "fa" / "LC_MESSAGES" / "one.po"
    catalogue.parent.mkdir(parents=True)
    (package / "__init__.py").write_text(
        HEAD + body("one", f"return [{chart('one.t', name='Wins over time')}]")
    )
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    catalogue.write_text(head + 'msgid "Wins over time"\nmsgstr "بردها در گذر زمان"\n', encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    known = build(load([EntryPoint(name="one", value="charted_pack", group="tallymark.metrics")]))
    assert Wording(known, "fa").chart("one.t") == "بردها در گذر زمان"
    assert Wording(known, "vi").chart("one.t") == "Wins over time"
    domain = known.charts["one.t"][0].domain
    lacking = {(gap.language, gap.used_for) for gap in gaps([known.charts["one.t"][1]], domain)}
    assert lacking == {("vi", "one.t: chart"), ("zh_Hant", "one.t: chart")}
    sys.modules.pop("charted_pack", None)


def test_a_declaration_says_itself_what_is_wrong() -> None:
    assert problem(Chart(key="a.b", name="N", metrics=("a.c",)), "a") is None
    assert problem(Chart(key="a.", name="N", metrics=("a.c",)), "a") is not None
    assert "stands twice" in str(
        problem(Chart(key="a.b", name="N", kind="funnel", metrics=("a.c", "a.c")), "a")
    )
