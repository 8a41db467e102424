"""Every defect that a pack can have is refused with a reason of its own, and whatever else is installed loads.

The packs are real distributions: modules and a dist-info folder on the path, found by their entry points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallymark.plugins.loader import installed_packs, load
from tallymark.plugins.registry import Registry, build

HEAD = """
from decimal import Decimal
import ibis
from tallymark_sdk import Computed, Derived, Flow, Metric, Part, Ratio, Stock, View, _, computed, hookimpl, metric_value
from tallymark_sdk.formula import Arithmetic, Number, Rolling

def flow(value=_.count(), **more):
    return Flow("orders", on="ordered_on", value=value, **more)

def metric(called="a", **more):
    given = dict(key=f"FAMILY.{called}", name="n", description="d", unit="count", better="higher",
                 inputs=("orders.ordered_on",), formula=flow())
    return Metric(**{**given, **more})

def view(build, **more):
    return View(**{**dict(name="v", grain="orders", requires=("orders.ordered_on",),
                          columns={"ordered_on": "orders.ordered_on"}, build=build), **more})

def over(build, **more):
    return metric(formula=Flow(view(build, **more), on="ordered_on", value=_.count()))

def give(*metrics):
    global tallymark_metrics
    @hookimpl
    def tallymark_metrics():
        return metrics
