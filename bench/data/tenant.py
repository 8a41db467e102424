"""A tenant of a size, made once and kept."""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.data.sizes import SIZES, Size
from bench.data.write import HERE, write_tenant
from tallymark.engine.session import TenantData
from tallymark_sdk.model import DATASETS

FOLDER = Path(".tallymark/bench")
"""Where tenants are kept unless said otherwise; never committed."""


def tenant(size: str, *, folder: Path = FOLDER, variant: int = 0) -> TenantData:
    """The tenant of a size of `SIZES`, made where it isn't there yet or was made by another version of this code."""
    home = folder / "tenants" / (size if not variant else f"{size}-{variant}")
    stamp = home / "made-by"
    if not stamp.exists() or stamp.read_text() != _version(SIZES[size]):
        stamp.unlink(missing_ok=True)
        write_tenant(home, SIZES[size], variant=variant)
        stamp.write_text(_version(SIZES[size]))
    return data_in(home)


def data_in(home: Path) -> TenantData:
    """The tenant whose files are in a folder."""
    return TenantData(folder=home, files={name: [home / f"{name}.parquet"] for name in DATASETS})


def _version(size: Size) -> str:
    """What decides about the rows: DuckDB's hash, the size and the datasets' SQL."""
    sources = [HERE / "macros.sql", HERE / "write.py", *sorted((HERE / "datasets").glob("*.sql"))]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    columns = [str(dataset.stored_schema) for dataset in DATASETS.values()]
    return f"{duckdb.__version__} {size} {_digest(text)} {_digest(''.join(columns))}"


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:16]
