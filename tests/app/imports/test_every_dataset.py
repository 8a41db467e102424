"""Every dataset can be imported by its canonical column names, from CSV and XLSX, with values of every kind."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.imports import import_file
from tallymark.imports.choosing import chosen_mapping
from tallymark.lake import Lake
from tallymark_sdk.model import CANONICAL, Column, Dataset, Kind, catalogue
from tallymark_sdk.model.packs import Model
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

ZONE = "Asia/Ho_Chi_Minh"
RATE = Decimal("1.25")
RATES = pa.Table.from_pylist(
    [{"source_id": "s", "id": "usd", "currency": "USD", "on": date(2020, 1, 31), "rate": RATE}],
    CANONICAL["fx_rates"].import_schema,
)
LEAST_ROWS = 4
TEXTS = ("Tiếng Việt", "متن فارسی", "繁體中文; “quoted”, too", "plain")
#: What no import can fill by a column of its own name: the connection, the rest of the fields, a keyed hash.
ELSEWHERE = ("source_id", "custom")

OWN = Dataset(
    name="callcenter_calls",
    description="Calls taken.",
    label="queue",
    money_date="started_at",
    columns=(
        Column(name="rep_id", kind=Kind.ID, description="Who took it.", refers_to="reps"),
        Column(name="queue", kind=Kind.TEXT, description="The queue."),
        Column(
            name="ending", kind=Kind.CHOICE, description="How it ended.", choices=("solved", "passed_on", "lost")
        ),
        Column(name="is_first", kind=Kind.FLAG, description="Whether it is the first about it."),
        Column(name="started_at", kind=Kind.TIMESTAMP, description="When it began."),
        Column(name="promised_on", kind=Kind.DATE, description="The day promised."),
        Column(name="fee", kind=Kind.MONEY, description="What it cost."),
        Column(name="score", kind=Kind.DECIMAL, description="The score."),
        Column(name="waited_s", kind=Kind.INTEGER, description="How long.", unit="seconds"),
    ),
)  # fmt: skip
EVERY = {**CANONICAL, OWN.name: OWN}
Row = dict[str, Any]


@pytest.fixture(autouse=True)
def _with_own_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue._FOUND, "_model", Model(datasets=EVERY, refused=()))


def made_rows(dataset: Dataset) -> list[Row]:
    """Rows that hold every kind of value and every choice; the last is empty but for its id."""
    count = max([LEAST_ROWS, *(len(column.choices) + 1 for column in dataset.columns)])
    columns = [column for column in dataset.import_columns if column.name not in ELSEWHERE]
    rows = [{column.name: _value(column, n) for column in columns} for n in range(count)]
    rows[-1] = {name: value if name == "id" else None for name, value in rows[-1].items()}
    for row in rows:
        if dataset.name == "opportunities" and row["status"] == "open":
            row["closed_at"] = None  # the close date of an open deal is when it is expected
    return rows


def _value(column: Column, n: int) -> Any:
    if column.name == "currency":
        return ("EUR", "USD", "EUR", "USD")[n % 4]
    if column.name.endswith("_hash"):
        return f"person{n}@example.com"
    if column.name in ("pct", "discount_pct"):
        return Decimal(12 + n) + Decimal("0.5")
    moment = datetime(2025, 3, 13 + n, 21, 30, 15, tzinfo=UTC)
    return {
        Kind.ID: f"{column.name}-{n}",
        Kind.TEXT: f"{TEXTS[n % 4]} {column.name} {n}",
        Kind.CHOICE: column.choices[n % len(column.choices)] if column.choices else None,
        Kind.FLAG: n % 2 == 0,
        Kind.TIMESTAMP: moment,
        Kind.DATE: date(2025, 5, 14 + n),
        Kind.MONEY: Decimal(1000 * n) + Decimal("34.5678"),
        Kind.DECIMAL: Decimal(n) / 10 + Decimal("0.123456"),
        Kind.INTEGER: 41 + n,
    }[column.kind]


def write_csv(folder: Path, dataset: Dataset, rows: list[Row]) -> Path:
    path = folder / f"{dataset.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        writer.writerows([_as_text(value) for value in row.values()] for row in rows)
    return path


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def write_xlsx(folder: Path, dataset: Dataset, rows: list[Row]) -> Path:
    path = folder / f"{dataset.name}.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([_as_cell(value) for value in row.values()])
    book.save(path)
    return path


def _as_cell(value: Any) -> Any:
    """A workbook's times have no zone: they are the tenant's."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    return value


def stored(row: Row, dataset: Dataset) -> Row:
    """The row as the lake should hold it, with what the load makes."""
    found = dict(row)
    for column in dataset.import_columns:
        value = row.get(column.name)
        if column.local_date:
            found[column.local_date] = value and value.astimezone(ZoneInfo(ZONE)).date()
        if column.in_base:
            rate = RATE if row["currency"] == "USD" else Decimal(1)
            found[column.in_base] = value and (value * rate).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
    return found


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("dataset", EVERY.values(), ids=EVERY.keys())
def test_what_is_written_is_read_back(
    database: Database,
    make_tenant: Callable[..., TenantProfile],
    tmp_path: Path,
    dataset: Dataset,
    write: Callable[[Path, Dataset, list[Row]], Path],
) -> None:
    tenant, lake = make_tenant(currency="EUR", timezone=ZONE), Lake(tmp_path / "lake")
    rows = made_rows(dataset)
    file = write(tmp_path, dataset, rows)
    with database.tenant(tenant.id) as session:
        if dataset.has_money:
            lake.land(session, tenant, "fx_rates", RATES.to_batches())
        mapping = chosen_mapping(session, file, dataset.name, "file", currency=tenant.currency)
    report = import_file(database, lake, tenant, dataset.name, file, mapping, hash_key=b"key")
    assert report.rejected == ()
    assert set(mapping.columns) == set(rows[0]), "every column is known by its own name"
    with database.tenant(tenant.id) as session:
        files = lake.files(session, dataset.name)
    table = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    found = {row["id"]: row for row in table}
    assert set(found) == {row["id"] for row in rows}
    for row in rows:
        for name, value in stored(row, dataset).items():
            if name.endswith("_hash"):
                assert (found[row["id"]][name] is None) == (value is None)
            else:
                assert found[row["id"]][name] == value, name


def test_every_kind_and_choice_is_among_the_rows() -> None:
    kinds = {column.kind for each in EVERY.values() for column in each.columns}
    assert kinds == set(Kind) - {Kind.JSON}
    for each in EVERY.values():
        rows = made_rows(each)
        for column in each.columns:
            held = {row[column.name] for row in rows} - {None}
            assert held >= set(column.choices)
            assert len(held) > 1 or column.name == "currency", column.name
    days = sorted(row["started_at"] for row in made_rows(OWN) if row["started_at"])
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