"""

# Family → what its module says after HEAD, and what its reason holds.
DEFECTS: dict[str, tuple[str, str]] = {
    # what it measures
    "typo": ("give(metric(formula=flow(_.amount_bas.sum())))", 'no column "amount_bas". Did you mean "amount_base"?'),
    "undeclared": ("give(metric(formula=flow(_.amount_base.sum())))", '"orders.amount_base" is used but isn\'t among'),
    "unused": ("give(metric(inputs=('orders.id', 'orders.ordered_on')))", '"orders.id" is among the inputs but isn\'t used'),
    "textsum": ("give(metric(formula=flow(_.status.sum())))", "the sum of text is no number"),
    "textmax": ("give(metric(formula=flow(_.status.max())))", "the max of string is no number"),
    "noaggregate": ("give(metric(formula=flow(_.amount_base)))", "nothing is aggregated; end the value in .sum()"),
    "mean": ("give(metric(formula=flow(_.amount_base.mean())))", "a mean is a ratio of sums"),
    "now": ("give(metric(formula=flow(_.count(where=_.created_at < ibis.now()))))", "now() is not allowed"),
    "random": ("give(metric(formula=flow(_.count(where=ibis.random() < 0.5))))", "random() is not allowed"),
    "first": ("give(metric(formula=flow(_.amount_base.first())))", "First is not one of sum, count"),
    "foreign": ("give(metric(formula=flow(_.amount.sum())))", '"amount" is in each row\'s own currency'),
    "nodataset": ("give(metric(formula=Flow('orderz', on='x', value=_.count())))", 'no dataset "orderz". Did you mean "orders"?'),
    "nodate": ("give(metric(formula=Flow('orders', on='status', value=_.count())))", '"status" isn\'t a date'),
    # views
    "viewcolumn": ("give(over(lambda t: t['orders'].filter(t['orders'].amount_base > 0)))", 'reads "amount_base", which isn\'t among what it declares'),
    "viewtable": ("give(over(lambda t: ibis.table({'source_id': 'string', 'id': 'string', 'deleted_at': 'timestamp', 'ordered_on': 'date'}, name='reps')))", 'the view reads "reps"'),
    "sampling": ("give(over(lambda t: t['orders'].sample(0.5)))", "the view uses Sample, which isn't allowed"),
    "limiting": ("give(over(lambda t: t['orders'].limit(5)))", "the view uses Limit, which isn't allowed"),
    "sql": ("give(over(lambda t: t['orders'].sql('select * from orders', dialect='duckdb')))", "can't be read"),
    "viewraises": ("give(over(lambda t: 1 / 0))", "division by zero"),
    # declaration
    "version": ("give(metric(version=0))", "the version counts from 1"),
    "versionflag": ("give(metric(version=True))", "version is a whole number, not True"),
    "unit": ("give(metric(unit='dollars'))", 'unit "dollars" is none of'),
    "better": ("give(metric(better='up'))", 'better "up" is none of'),
    "noname": ("give(metric(name=None))", "name is text, not None"),
    "bytext": ("give(metric(by='rep'))", 'by is a tuple of names; write ("rep",) with a comma'),
    "inputlist": ("give(metric(inputs=['orders.ordered_on']))", "inputs is a tuple of names, not a list"),
    "partlist": ("give(metric(parts=[Part(name='p', unit='count', formula=flow())]))", "parts is a dictionary by name, not a list"),
    "partformula": ("give(metric(parts={'p': flow()}))", 'parts["p"] is a Part, not a Flow'),
    "oneshot": ("give(metric(by=(each for each in ('rep',))))", "by is a tuple of names, not a generator"),
    "breakdown": ("give(metric(by=('weather',)))", 'no breakdown "weather"'),
    "formula": ("give(metric(formula=42))", "a formula is a Flow, Stock, PerPeriod, Ratio, Derived or @computed, not int"),
    "lambda_value": ("give(metric(formula=flow(lambda t: t.count())))", "a value is an expression over columns"),
    "plain_value": ("def total(t):\n    return t.count()\ngive(metric(formula=flow(total)))", "not a function"),
    "float_number": ("give(metric(formula=Ratio(flow(), Number(0.1))))", "a number in a formula is whole or a Decimal, not 0.1"),
    "operator": ("give(metric(formula=Ratio(flow(), Arithmetic('**', flow(), flow()))))", "operator '**' is none of"),
    "rolling": ("give(metric(formula=Derived(Rolling(flow(), 10 ** 9))))", "rolling takes from 1 to 120 periods"),
    "deep": ("f = flow()\nfor _i in range(5000):\n    f = Arithmetic('+', f, Number(1))\ngive(metric(formula=Derived(f)))", "nested more than 60 deep"),
    "keyless": ("give(metric(key=7))", "a metric's key is text, not int"),
    "badkey": ("give(metric(key='badkey.Won Deals'))", 'isn\'t "family.name" in lower case'),
    "stolen": ("give(metric(key='revenue.mine'))", 'must start with the entry point\'s name, "stolen."'),
    "subclass": ("class Mine(Metric):\n    pass\ngive(Mine(**{f: getattr(metric(), f) for f in metric().__dataclass_fields__}))", "gave a subclass of Metric, Mine; use Metric itself"),
    "repr_raises": (
        "class Odd:\n    def __repr__(self):\n        raise ValueError('no')\ngive(metric(formula=flow(Odd()), inputs=Odd()))",
        "a value is an expression over columns, such as _.id.count(), not a Odd"),
    "odd_repr": (
        "class Odd:\n    def __repr__(self):\n        raise ValueError('no')\ngive(metric(formula=flow(_.count(where=_.status == Odd()))))", "odd_repr.a: it can't be read"),
    # references
    "dangling": ("give(metric(inputs=('dangling.b',), formula=Derived(metric_value('dangling.b'))))", 'refers to "dangling.b", which isn\'t there'),
    "itself": ("give(metric(inputs=('itself.a',), formula=Derived(metric_value('itself.a'))))", "itself.a refers to itself"),
    "nopart": ("give(metric('b'), metric(inputs=('nopart.b',), formula=Derived(metric_value('nopart.b', 'median'))))", 'refers to the part "median" of nopart.b'),
    "twice": ("give(metric(), metric())", "twice.a is declared twice, by defect-twice 1.0; neither is used"),
    # in Python
    "pylambda": ("give(metric(formula=Computed(lambda tables, periods: None, reads=('orders.ordered_on',))))", "is no lambda"),
    "pylocal": ("def make():\n    @computed(reads=('orders.ordered_on',))\n    def inner(tables, periods):\n        pass\n    return inner\ngive(metric(formula=make()))", "isn't found under its name in its module"),
    "pyreads": ("@computed(reads=('orders.ordered',))\ndef f(tables, periods):\n    pass\ngive(metric(inputs=f.reads, formula=f))", 'no column "orders.ordered". Did you mean "ordered_on"?'),
    "pyinputs": ("@computed(reads=('orders.id', 'orders.ordered_on'))\ndef f(tables, periods):\n    pass\ngive(metric(formula=f))", '"orders.id" is used but isn\'t among the inputs'),
    "pyseconds": ("@computed(reads=('orders.ordered_on',), seconds=3600)\ndef f(tables, periods):\n    pass\ngive(metric(formula=f))", "seconds is a whole number from 1 to 60, not 3600"),
    # the pack itself
    "importing": ("import no_such_module", "could not be imported: ModuleNotFoundError: No module named 'no_such_module'"),
    "syntax": ("def broken(:", "could not be imported: SyntaxError"),
    "raising": ("@hookimpl\ndef tallymark_metrics():\n    raise RuntimeError('out of ideas')", "tallymark_metrics() raised RuntimeError: out of ideas"),
    "halfway": ("@hookimpl\ndef tallymark_metrics():\n    yield metric()\n    raise RuntimeError('half')", "raised RuntimeError: half after 1 metrics"),
    "nohook": ("x = 1", "implements no tallymark_metrics(); define it"),
    "unmarked": ("def tallymark_metrics():\n    return []", "mark the function with @hookimpl"),
    "misspelt": ("@hookimpl\ndef tallymark_metric():\n    return []", 'no hook "tallymark_metric". Did you mean "tallymark_metrics"?'),
    "arguments": ("@hookimpl\ndef tallymark_metrics(config):\n    return []", "its hook isn't right: PluginValidationError"),
    "notalist": ("@hookimpl\ndef tallymark_metrics():\n    return None", "gave NoneType, not a list of metrics"),
    "onlyone": ("@hookimpl\ndef tallymark_metrics():\n    return metric()", "gave Metric, not a list of metrics; give a list"),
    "notmetrics": ("give('a metric')", "gave str, not a Metric"),
    "endless": ("@hookimpl\ndef tallymark_metrics():\n    while True:\n        yield metric()", "gives more than 1000 metrics"),
    "odd_error": ("class Odd(Exception):\n    def __str__(self):\n        raise ValueError\nraise Odd", "could not be imported: Odd"),
    "leaving": ("raise SystemExit(3)", "could not be imported: SystemExit: 3"),
    "interrupting": ("raise KeyboardInterrupt", "could not be loaded: KeyboardInterrupt"),
    "forking": ("import os\nif os.fork() == 0:\n    os._exit(0)\ngive(metric())", "it forks the process that loads it"),
    "lingering": ("import threading\nthreading.Thread(target=threading.Event().wait).start()\ngive(metric())", "a thread that keeps the process from ending"),
    "closing": ("import os\nos.close(1)\ngive(metric())", "it closes the standard input or output"),
    "halfletter": ("raise ValueError('\\ud800')", "could not be imported: ValueError: ?"),
    "control": ("give(metric(name='a\\x00b'))", "name holds a character that can't be shown or stored"),
    "longkey": ("give(metric('a' * 200))", "key has 208 letters; 100 are the most"),
    "constantvalue": ("give(metric(formula=flow(_.count(where=_.id == Flow))))", "a condition reads no column"),
    "exiting": ("import os\nos._exit(0)", "it ends the process that loads it (exit code 0)"),
    "crashing": ("import os\nos.abort()", "it ends the process that loads it (SIGABRT)"),
    "swallowing": ("x = bytearray(20 << 30)", "could not be loaded: MemoryError"),
}  # fmt: skip

NEEDS = {
    "newer": ("Requires-Dist: tallymark-sdk>=2", "it needs tallymark-sdk>=2, and tallymark-sdk"),
    "garbled": (
        "Requires-Dist: tallymark-sdk >>= two",
        'its requirement "tallymark-sdk >>= two" can\'t be read',
    ),
    "absent": ("Requires-Dist: no-such-thing", "it needs no-such-thing, which isn't installed"),
    "python": ("Requires-Python: >=4", "it needs Python >=4"),
}
GOOD = (
    "give(metric(by=('rep',)), metric('b', inputs=('FAMILY.a',), formula=Derived(metric_value('FAMILY.a'))))"
)
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install packs as distributions of one module each."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules: list[str] = []

    def write(family: str, body: str, metadata: str = "", *, distribution: str = "", key: str = "") -> None:
        name = distribution or f"defect-{family}"
        module = name.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(
            HEAD.replace("FAMILY", key or family) + body.replace("FAMILY", family)
        )
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}\n")
        (info / "entry_points.txt").write_text(f"[tallymark.metrics]\n{family} = {module}\n")
        modules.append(module)

    yield write
    for module in modules:
        sys.modules.pop(module, None)


def loaded() -> Registry:
    return build(load(installed_packs()))


def reasons(known: Registry) -> dict[str, str]:
    return {broken.family: broken.reason for broken in known.broken}


def test_every_defect_has_its_own_reason_and_all_other_packs_load(install: Install) -> None:
    without = set(loaded().metrics)
    install("aaa", GOOD)
    for family, (body, _) in DEFECTS.items():
        install(family, body)
    for family, (metadata, _) in NEEDS.items():
        install(family, GOOD + "\nimport os\nos._exit(1)", metadata)
    install("zzz", GOOD)
    known = loaded()
    found = reasons(known)
    wrong = {
        family: found.get(family)
        for family, (_, reason) in {**DEFECTS, **NEEDS}.items()
        if reason not in found.get(family, "")
    }
    assert wrong == {}
    assert set(found) == {*DEFECTS, *NEEDS}
    assert {"aaa.a", "aaa.b", "zzz.a", "zzz.b"} <= set(known.metrics)
    assert without <= set(known.metrics)


def test_one_bad_metric_leaves_the_others_of_its_pack(install: Install) -> None:
    install("mixed", "give(metric(), metric('b', unit='dollars'), metric('c'))")
    assert {"mixed.a", "mixed.c"} <= set(loaded().metrics)
    assert "mixed.b" not in loaded().metrics


def test_two_distributions_with_the_same_key_are_both_named(install: Install) -> None:
    install("shared", "give(metric(), metric('mine'))", distribution="first-pack")
    install("shared", "give(metric(), metric('yours'))", distribution="second-pack")
    known = loaded()
    assert "shared.a" not in known.metrics
    assert {"shared.mine", "shared.yours"} <= set(known.metrics)
    refused = [broken for broken in known.broken if broken.family == "shared"]
    assert {broken.distribution for broken in refused} == {"first-pack", "second-pack"}
    assert {broken.reason for broken in refused} == {
        "shared.a is declared twice, by first-pack 1.0 and by second-pack 1.0; neither is used"
    }


def test_a_pack_that_never_ends_is_given_up(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tallymark.plugins.loader.SECONDS", 3.0)
    install("looping", "while True:\n    pass")
    install("dawdling", "@hookimpl\ndef tallymark_metrics():\n    while True:\n        pass")
    install("zzz", GOOD)
    known = loaded()
    assert "still at it after 3 seconds" in reasons(known)["looping"]
    assert "still at it after 3 seconds" in reasons(known)["dawdling"]
    assert "zzz.a" in known.metrics


def test_a_pack_is_tried_once_for_each_state_of_its_files(install: Install, tmp_path: Path) -> None:
    imports = tmp_path / "imports"
    install("counting", f"with open({str(imports)!r}, 'a') as told:\n    told.write('x')\n" + GOOD)

    def imported() -> int:
        sys.modules.pop("defect_counting", None)
        assert "counting.a" in loaded().metrics
        return len(imports.read_text())

    first = imported()
    assert first == 2, "once to try, once to use"
    assert imported() == first + 1
    source = tmp_path / "defect_counting.py"
    source.write_text(source.read_text() + "\n# changed")
    assert imported() == first + 3


def test_what_was_refused_is_listed_for_people_and_machines(install: Install, tmp_path: Path) -> None:
    install("chatty", "print('hello')\n" + "give(metric(unit='dollars'))")

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        code = "from tallymark.cli import main; main()"
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-c", code, "metrics", *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    listed = ask("list", "--json")
    assert "revenue.bookings" in {metric["key"] for metric in json.loads(listed.stdout)}
    assert 'chatty.a: unit "dollars" is none of' in listed.stderr
    refused = ask("refused", "--json")
    assert refused.returncode == 1
    (one,) = json.loads(refused.stdout)
    assert one["family"] == "chatty"
    assert one["distribution"] == "defect-chatty"
    assert 'unit "dollars"' in one["reason"]
