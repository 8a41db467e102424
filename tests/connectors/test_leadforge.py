"""A generated CRM of 1,500 leads, imported from Parquet by the mappings we ship."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tallymark_connectors.csv_xlsx import Mapping


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leadforge") / "out"
    command = [str(Path(sys.executable).with_name("leadforge")), "generate", "-r", "b2b_saas_procurement_v1"]
    command += ["--seed", "20240601", "--mode", "research_instructor", "--n-leads", "1500"]
    command += ["--n-accounts", "500", "--n-contacts", "1200", "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / "tables"


@pytest.mark.parametrize(("name", "file", "count"), [
    ("leadforge_leads", "leads", 1500),
    ("leadforge_opportunities", "opportunities", None),
    ("leadforge_accounts", "accounts", 500),
    ("leadforge_contacts", "contacts", 1200),
    ("leadforge_activities", "sales_activities", 17880),
    ("leadforge_subscriptions", "subscriptions", None),
])  # fmt: skip
def test_every_row_lands(
    tables: Path,
    import_all: Callable[..., Any],
    shipped_mapping: Callable[[str], Mapping],
    name: str,
    file: str,
    count: int | None,
) -> None:
    path = tables / f"{file}.parquet"
    rows, rejected, rows_in = import_all(path, shipped_mapping(name), "America/New_York")
    source = pq.read_table(path).to_pylist()
    assert (len(rows), rejected, rows_in) == (len(source), [], len(source))
    assert count in (None, len(rows))
    if file == "opportunities":
        won = sum(s["estimated_acv"] for s in source if s["close_outcome"] == "closed_won")
        assert sum(r["amount"] for r in rows if r["status"] == "won") == won
        assert {r["status"] for r in rows} == {"won", "lost", "open"}
