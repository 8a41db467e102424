"""Lands rows in a process of its own, which a test kills: `python landing_process.py URL LAKE TENANT NAME ROWS`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from tallymark.lake import Lake
from tallymark_tenants.db import Database, DatabaseUrls
from tallymark_tenants.profile import load_profile


def batches(name: str, rows: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, 1000):
        count = min(1000, rows - start)
        columns = [["s"] * count, [str(n) for n in range(start, start + count)], [name] * count]
        yield pa.RecordBatch.from_arrays([pa.array(c) for c in columns], ["source_id", "id", "name"])


def main(url: str, root: str, tenant: str, name: str, rows: str) -> None:
    database = Database(DatabaseUrls(app=url))
    print("ready", flush=True)
    with database.tenant(UUID(tenant)) as session:
        Lake(Path(root)).land(session, load_profile(session), "accounts", batches(name, int(rows)))


if __name__ == "__main__":
    main(*sys.argv[1:])
