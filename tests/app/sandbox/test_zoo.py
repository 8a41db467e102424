"""Whatever a computed metric does, it ends in time, alone, and with a verdict that names what it did."""

import importlib.util
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from tallymark.sandbox.order import Call
from tallymark.sandbox.process import Question, Value, Verdict, run
from tallymark_sdk.computing import exact
from tallymark_sdk.formula import Computed

ZOO = Path(__file__).with_name("zoo.py")
TOTAL = Call(dimension="", members=None)

SLOWER = 4.0
"""Seconds beside its own that a function may cost here: starting Python, on a busy machine."""


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("zoo")
    copy = folder / "zoo_of_metrics.py"
    copy.write_text(ZOO.read_text())
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(copy.stem, copy)
    module = importlib.util.module_from_spec(spec)
    sys.modules[copy.stem] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(folder))
    del sys.modules[copy.stem]


def orders(rows: int = 3) -> pa.Table:
    return pa.table(
        {
            "amount_base": pa.array([Decimal("100.5000")] * rows, pa.decimal128(18, 4)),
            "ordered_on": pa.array([date(2026, 6, 1)] * rows, pa.date32()),
            "_by_rep": ["an", "binh", "an"] * (rows // 3),
        }
    )


PERIODS = pa.table(
    {
        "period": pa.array([0, 1], pa.int64()),
        "first": pa.array([date(2026, 5, 1), date(2026, 6, 1)]),
        "beyond": pa.array([date(2026, 6, 1), date(2026, 7, 1)]),
    }
)


def ask(function: Computed, *calls: Call, rows: pa.Table | None = None) -> list[Value]:
    table = orders() if rows is None else rows
    return run(
        Question(
            function=function, tables={"orders": table.to_reader}, periods=PERIODS, calls=calls or (TOTAL,)
        )
    )


def test_an_honest_function_answers_for_the_total_and_each_breakdown(zoo: ModuleType) -> None:
    by_rep = Call(dimension="rep", members={"orders": "_by_rep"})
    assert sorted(ask(zoo.honest, TOTAL, by_rep)) == [
        (0, 1, "", Decimal("301.5")),
        (1, 1, "an", Decimal("201.0")),
        (1, 1, "binh", Decimal("100.5")),
    ]


VERDICTS: dict[str, str | tuple[str, ...]] = {
    "loops": "stopped after 2 seconds",
    "allocates": "used more than 64 MB",
    "allocates_at_once": "used more than 64 MB",
    "forks": "tried to start a process",
    "forks_natively": "tried to call native code",
    "threads_for_ever": "stopped after 2 seconds",
    "too_many_threads": "raised RuntimeError: can't start new thread",
    "exits": "ended itself instead of returning",
    "exits_hard": "ended without an answer",
    "kills_its_parent": "tried to send a signal",
    "stops_its_parent_natively": "made a system call that isn't allowed",
    "raises": "raised ValueError: out of ideas",
    "raises_the_base": "raised BaseException: out of everything",
    "interrupts": "raised KeyboardInterrupt",
    "recurses": "raised RecursionError",
    "recurses_without_limit": (
        "crashed (SIGSEGV)",
        "used more than 64 MB",
        "raised SystemError",
        "stopped after 2 seconds",
    ),
    "crashes": "tried to call native code",
    "crashes_natively": "crashed (SIGSEGV)",
    "is_nan": "its answer isn't a number (NaN)",
    "is_infinite": "its answer isn't a number (infinite)",
    "has_wrong_columns": "its answer has the columns when, what instead of period, member and value",
    "has_columns_twice": "its answer has the columns period, member, value, value instead of",
    "has_wrong_types": "its answer has a period that is string, not a whole number",
    "is_text": "its answer isn't a number (string)",
    "is_no_table": "its answer is of type int, not an Arrow table",
    "gives_nothing": "its answer is of type NoneType, not an Arrow table",
    "is_too_long": "its answer has 200000 rows; 50000 are the most",
    "answers_twice": "its answer has two values for the same period and member",
    "forges": "answered in another way than by returning a table",
    "forges_and_returns": "answered in another way than by returning a table",
    "floods": "its answer is too long",
    "floods_with_empty_lines": "answered in another way than by returning a table",
    "forges_one_long_line": "answered in another way than by returning a table",
    "reads_a_file": "tried to open a file",
    "reads_a_file_secretly": "tried to open a file",
    "writes_a_file": "tried to open a file",
    "opens_a_socket": "tried to use the network",
    "opens_a_socket_natively": "made a system call that isn't allowed",
    "imports_late": "tried to import flask while it ran",
    "starts_a_process": "tried to start a process",
    "sleeps": "stopped after 2 seconds",
    "ignores_signals": "stopped after 2 seconds",
    "prints": "printed more than 1024 kB",
    "complains": "printed more than 1024 kB",
    "changes_its_input": ("raised ", "crashed"),
    "answers_for_another_period": "its answer is for a period that wasn't asked for (2)",
    "answers_for_no_period": "its answer has a period that is null, not a whole number",
    "answers_for_a_member": 'its answer is for a member ("an") where the total was asked for',
    "patches_arrow": "its answer is of type dict, not an Arrow table",
    "patches_the_runner": "ended without an answer",
    "registers_for_the_end": "raised ValueError: now wait",
    "is_huge": "its answer is a number of more than 30 digits",
    "is_a_huge_float": "its answer is a number of more than 30 digits",
    "raises_without_a_name": "raised an error without a name",
    "forges_half_a_letter": "answered in another way than by returning a table",
}


@pytest.mark.parametrize("name", VERDICTS)
def test_each_gets_its_verdict_and_leaves_nothing_behind(zoo: ModuleType, name: str) -> None:
    function: Computed = getattr(zoo, name)
    files, memory, began = _open_files(), _memory(), time.monotonic()
    with pytest.raises(Verdict) as caught:
        ask(function)
    assert str(caught.value).startswith(VERDICTS[name])
    assert time.monotonic() - began < function.seconds + SLOWER
    assert _memory() - memory < 50 << 20
    assert _open_files() == files
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_every_animal_of_the_zoo_is_looked_at(zoo: ModuleType) -> None:
    animals = {name for name, each in vars(zoo).items() if isinstance(each, Computed)}
    answering = {"honest", "is_too_much_in_all", "answers_for_a_stranger"}
    assert animals == {*VERDICTS, *answering}


def test_rows_are_handed_over_without_being_copied_here(zoo: ModuleType) -> None:
    batch = orders(300_000).to_batches()[0]
    many = pa.RecordBatchReader.from_batches(batch.schema, iter([batch] * 10))
    before = _memory()
    with pytest.raises(Verdict, match="out of ideas"):
        run(Question(function=zoo.raises, tables={"orders": lambda: many}, periods=PERIODS, calls=(TOTAL,)))
    assert _memory() - before < 50 << 20


@pytest.mark.parametrize("name", ["forges", "forges_and_returns"])
def test_a_forged_answer_is_one_beside_a_large_input_too(zoo: ModuleType, name: str) -> None:
    with pytest.raises(Verdict, match="in another way than by returning"):
        ask(getattr(zoo, name), rows=orders(120_000))


def test_rows_are_counted_over_all_breakdowns(zoo: ModuleType) -> None:
    by_rep = Call(dimension="rep", members={"orders": "_by_rep"})
    many = orders(30_000).set_column(2, "_by_rep", pa.array(map(str, range(30_000))))
    assert len(ask(zoo.is_too_much_in_all, by_rep, rows=many)) == 30_000
    with pytest.raises(Verdict, match="has 60001 rows; 50000 are the most"):
        ask(zoo.is_too_much_in_all, TOTAL, by_rep, replace(by_rep, dimension="team"), rows=many)


def test_nobody_is_answered_for_of_whom_no_rows_were_given(zoo: ModuleType) -> None:
    with pytest.raises(Verdict, match='for a member \\("nobody"\\) that none of its rows has'):
        ask(zoo.answers_for_a_stranger, Call(dimension="rep", members={"orders": "_by_rep"}))


def test_there_is_no_minus_zero() -> None:
    assert not exact(-0.0).is_signed()


def test_nothing_of_the_environment_is_seen(zoo: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYMARK_SECRET_KEY", "hidden")
    source = zoo.__file__
    path = Path(source).with_name("looks_around.py")
    path.write_text(
        "import os\nfrom tallymark_sdk.computing import computed\n"
        "@computed(reads=('orders.ordered_on',))\n"
        "def look(tables, periods):\n    raise ValueError(sorted(os.environ))\n"
    )
    from importlib import import_module

    with pytest.raises(Verdict) as caught:
        ask(import_module("looks_around").look, rows=orders().select(["ordered_on"]))
    assert "PYTHONPATH" in str(caught.value)
    assert "TALLYMARK" not in str(caught.value)
