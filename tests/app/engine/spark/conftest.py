"""What Spark's tests share: a cluster of two workers on this machine, and the same queries answered by DuckDB."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyspark
import pytest

from tallymark.engine.fuse import fuse
from tallymark.engine.plan import Plan
from tallymark.engine.session import TenantData, confined
from tallymark.engine.spark import SPARK, Answers, SparkSettings, run, stop
from tallymark.engine.spark.answers import answers_of
from tallymark_sdk.attribution import AS_IS, Attribution
from tallymark_sdk.reference import period_table

Answering = Callable[..., Answers]

# Java compiles little and collects garbage simply: these processes live for a minute and share two cores.
PROPERTIES = """
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSettings]:
    """A driver and two workers with a core and a gigabyte each, in processes of their own."""
    folder = tmp_path_factory.mktemp("spark")
    properties = folder / "spark.properties"
    properties.write_text(PROPERTIES)
    # Workers of this kind keep their logs where Spark is installed, wherever they are told to keep files.
    logs = Path(os.environ.get("SPARK_HOME") or Path(pyspark.__file__).parent) / "work"
    before = set(logs.glob("*"))
    yield SparkSettings(folder=folder, master="local-cluster[2,1,1024]", properties=properties)
    stop()
    for made in set(logs.glob("*")) - before:
        shutil.rmtree(made)


@pytest.fixture
def on_spark(cluster: SparkSettings) -> Answering:
    """A plan's answers from Spark."""

    def answer(
        plan: Plan, data: TenantData, attribution: Attribution = AS_IS, histories: tuple[str, ...] = ()
    ) -> Answers:
        return run(fuse(plan, attribution, SPARK), plan.periods, data, histories, cluster)

    return answer


@pytest.fixture
def on_duckdb() -> Answering:
    """The same plan's answers from the same queries in DuckDB."""

    def answer(plan: Plan, data: TenantData, attribution: Attribution = AS_IS) -> Answers:
        with confined(data) as connection:
            connection.register("periods", period_table(plan.periods))
            connection.register("days", _days(plan))
            found = [(each, connection.execute(each.sql).fetchall()) for each in fuse(plan, attribution)]
        # A median of whole numbers is a float there, exact to the half.
        exact = [
            (
                query,
                [
                    tuple(Decimal(str(cell)) if isinstance(cell, float) else cell for cell in row)
                    for row in rows
                ],
            )
            for query, rows in found
        ]
        return answers_of(exact, {}, {})

    return answer


def _days(plan: Plan) -> pa.Table:
    days = [
        {"day": period.start + timedelta(days=day), "period": number}
        for number, period in enumerate(plan.periods)
        for day in range((period.end - period.start).days)
    ]
    return pa.Table.from_pylist(days, pa.schema([("day", pa.date32()), ("period", pa.int64())]))
