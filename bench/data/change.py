"""A small sync: one row in a hundred of the datasets that move, as change files beside the base."""

from __future__ import annotations

import dataclasses

import duckdb

from bench.data.write import ROW_GROUP
from tallymark.engine.session import TenantData

MOVING = ("opportunities", "activities", "orders", "order_lines", "stage_history", "leads")
_REPLACES = "_replaces"
"""The column in which a change file of the lake names the row that it replaces; in the base, simply its number."""


def changed(data: TenantData) -> TenantData:
    """The tenant after every second of the newest fiftieth of rows came again with a later time of change.

    What a CRM's sync brings is mostly new or lately worked on; amounts of deals change by a tenth.
    """
    folder = data.folder / "changes"
    folder.mkdir(exist_ok=True)
    files = dict(data.files)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name in MOVING:
        base, file = data.files[name][0], folder / f"{name}.parquet"
        if not file.exists():
            amount = "round(amount * 1.1, 4) AS amount, round(amount_base * 1.1, 4) AS amount_base,"
            replaced = (
                f"{amount if name == 'opportunities' else ''} updated_at + INTERVAL 1 HOUR AS updated_at"
            )
            connection.execute(
                f"COPY (SELECT * REPLACE ({replaced}) RENAME (file_row_number AS {_REPLACES}) "  # noqa: S608
                f"FROM read_parquet('{base}', file_row_number = true) "
                f"WHERE file_row_number >= (SELECT count(*) * 49 // 50 FROM '{base}') AND file_row_number % 2 = 0) "
                f"TO '{file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
        files[name] = [base, file]
    return dataclasses.replace(data, files=files)
