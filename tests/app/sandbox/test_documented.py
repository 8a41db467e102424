"""The metric in Python that the authors' documentation shows."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine import TenantData, compute
from tallymark.plugins.registry import Registry
from tallymark_sdk import Metric, check
from tallymark_sdk.calendars import calendar
from tallymark_sdk.model import dataset
from tallymark_sdk.reference import ReferenceEvaluator

PAGE = Path(__file__).parents[3] / "docs" / "authors" / "containment.md"
CALENDAR = calendar("gregorian")
ROWS = [
    {"id": str(number), "ordered_on": day, "amount_base": Decimal(amount), "rep_id": rep}
    for number, (day, amount, rep) in enumerate(
        [
            (date(2026, 5, 31), 500, "an"),
            (date(2026, 6, 1), 10, "an"),
            (date(2026, 6, 30), 70, "an"),
            (date(2026, 6, 15), 40, "binh"),
            (date(2026, 7, 1), 900, "an"),
        ]
    )
]


@pytest.fixture
def spread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Metric]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "documented_pack.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    (metric,) = import_module("documented_pack").tallymark_metrics()
    yield metric
    del sys.modules["documented_pack"]


def test_it_gives_what_the_page_says(spread: Metric, tmp_path: Path) -> None:
    check(spread)
    table = pa.Table.from_pylist([{"source_id": "t", **row} for row in ROWS], dataset("orders").stored_schema)
    pq.write_table(table, tmp_path / "orders.parquet")
    data = TenantData(folder=tmp_path, files={"orders": [tmp_path / "orders.parquet"]})
    june = CALENDAR.parse("2026-06")
    cells = compute(
        Registry(metrics={spread.key: spread}), [spread.key], [june], ("rep",), data=data, calendar=CALENDAR
    )
    assert {cell.member: cell.value for cell in cells} == {"": 60, "an": 60, "binh": 0}
    evaluator = ReferenceEvaluator({"orders": ROWS}, CALENDAR, [spread])
    assert evaluator.value(spread, june, dimension="rep", member="an") == 60
