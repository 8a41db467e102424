"""Hashes of rows in memory, by a DuckDB that each thread keeps for it: opening one costs as much as a small landing."""

import os
import threading

import duckdb
import pyarrow as pa

from tallymark.lake.keys import hashes_sql

_KEPT = threading.local()


def hashed(rows: pa.Table, names: list[str]) -> pa.Table:
    """The columns of `hashes_sql` for these rows, in their order."""
    duck, hashes = _duck(), hashes_sql(names)
    duck.register("hashed", rows)
    try:
        return duck.sql(f"from hashed select {hashes}").to_arrow_table()
    finally:
        duck.unregister("hashed")


def _duck() -> duckdb.DuckDBPyConnection:
    """This thread's own; one that came along with a fork is left alone."""
    if getattr(_KEPT, "process", None) != os.getpid():
        _KEPT.left = getattr(_KEPT, "duck", None)
        _KEPT.duck = duckdb.connect()
        # One thread keeps the order of the rows, and runs none beside the caller's.
        for setting in ("threads = 1", "enable_external_access = false", "lock_configuration = true"):
            _KEPT.duck.execute(f"set {setting}")
        _KEPT.process = os.getpid()
    duck: duckdb.DuckDBPyConnection = _KEPT.duck
    return duck
