"""The example of docs/import.md at full size: 8,800 deals of a sales pipeline, with all that is wrong with them."""

import csv
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tallymark_connectors.csv_xlsx import Mapping, guess_dataset, propose, sniff

ROWS = 8_800
PRODUCTS = {
    "GTX Basic": 550,
    "GTX Pro": 4821,
    "MG Special": 55,
    "MG Advanced": 3393,
    "GTX Plus Pro": 5482,
    "GTK 500": 26768,
}
AGENTS = [f"Agent {n:02}" for n in range(35)]
Deal = dict[str, str]


def _deal(chance: random.Random, number: int) -> Deal:
    stage = chance.choices(["Won", "Lost", "Engaging", "Prospecting"], [48, 28, 18, 6])[0]
    product = chance.choice(list(PRODUCTS))
    engaged = date(2016, 10, 20) + timedelta(days=chance.randrange(420))
    over = stage in ("Won", "Lost")
    return {
        "opportunity_id": f"{number:08X}",
        "sales_agent": chance.choice(AGENTS[:30]),
        "product": "GTXPro" if product == "GTX Pro" else product,
        "account": "" if not over and chance.random() < 0.6 else f"Account {chance.randrange(85)}",
        "deal_stage": stage,
        "engage_date": "" if stage == "Prospecting" else engaged.isoformat(),
        "close_date": (engaged + timedelta(days=chance.randrange(1, 139))).isoformat() if over else "",
        "close_value": str(round(PRODUCTS[product] * chance.uniform(0.6, 1.4)))
        if stage == "Won"
        else ("0" if over else ""),
    }


def _write(path: Path, rows: list[Deal]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def deals() -> list[Deal]:
    chance = random.Random(8800)
    return [_deal(chance, number) for number in range(ROWS)]


def test_every_deal_lands_as_it_was_meant(
    deals: list[Deal],
    tmp_path: Path,
    import_all: Callable[..., Any],
    shipped_mapping: Callable[[str], Mapping],
) -> None:
    path = _write(tmp_path / "sales_pipeline.csv", deals)
    rows, rejected, rows_in = import_all(path, shipped_mapping("pipeline_opportunities"), "America/New_York")
    assert (len(rows), rejected, rows_in) == (ROWS, [], ROWS)
    won = [d for d in deals if d["deal_stage"] == "Won"]
    assert sum(r["amount"] for r in rows if r["status"] == "won") == sum(
        Decimal(d["close_value"]) for d in won
    )
    assert all(r["amount"] is None for r in rows if r["status"] == "lost")
    assert sum(r["status"] == "open" for r in rows) == sum(
        d["deal_stage"] in ("Engaging", "Prospecting") for d in deals
    )
    assert sum(r["account_id"] is None for r in rows) == sum(not d["account"] for d in deals)
    assert {r["product_id"] for r in rows} == set(PRODUCTS)
    assert all((r["closed_at"] is None) == (r["status"] == "open") for r in rows)
    # midnight in New York is 4 or 5 in the morning in UTC, on the same day
    assert [r["closed_at"].date().isoformat() if r["closed_at"] else "" for r in rows] == [
        d["close_date"] for d in deals
    ]


def test_the_companion_files(
    tmp_path: Path, import_all: Callable[..., Any], shipped_mapping: Callable[[str], Mapping]
) -> None:
    teams = [
        {
            "sales_agent": name,
            "manager": f"Manager {n % 6}",
            "regional_office": ["East", "West", "Central"][n % 3],
        }
        for n, name in enumerate(AGENTS)
    ]
    path = _write(tmp_path / "sales_teams.csv", teams)
    reps, rejected, _ = import_all(path, shipped_mapping("pipeline_reps"))
    assert not rejected
    assert [(r["id"], r["region_id"]) for r in reps] == [
        (t["sales_agent"], t["regional_office"]) for t in teams
    ]
    regions, _, _ = import_all(path, shipped_mapping("pipeline_regions"))
    assert {r["id"] for r in regions} == {"East", "West", "Central"}
    goods = [
        {"product": name, "series": name[:3], "sales_price": str(price)} for name, price in PRODUCTS.items()
    ]
    products, _, _ = import_all(
        _write(tmp_path / "products.csv", goods), shipped_mapping("pipeline_products")
    )
    assert {r["id"]: r["list_price"] for r in products} == {n: Decimal(p) for n, p in PRODUCTS.items()}
    company = {"account": "Account 1", "sector": "retail", "year_established": "1996", "revenue": "1100.04",
               "employees": "2822", "office_location": "Norway", "subsidiary_of": ""}  # fmt: skip
    accounts, _, _ = import_all(
        _write(tmp_path / "accounts.csv", [company]), shipped_mapping("pipeline_accounts")
    )
    assert accounts[0]["annual_revenue"] == Decimal(1_100_040_000)
    assert accounts[0]["country"] == "Norway"


def test_the_proposal_needs_no_more_than_the_products_spelling(
    deals: list[Deal], tmp_path: Path, shipped_mapping: Callable[[str], Mapping]
) -> None:
    sniffed = sniff(_write(tmp_path / "sales_pipeline.csv", deals))
    assert guess_dataset(sniffed)[0].dataset == "opportunities"
    proposed, written = propose(sniffed, "opportunities"), shipped_mapping("pipeline_opportunities")
    same = ("id", "account_id", "rep_id", "stage_id", "amount", "opened_at", "closed_at", "product_id")
    assert {n: proposed.columns[n].sources for n in same} == {n: written.columns[n].sources for n in same}
    assert {
        v: c for v, c in proposed.columns["status"].values.items() if v in ("Engaging", "Prospecting")
    } == {
        "Engaging": "open",
        "Prospecting": "open",
    }
