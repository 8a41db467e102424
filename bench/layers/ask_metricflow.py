"""MetricFlow through its engine: one request a grouping, for all eight KPIs at once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.parsing.dir_to_model import (
    parse_yaml_file_paths_to_semantic_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from serving import GROUPINGS, KPIS, Rows, connect, serve


class DuckDbClient:
    """What MetricFlow asks of a database."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def query(self, stmt: str, sql_bind_parameter_set: Any = None) -> MetricFlowDataTable:
        """The rows of a statement."""
        cursor = self.connection.execute(stmt)
        names = [column[0] for column in cursor.description]
        return MetricFlowDataTable.create_from_rows(names, cursor.fetchall())

    def execute(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Run a statement."""
        self.connection.execute(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Whether a statement could be run."""
        self.connection.execute(f"EXPLAIN {stmt}")

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """How a parameter is written."""
        return f"${bind_parameter_key}"

    def close(self) -> None:
        """Disconnect."""
        self.connection.close()


def make(config: dict[str, Any]) -> Any:
    """The engine over the manifest, and what asks it every grouping."""
    manifest = parse_yaml_file_paths_to_semantic_manifest([str(Path(__file__).parent / "manifest.yaml")])
    engine = MetricFlowEngine(
        semantic_manifest_lookup=SemanticManifestLookup(manifest.semantic_manifest),
        sql_client=DuckDbClient(connect(config)),
    )
    start = datetime.fromisoformat(config["first"])
    end = datetime.fromisoformat(config["beyond"]) - timedelta(days=1)

    def ask() -> Rows:
        rows: Rows = []
        for grouping in GROUPINGS:
            request = MetricFlowQueryRequest.create(
                metric_names=list(KPIS),
                group_by_names=["metric_time__month", *([grouping] if grouping else [])],
                time_constraint_start=start,
                time_constraint_end=end,
            )
            table = engine.query(request).result_df
            names = ["month" if name.startswith("metric_time") else name for name in table.column_names]
            rows += [(grouping, dict(zip(names, row, strict=True))) for row in table.rows]
        return rows

    return ask


if __name__ == "__main__":
    serve(make)
