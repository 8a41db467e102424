"""The side of a semantic layer, in its own environment: it answers each line "go" and hands the rows over at "read".

Only what the layer itself brings is imported here, and DuckDB.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

GROUPINGS = ("", "rep", "team", "region", "source", "channel")

KPIS = {
    "bookings": "revenue.bookings",
    "close_ratio": "conversion.close_ratio",
    "average_deal_size": "deals.average_deal_size",
    "opportunities": "pipeline.opportunities",
    "conversion_rate": "conversion.conversion_rate",
    "revenue": "revenue.revenue",
    "incoming_leads": "pipeline.new_leads",
    "qualification_rate": "pipeline.lead_qualification_rate",
}
"""The layer's name of a metric → the catalogue's."""

Rows = list[tuple[str, dict[str, Any]]]
"""(grouping, row) with the row's `month`, the member under the grouping's name, and some of the KPIs."""


def connect(config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A connection with the tables, the views over them and the days of the question."""
    connection = duckdb.connect(config={"threads": config["threads"]})
    for name, files in config["files"].items():
        connection.read_parquet(files).create_view(name)
    connection.execute((Path(__file__).parent / config["views"]).read_text(encoding="utf-8"))
    connection.execute(
        "CREATE TABLE spine AS SELECT unnest(range(?::DATE, ?::DATE, INTERVAL 1 DAY))::DATE AS day",
        [config["first"], config["beyond"]],
    )
    return connection


def serve(make: Callable[[dict[str, Any]], Callable[[], Rows]]) -> None:
    """Answer until the input ends. `make` gets the configuration and returns what asks every grouping."""
    # What the layer says of itself goes elsewhere: the answers have the output to themselves.
    said, sys.stdout = sys.stdout, sys.stderr
    ask = make(json.loads(sys.stdin.readline()))
    rows: Rows = []
    print("ready", file=said, flush=True)
    for line in sys.stdin:
        if line.strip() == "go":
            rows = ask()
            print("done", file=said, flush=True)
        else:
            print(json.dumps(rows, default=str), file=said, flush=True)
