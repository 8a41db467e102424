"""The same three tables as our facts hold them: row-level work done, narrow, members beside each row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tallymark.engine.session import TenantData

HERE = Path(__file__).parent
TABLES = ("deals", "sold_lines", "new_leads")


def prepared_tables(data: TenantData) -> dict[str, list[str]]:
    """Table → file, written once beside the snapshot: what the views say, materialised and sorted by nothing else."""
    folder = data.folder / "narrow"
    folder.mkdir(exist_ok=True)
    missing = [name for name in TABLES if not (folder / f"{name}.parquet").exists()]
    if missing:
        connection = duckdb.connect()
        for name, files in data.files.items():
            connection.read_parquet([str(file) for file in files]).create_view(name)
        connection.execute((HERE / "views.sql").read_text(encoding="utf-8"))
        for name in missing:
            connection.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    return {f"{name}_prepared": [str((folder / f"{name}.parquet").resolve())] for name in TABLES}
