"""`tallymark datasets`, its reference page, and an installed pack's dataset from the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tallymark.cli import main
from tallymark.settings import Settings
from tallymark_sdk.model import CANONICAL
from tallymark_tenants.db import VARIABLES

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "datasets.md"
PACK = """
from tallymark_sdk.model import Column, Dataset, Extension, Kind
DATASETS = (
    Dataset(name="hotline_calls", description="Calls taken.", label="queue", money_date="started_at", columns=(
        Column(name="rep_id", kind=Kind.ID, description="Who took it.", refers_to="reps"),
        Column(name="queue", kind=Kind.TEXT, description="The queue."),
        Column(name="ending", kind=Kind.CHOICE, description="How it ended.", choices=("solved", "lost")),
        Column(name="started_at", kind=Kind.TIMESTAMP, description="When it began."),
        Column(name="fee", kind=Kind.MONEY, description="What it cost."),
    )),
    Extension(dataset="accounts", columns=(
        Column(name="hotline_tier", kind=Kind.INTEGER, description="How fast it is answered."),
    )),
    Dataset(name="calls", description="Wrongly named.", columns=()),
)
"""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


METRICS = """
from tallymark_sdk import Flow, Metric, _, hookimpl

@hookimpl
def tallymark_metrics():
    return [
        Metric(
            key="hotline.fees", name="Fees", description="Fees of calls.", unit="money", better="higher",
            inputs=("hotline_calls.fee_base", "hotline_calls.started_on"), by=("queue", "rep"),
            formula=Flow("hotline_calls", on="started_on", value=_.fee_base.sum()),
        )
    ]
"""


@pytest.fixture
def command(settings: Settings, tmp_path: Path) -> Command:
    """Run `tallymark` in a process of its own, with the pack installed."""
    site = tmp_path / "site"
    info = site / "acme_hotline-1.2.dist-info"
    info.mkdir(parents=True)
    (site / "acme_hotline.py").write_text(PACK, encoding="utf-8")
    (site / "acme_hotline_metrics.py").write_text(METRICS, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-hotline\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[tallymark.datasets]\nhotline = acme_hotline:DATASETS\n"
        "[tallymark.metrics]\nhotline = acme_hotline_metrics\n"
    )
    environment = {
        **os.environ,
        **{variable: getattr(settings.urls, role) for role, variable in VARIABLES.items()},
        "TALLYMARK_REDIS_URL": settings.redis_url,
        "TALLYMARK_SECRET_KEY": settings.secret_key,
        "TALLYMARK_DATA": str(tmp_path / "data"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))),
    }

    def run(*words: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "tallymark", *map(str, words)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def invoked(*words: str) -> Any:
    return CliRunner().invoke(main, list(words))


def test_the_reference_page_is_up_to_date() -> None:
    result = invoked("datasets", "docs", "--check", "--file", str(REFERENCE))
    assert result.exit_code == 0, result.output


def test_an_old_reference_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "datasets.md"
    page.write_text("# Datasets\n")
    assert invoked("datasets", "docs", "--check", "--file", str(page)).exit_code != 0
    assert invoked("datasets", "docs", "--file", str(page)).exit_code == 0
    assert page.read_text(encoding="utf-8") == REFERENCE.read_text(encoding="utf-8")


def test_the_reference_page_says_everything_about_a_column() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for each in CANONICAL.values():
        section = text.split(f"\n## {each.name}\n", 1)[1].split("\n## ", 1)[0]
        assert each.description in section
        for column in each.columns:
            (line,) = [row for row in section.splitlines() if row.startswith(f"| `{column.name}` ")]
            assert f"| {column.kind} | {column.unit or ''} |" in line
            assert column.description in line
            assert all(f"`{choice}`" in line for choice in column.choices)
            assert (column.source or "") in line
            assert column.derivative is None or f"`{column.derivative.name}`" in section


def test_datasets_are_listed_and_shown() -> None:
    rows = json.loads(invoked("datasets", "list", "--json").stdout)
    assert [row["name"] for row in rows if row["canonical"]] == list(CANONICAL)
    assert "Made at load" not in invoked("datasets", "show", "fx_rates").stdout
    shown = json.loads(invoked("datasets", "show", "orders", "--json").stdout)
    columns = {column["name"]: column for column in shown["columns"]}
    assert columns["status"]["choices"][0] == "draft"
    assert columns["amount_base"] == {
        "name": "amount_base",
        "kind": "money",
        "description": CANONICAL["orders"].column("amount_base").description,
        "derived": True,
        "unit": "tenant currency",
        "places": 4,
    }
    unknown = invoked("datasets", "show", "order")
    assert unknown.exit_code != 0
    assert "did you mean orders" in str(unknown.output)


def test_an_installed_packs_dataset_is_imported_like_any_other(command: Command, tmp_path: Path) -> None:
    listed = command("datasets", "list")
    assert "hotline_calls" in listed.stdout
    assert (
        'refused: acme-hotline 1.2: calls: the name must start with "hotline_"' in listed.stderr.splitlines()
    )
    made = command("tenant", "create", f"Acme {tmp_path.name}", "--currency", "EUR", "--json")
    slug = json.loads(made.stdout)["slug"]
    calls, accounts = tmp_path / "calls.csv", tmp_path / "accounts.csv"
    calls.write_text("id,rep_id,queue,ending,started_at,fee\n1,an,Sales,solved,2026-03-31T22:30:00Z,2.5\n")
    accounts.write_text("id,name,hotline_tier\na,Alder,3\n")
    for dataset, file in (("hotline_calls", calls), ("accounts", accounts)):
        done = command("import", slug, dataset, file, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["added"] == 1
    [found] = tmp_path.glob("data/**/hotline_calls/*/*.parquet")
    [row] = pq.ParquetFile(found).read().to_pylist()
    assert (row["queue"], row["ending"], str(row["started_on"])) == ("Sales", "solved", "2026-03-31")
    assert row["fee_base"] == row["fee"] == 2.5
    [found] = tmp_path.glob("data/**/accounts/*/*.parquet")
    assert pq.ParquetFile(found).read().to_pylist()[0]["hotline_tier"] == 3
    wanted = ("--metrics", "hotline.fees", "--from", "2026-03", "--by", "queue", "--by", "rep")
    computed = command("compute", slug, *wanted, "--format", "csv")
    cells = [row.split(",") for row in computed.stdout.splitlines()[1:]]
    assert [cell[4:7] for cell in cells] == [
        ["", "", "2.5"],
        ["queue", "Sales", "2.5"],
        ["rep", "an", "2.5"],
    ]
    unknown = command("import", slug, "hotline_call", calls)
    assert "did you mean hotline_calls" in unknown.stderr
