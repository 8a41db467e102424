"""Rows in memory as a tenant's lake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.engine import TenantData
from tallymark_sdk.model import dataset

Rows = Mapping[str, Iterable[Mapping[str, Any]]]


@pytest.fixture
def lake_of(tmp_path: Path) -> Callable[[Rows], TenantData]:
    """Write each dataset's rows as one Parquet file; every dataset given is connected, even without rows."""

    def write(rows: Rows) -> TenantData:
        folder = tmp_path / f"lake{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        files = {}
        for name, given in rows.items():
            full = [{"source_id": "test", **row} for row in given]
            files[name] = [folder / f"{name}.parquet"]
            pq.write_table(pa.Table.from_pylist(full, dataset(name).stored_schema), files[name][0])
        return TenantData(folder=folder, files=files)

    return write
