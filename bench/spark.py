"""DuckDB and Spark on the same fused queries over a tenant's Parquet: python -m bench.spark --size 100k."""

from __future__ import annotations

import time
from pathlib import Path

import click
import pyarrow as pa

from bench.data.tenant import FOLDER, tenant
from tallymark.engine.fuse import Query, fuse
from tallymark.engine.plan import Plan, make_plan
from tallymark.engine.session import TenantData, confined
from tallymark.engine.spark import SPARK, SparkSettings, run
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.reference import period_table


@click.command()
@click.option(
    "--size", "sizes", multiple=True, default=("5k", "100k"), show_default=True, help="Sizes of tenants."
)
@click.option("--metrics", default="", help="Families of metrics with commas between; all without it.")
@click.option("--months", default=3, show_default=True, help="How many months are asked for.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def main(sizes: tuple[str, ...], metrics: str, months: int, folder: Path) -> None:
    """Ask each engine twice: the second time, Spark has compiled what it compiles."""
    plan = _plan(metrics, months)
    settings = SparkSettings.from_env(folder)
    click.echo(f"{len(plan.breakdowns)} leaves, {len(plan.periods)} periods, Spark at {settings.master}")
    for size in sizes:
        data = tenant(size, folder=folder)
        held = sum(path.stat().st_size for files in data.files.values() for path in files)
        duck = _seconds_in_duckdb(fuse(plan), plan, data)
        queries = fuse(plan, dialect=SPARK)
        times = []
        for _again in range(2):
            started = time.perf_counter()
            answers = run(queries, plan.periods, data, (), settings)
            times.append(time.perf_counter() - started)
        first, second = times
        click.echo(
            f"{size}: {held / 2**20:.0f} MB, {len(queries)} queries, {len(answers.figures)} answers; DuckDB {duck:.1f} s, "
            f"Spark {first:.1f} s at first and {second:.1f} s again ({second / duck:.1f} times DuckDB)"
        )


def _plan(families: str, months: int) -> Plan:
    known = registry()
    wanted = tuple(family.strip() for family in families.split(",") if family.strip())
    metrics = [each for each in known if not wanted or each.key.partition(".")[0] in wanted]
    by = sorted({dimension for metric in metrics for dimension in metric.by})
    cut = calendar("gregorian")
    return make_plan(metrics, cut.range(cut.parse("2026-01"), months), by, known, Comparison(calendar=cut))


def _seconds_in_duckdb(queries: list[Query], plan: Plan, data: TenantData) -> float:
    """The better of two."""
    times = []
    with confined(data) as connection:
        periods = period_table(plan.periods)
        connection.register("periods", periods)
        days = "SELECT unnest(range(first, beyond, INTERVAL 1 DAY))::DATE AS day, period FROM periods"
        connection.register("days", pa.table(connection.sql(days).to_arrow_table()))
        for _again in range(2):
            started = time.perf_counter()
            for query in queries:
                connection.execute(query.sql).fetchall()
            times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    main()
