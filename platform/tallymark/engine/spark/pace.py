"""How Spark is to go about as many bytes as a tenant has. It changes no figure."""

from __future__ import annotations

from collections.abc import Mapping

from tallymark.engine.session import TenantData

SMALL = 64 * 2**20
"""Up to so many bytes of Parquet, what Spark does before it starts takes longer than what it has to do."""
_BYTES_A_PART = 32 * 2**20
_MOST_PARTS = 2000


def suited_to(data: TenantData) -> Mapping[str, str]:
    """Spark's settings for the tenant's files: a small one's rows stay in one part, and no query is compiled to Java."""
    held = sum(path.stat().st_size for files in data.files.values() for path in files if path.exists())
    if held <= SMALL:
        return {
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
    return {"spark.sql.shuffle.partitions": str(min(_MOST_PARTS, 1 + held // _BYTES_A_PART))}
