"""A generated CRM of 1,500 leads by command line, against truth computed from its own tables."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
import pytest

MAPPINGS = Path(__file__).parents[2] / "docs" / "mappings"
FILES = {
    "accounts": "accounts",
    "contacts": "contacts",
    "leads": "leads",
    "opportunities": "opportunities",
    "activities": "sales_activities",
    "subscriptions": "subscriptions",
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leads") / "out"
    command = [str(Path(sys.executable).with_name("leadforge")), "generate", "-r", "b2b_saas_procurement_v1"]
    command += ["--seed", "20240601", "--mode", "research_instructor", "--n-leads", "1500"]
    command += ["--n-accounts", "500", "--n-contacts", "1200", "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    return folder / "tables"


def test_monthly_figures_agree_with_the_tables(
    tables: Path, tallymark: Callable[..., str], computed: Callable[..., list[dict[str, Any]]]
) -> None:
    tallymark("tenant", "create", "Lead Set", "--currency", "USD", "--timezone", "America/New_York")
    for dataset, file in FILES.items():
        mapping = MAPPINGS / f"leadforge_{dataset}.toml"
        told = tallymark("import", "lead-set", dataset, tables / f"{file}.parquet", "--mapping", mapping)
        assert "rejected   0" in told
    keys = "revenue.bookings,conversion.close_ratio,conversion.cycle_length,deals.average_deal_size"
    rows = computed("lead-set", keys, "--from", "2024-01", "--periods", "12")
    found = {(row["metric"], row["part"], row["period_start"]): row["value"] for row in rows}
    expected = truth(pq.read_table(tables / "opportunities.parquet").to_pylist())
    assert len(expected) >= 15
    for place, value in expected.items():
        assert found[place] == (None if value is None else pytest.approx(float(value), rel=1e-15)), place


def truth(deals: list[dict[str, Any]]) -> dict[tuple[str, str, str], Fraction | None]:
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for deal in deals:
        if deal["closed_at"]:
            months[deal["closed_at"][:7] + "-01"].append(deal)
    figures: dict[tuple[str, str, str], Fraction | None] = {}
    for month, closed in months.items():
        won = [deal for deal in closed if deal["close_outcome"] == "closed_won"]
        money = sum(deal["estimated_acv"] for deal in won)
        spans = [
            (date.fromisoformat(deal["closed_at"]) - date.fromisoformat(deal["created_at"])).days
            for deal in won
        ]
        figures["revenue.bookings", "value", month] = Fraction(money)
        figures["conversion.close_ratio", "value", month] = Fraction(len(won), len(closed))
        figures["deals.average_deal_size", "value", month] = Fraction(money, len(won)) if won else None
        figures["conversion.cycle_length", "value", month] = Fraction(sum(spans), len(won)) if won else None
        figures["conversion.cycle_length", "median", month] = Fraction(median(spans)) if won else None
    return figures
