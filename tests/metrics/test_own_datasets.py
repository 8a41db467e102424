"""Packs add datasets and columns to the model; what is refused has its own reason and harms nobody else."""

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pyarrow as pa
import pytest

from tallymark_sdk.model import CANONICAL, Kind
from tallymark_sdk.model.packs import ENTRY_POINT_GROUP, Model, with_packs

HEAD = "from tallymark_sdk.model import Column, Dataset, Extension, Kind\n"
CALLS = HEAD + (
    "DATASETS = (\n"
    "    Dataset(name='hotline_calls', description='Calls taken.', money_date='started_at', columns=(\n"
    "        Column(name='rep_id', kind=Kind.ID, description='Who took it.', refers_to='reps'),\n"
    "        Column(name='queue', kind=Kind.TEXT, description='The queue.'),\n"
    "        Column(name='started_at', kind=Kind.TIMESTAMP, description='When it began.'),\n"
    "        Column(name='fee', kind=Kind.MONEY, description='What it cost.'),\n"
    "    )),\n"
    "    Extension(dataset='opportunities', columns=(\n"
    "        Column(name='hotline_called_at', kind=Kind.TIMESTAMP, description='The first call.'),\n"
    "        Column(name='hotline_bonus', kind=Kind.MONEY, description='The bonus.'),\n"
    "    )),\n"
    ")\n"
)
Packs = Callable[..., Model]


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packs:
    """Make a distribution of each body, in a module `<family>_datasets`, and give the model with all of them."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(**bodies: str) -> Model:
        for family, body in bodies.items():
            distribution(tmp_path, family, body)
        points: list[EntryPoint] = []
        for found in distributions(path=[str(tmp_path)]):
            points += found.entry_points.select(group=ENTRY_POINT_GROUP)
        for module in [name for name in sys.modules if name.endswith("_datasets")]:
            monkeypatch.delitem(sys.modules, module)
        return with_packs(CANONICAL, sorted(points, key=lambda point: (point.name, point.value)))

    return make


def distribution(folder: Path, family: str, body: str, attribute: str = ":DATASETS") -> None:
    (folder / f"{family}_datasets.py").write_text(body, encoding="utf-8")
    info = folder / f"acme_{family}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{family}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[tallymark.datasets]\n{family} = {family}_datasets{attribute}\n")


def table(name: str, *columns: str) -> str:
    listed = "".join(f"Column({column}, description='Some.')," for column in columns)
    return f"Dataset(name={name!r}, description='Some.', columns=({listed}))"


def declared(*items: str) -> str:
    return f"{HEAD}DATASETS = ({''.join(item + ',' for item in items)})\n"


def reasons(model: Model) -> list[str]:
    return [f"{each.family}: {each.reason}" for each in model.refused]


def test_a_pack_adds_a_dataset_and_columns_like_any_other(packs: Packs) -> None:
    model = packs(hotline=CALLS)
    assert model.refused == ()
    assert list(model.datasets) == [*CANONICAL, "hotline_calls"]
    calls = model.datasets["hotline_calls"].stored_schema
    assert calls.names[:2] == ["source_id", "id"]
    assert {"started_on", "fee_base", "currency", "deleted_at", "custom"} <= set(calls.names)
    wide = model.datasets["opportunities"]
    assert wide.stored_schema.field("hotline_bonus_base").type == pa.decimal128(18, 4)
    assert wide.column("hotline_called_on").kind is Kind.DATE
    assert set(CANONICAL["opportunities"].stored_schema.names) < set(wide.stored_schema.names)


def test_a_module_may_be_named_instead_of_its_tuple(packs: Packs, tmp_path: Path) -> None:
    distribution(tmp_path, "hotline", CALLS, attribute="")
    assert "hotline_calls" in packs().datasets


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("def broken(:\n", "its datasets could not be loaded: SyntaxError"),
        ("import no_such_module\n", "its datasets could not be loaded: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "its datasets could not be loaded: SystemExit: 3"),
        ("x = 1\n", "its datasets could not be loaded: AttributeError"),
        ("DATASETS = ['calls']\n", "holds str, not Dataset or Extension"),
        ("DATASETS = 7\n", "'int' object is not iterable"),
        (declared(table("calls")), 'calls: the name must start with "acme_"'),
        (declared(table("acme_calls", "name='count', kind=Kind.TEXT")), "has the name of an ibis table method"),
        (declared(table("acme_calls", "name='kind', kind='text'")), "must have a Kind"),
        (declared(table("acme_calls", "name='created_at', kind=Kind.TIMESTAMP")), "more than one column named"),
        (
            declared(table("acme_calls", "name='rep_id', kind=Kind.ID, refers_to='rep'")),
            "rep_id refers to 'rep', which is no dataset; did you mean reps",
        ),
        (
            declared(
                "Dataset(name='acme_fees', description='Some.', money_date_else=('rep_id.name',), columns=("
                "Column(name='rep_id', kind=Kind.ID, description='Who.', refers_to='reps'),"
                "Column(name='fee', kind=Kind.MONEY, description='How much.')))"
            ),
            "exchange rate's date 'rep_id.name' is not a date",
        ),
        (declared("Extension(dataset='order', columns=())"), "order: the extension adds no column"),
        (
            declared("Extension(dataset='order', columns=(Column(name='acme_x', kind=Kind.TEXT, description='X.'),))"),
            "order: there is no such dataset to extend; did you mean orders",
        ),
        (
            declared("Extension(dataset='orders', columns=(Column(name='x', kind=Kind.TEXT, description='X.'),))"),
            'orders: the names of added columns must start with "acme_": x',
        ),
        (
            declared(
                "Extension(dataset='orders', money_date='acme_on', columns=("
                "Column(name='acme_on', kind=Kind.DATE, description='X.'),))"
            ),
            "take their exchange rate from ordered_at",
        ),
        (
            "from tallymark_sdk.model import DATASETS as KNOWN\nDATASETS = tuple(KNOWN.values())\n",
            'leads: the name must start with "acme_"',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_reason_and_the_rest_is_there(
    packs: Packs, body: str, reason: str
) -> None:
    model = packs(acme=body, hotline=CALLS)
    assert "hotline_calls" in model.datasets
    assert not any(name.startswith("acme") for name in model.datasets)
    assert all(
        not column.name.startswith("acme") for each in model.datasets.values() for column in each.columns
    )
    assert any(reason in each.reason for each in model.refused), reasons(model)
    assert {(each.distribution, each.version) for each in model.refused} == {("acme-acme", "1.2")}


def test_one_bad_dataset_leaves_the_others_of_its_pack(packs: Packs) -> None:
    model = packs(acme=declared(table("acme_good", "name='x', kind=Kind.TEXT"), table("bad")))
    assert "acme_good" in model.datasets
    assert reasons(model) == ['acme: bad: the name must start with "acme_"']


def test_a_family_can_not_take_a_canonical_name(packs: Packs) -> None:
    model = packs(stage=declared(table("stage_history")))
    assert model.datasets["stage_history"] is CANONICAL["stage_history"]
    assert reasons(model) == [
        "stage: stage_history: the canonical model has a dataset of that name; choose another name"
    ]


def test_an_added_column_can_not_take_a_canonical_name(packs: Packs) -> None:
    one = "Extension(dataset='orders', columns=(Column(name='ordered_at', kind=Kind.TIMESTAMP, description='X.'),))"
    model = packs(ordered=declared(one))
    assert model.datasets["orders"] is CANONICAL["orders"]
    assert "more than one column named ordered_at" in reasons(model)[0]


def test_what_two_packs_declare_is_refused_in_both(packs: Packs) -> None:
    model = packs(acme=declared(table("acme_big_calls")), acme_big=declared(table("acme_big_calls")))
    assert "acme_big_calls" not in model.datasets
    assert len(model.refused) == 2
    assert all("declared twice, by acme-acme 1.2 and acme-acme_big 1.2" in each for each in reasons(model))


def test_a_refused_dataset_takes_those_that_refer_to_it_with_it(packs: Packs) -> None:
    model = packs(
        acme=declared(
            table("acme_a", "name='b_id', kind=Kind.ID, refers_to='acme_b'"),
            table("acme_b", "name='c_id', kind=Kind.ID, refers_to='no_such'"),
            "Extension(dataset='acme_a', columns=(Column(name='acme_x', kind=Kind.TEXT, description='X.'),))",
        )
    )
    assert list(model.datasets) == list(CANONICAL)
    assert len(model.refused) == 3


def test_own_datasets_may_refer_to_each_other_whatever_the_order(packs: Packs) -> None:
    model = packs(
        acme=declared(table("acme_a", "name='b_id', kind=Kind.ID, refers_to='zeta_b'")),
        zeta=declared(table("zeta_b", "name='a_id', kind=Kind.ID, refers_to='acme_a'")),
    )
    assert model.refused == ()
    assert list(model.datasets)[-2:] == ["acme_a", "zeta_b"]


SCRIPT = """
import json, sys
from tallymark_sdk.model import DATASETS, dataset, refused_datasets
before = [name for name in sys.modules if name.endswith("_datasets")]
found = dataset("hotline_calls").import_schema.names
print(json.dumps({"before": before, "columns": found, "heavy": "ibis" in sys.modules,
    "refused": [[each.family, each.reason] for each in refused_datasets()]}))
"""


def test_a_process_finds_installed_packs_by_itself_at_first_use_and_without_ibis(tmp_path: Path) -> None:
    distribution(tmp_path, "hotline", CALLS)
    distribution(tmp_path, "early", "from tallymark_sdk.model import DATASETS\nDATASETS = tuple(DATASETS)\n")
    start = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    done = subprocess.run(
        [sys.executable, "-c", start + SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    answer = json.loads(done.stdout)
    assert answer["before"] == []
    assert {"queue", "started_at", "currency"} <= set(answer["columns"])
    assert not answer["heavy"], "the model must stay light to import"
    [[family, reason]] = answer["refused"]
    assert family == "early"
    assert "can't be read while the packs' datasets are being loaded" in reason
