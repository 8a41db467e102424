"""Companies in memory as a tenant's lake, with facts that are kept from cell to cell."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine import TenantData, compute
from tallymark.explain.asked import Asked
from tallymark.explain.asking import Question
from tallymark.explain.basis import Basis, Place
from tallymark.plugins.registry import Registry, registry
from tallymark_sdk.attribution import AS_IS, Attribution
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.model import DATASETS, dataset

from ..engine.test_oracle import random_company  # noqa: TID252  the folders of tests are no packages

FROM_ANOTHER = 0.3


def two_sources(seed):
    """A random company whose rows come from two sources that use the same ids; some deals are in another currency."""
    dice = random.Random(seed)
    company = random_company(seed)
    for name, rows in company.items():
        for row in rows:
            if dice.random() < FROM_ANOTHER:
                row["source_id"] = "other"
            if DATASETS[name].has_money and dice.random() < 0.3:
                row["currency"] = "USD"
                for column in DATASETS[name].stored_columns:
                    if column.in_base and row.get(column.in_base) is not None:
                        row[column.in_base] = round(row[column.in_base] * Decimal("0.9013"), 4)
        again = dice.sample(rows, len(rows) // 10)
        rows += [{**row, "source_id": "third"} for row in again]
    return company


@dataclass
class Sales:
    """A company's data, and questions about its cells."""

    rows: dict
    data: TenantData
    comparison: Comparison
    attribution: Attribution = AS_IS
    known: Registry = field(default_factory=registry)

    def cells(self, keys, periods, by=()):
        return compute(
            self.known,
            keys,
            periods,
            by,
            data=self.data,
            calendar=self.comparison.calendar,
            comparison=self.comparison,
            attribution=self.attribution,
        )

    def asked(self, cell, **more):
        """The question of a cell, without a database."""
        basis = Basis(
            registry=self.known,
            data=self.data,
            comparison=self.comparison,
            attribution=self.attribution,
        )
        place = Place(
            metric=self.known[cell.metric],
            period=cell.period,
            part=cell.part,
            dimension=cell.dimension,
            member=cell.member,
        )
        question = Question(
            metric=cell.metric,
            period="",
            part=cell.part,
            by=cell.dimension,
            member=cell.member,
            **more,
        )
        return Asked(question=question, basis=basis, place=place, currency="EUR")


@pytest.fixture
def sales_of(tmp_path):
    """Write a company's rows as files, each dataset one."""

    def write(rows, *, kind="gregorian", attribution=AS_IS):
        folder, facts = tmp_path / "lake", tmp_path / "facts"
        folder.mkdir()
        facts.mkdir()
        files = {}
        for name, given in rows.items():
            full = [{"source_id": "test", **row} for row in given]
            files[name] = [folder / f"{name}.parquet"]
            pq.write_table(pa.Table.from_pylist(full, dataset(name).stored_schema), files[name][0])
        data = replace(TenantData(folder=folder, files=files), facts=facts)
        comparison = Comparison(calendar=calendar(kind), as_of=date(2024, 12, 31))
        return Sales(rows=rows, data=data, comparison=comparison, attribution=attribution)

    return write
