"""The importer against public files that nobody of us wrote (skipped, loudly, where they are absent)."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tallymark_connectors.csv_xlsx import Mapping, sniff

Import = Callable[..., Any]
Shipped = Callable[[str], Mapping]
NEW_YORK = "America/New_York"


def _cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    month, day, year = map(int, text.split("/")) if text else (0, 0, 0)
    return date(2000 + year, month, day) if text else None


@pytest.mark.parametrize(
    ("name", "opened", "closed"),
    [
        ("salesforce_opportunities", "CreatedDate", "CloseDate"),
        ("salesforce_opportunities_simulated", "Opp Creation Date_Simulated", "Opp Close Date_Simulated"),
    ],
)
def test_salesforce_opportunities(
    public_data: Path, import_all: Import, shipped_mapping: Shipped, name: str, opened: str, closed: str
) -> None:
    path = public_data / "salesforce_dev_org" / "Opportunity.csv"
    rows, rejected, rows_in = import_all(path, shipped_mapping(name), NEW_YORK)
    assert (len(rows), rejected, rows_in) == (36, [], 36)
    zone = ZoneInfo(NEW_YORK)
    for row, cell in zip(rows, _cells(path), strict=True):
        assert row["status"] == {"Closed Won": "won", "Closed Lost": "lost"}.get(cell["StageName"], "open")
        assert (row["opened_at"] and row["opened_at"].astimezone(zone).date()) == _day(cell[opened])
        ended = row["closed_at"] and row["closed_at"].astimezone(zone).date()
        still_open = row["status"] == "open"
        assert (row["expected_close_on"] if still_open else ended) == _day(cell[closed])
        assert (ended if still_open else row["expected_close_on"]) is None
    won = sum((row["amount"] for row in rows if row["status"] == "won"), Decimal(0))
    assert won == sum(Decimal(c["Amount"]) for c in _cells(path) if c["StageName"] == "Closed Won")
    negative = [r for r in rows if r["closed_at"] and r["opened_at"] and r["closed_at"] < r["opened_at"]]
    assert bool(negative) == (closed == "CloseDate")


def test_salesforce_stage_history(public_data: Path, import_all: Import, shipped_mapping: Shipped) -> None:
    path = public_data / "salesforce_dev_org" / "OpportunityHistory.csv"
    rows, rejected, rows_in = import_all(path, shipped_mapping("salesforce_stage_history"), NEW_YORK)
    assert (rejected, rows_in) == ([], 48)
    still_in = Counter(row["opportunity_id"] for row in rows if row["left_at"] is None)
    assert set(still_in) == {cell["OpportunityId"] for cell in _cells(path)}
    assert set(still_in.values()) == {1}
    assert all(row["left_at"] is None or row["left_at"] >= row["entered_at"] for row in rows)


@pytest.mark.parametrize(("name", "file", "count"), [
    ("salesforce_accounts", "Account.csv", 18),
    ("salesforce_leads", "Lead.csv", 22),
    ("salesforce_contacts", "Contact.csv", 25),
])  # fmt: skip
def test_the_rest_of_salesforce(
    public_data: Path, import_all: Import, shipped_mapping: Shipped, name: str, file: str, count: int
) -> None:
    rows, rejected, _ = import_all(public_data / "salesforce_dev_org" / file, shipped_mapping(name), NEW_YORK)
    assert (len(rows), rejected) == (count, [])
    assert not any("@" in (row["custom"] or "") for row in rows)


def test_northwinds_unquoted_commas_are_quarantined(public_data: Path, import_all: Import) -> None:
    path = public_data / "northwind" / "orders.csv"
    text = (
        'dataset = "orders"\n[columns]\nid = "orderID"\naccount_id = "customerID"\nordered_at = "orderDate"\n'
    )
    rows, rejected, rows_in = import_all(path, text)
    assert (len(rows), len(rejected), rows_in) == (654, 176, 830)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert all(lines[r.line - 1].count(",") > 13 and not r.column for r in rejected)
    assert all(len(row["account_id"]) == 5 for row in rows)


def test_wide_utf16_targets(public_data: Path, import_all: Import, shipped_mapping: Shipped) -> None:
    path = public_data / "adventureworks_targets" / "ResellerSalesTargets.csv"
    rows, rejected, _ = import_all(path, shipped_mapping("targets_wide_months"))
    assert not rejected
    with path.open(newline="", encoding="utf-16") as file:
        cells = [cell for row in list(csv.reader(file))[1:] for cell in row[2:]]
    wanted = [Decimal(c.replace(",", "")) * 1000 for c in cells if c.strip() not in ("-", "")]
    assert sum(row["value"] for row in rows) == sum(wanted)
    assert len(rows) == len(wanted)


@pytest.mark.parametrize(("file", "delimiter", "rows"), [
    ("FactCallCenter.csv", "|", 120),
    ("FactSurveyResponse.csv", "|", 2727),
    ("SalesPersonQuotaHistory.csv", "\t", 163),
])  # fmt: skip
def test_headerless_tables(public_data: Path, file: str, delimiter: str, rows: int) -> None:
    sniffed = sniff(public_data / "aw_dw_mit" / file)
    assert (sniffed.header, sniffed.delimiter, sniffed.rows, sniffed.rejected_rows) == (
        False,
        delimiter,
        rows,
        0,
    )


def test_costs_by_month(public_data: Path, import_all: Import, shipped_mapping: Shipped) -> None:
    path = public_data / "gtm_cohort" / "marketing_spend.csv"
    rows, rejected, _ = import_all(path, shipped_mapping("costs_by_month"))
    assert not rejected
    assert rows[0]["period_start"] == date(2023, 1, 1)
    assert rows[0]["period_end"] == date(2023, 2, 1)
    assert sum(r["amount"] for r in rows) == sum(Decimal(c["spend"]) for c in _cells(path))
