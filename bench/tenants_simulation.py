"""A hundred thousand tenants: the queries that must stay short, and how many workers a night takes.

Makes a PostgreSQL of its own (the product's migrations, roles and row-level security), fills it, asks with the
product's own code what a dispatcher, a worker and a page ask, and shows the time, the number of statements and
whether a plan reads a large table whole. Then lets a night pass with service times measured here.

Usage: python -m bench.tenants_simulation [--tenants 100000] [--days 7] [--versions 3] [--times 7] [--only queries|night]
                                          [--base SECONDS --per-million SECONDS]
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.simulation import filling
from bench.simulation.cost import measured
from bench.simulation.night import Cost, Night, Result, Scene, wanted
from bench.simulation.queries import Measures
from bench.simulation.watching import Seen
from tallymark.jobs.redis_link import connect
from tallymark.services import postgres, running
from tallymark.services.secrets_file import Secrets
from tallymark.settings import Settings
from tallymark_tenants.db import Database

CREWS = ((16, 0), (12, 4), (32, 0), (26, 6), (64, 0), (54, 10))
"""Light and heavy workers to try; without heavy ones all do everything, as one class of workers did."""


SMALL = Scene(tenants=1_000, large=3, large_rows=100e6, hour=7, asked=2_000)
SMALL_CREWS = ((4, 0), (3, 1), (6, 2))


def queries(settings: Settings, sizes: dict[str, int], times: int) -> None:
    """Fill the database and measure."""
    admin, name = postgres.admin_url(Secrets.load(settings.data_dir)), "tallymark"
    filling.fill(admin, name, sizes, tell)
    database = Database(settings.urls)
    with connect(settings.redis_url) as redis:
        measures = Measures(database, redis, times)
        tell(f"\n{'':<40} {'median':>9} {'worst':>9}  statements   rows  plan")
        for seen in measures.quiet():
            show(seen)
        show(measures.tick())
        filling.begin_night(admin, name, lambda line: tell(f"  ({line})"))
        for seen in measures.night():
            show(seen)
    database.close()


def night(title: str, scene: Scene, cost: Cost, crews: Sequence[tuple[int, int]]) -> None:
    """Let the night pass with several crews."""
    runs = wanted(scene, cost)
    hours = sum(run.seconds for run in runs) / 3600
    heavy = sum(run.heavy for run in runs)
    tell(
        f"\n{title}: {len(runs):,} runs in 24 h, {heavy:,} of them heavy: {hours:.0f} hours of work on cores like these"
    )
    tell(f"{'workers':<14} {'late':>8}   seconds waited: median, 99 %, longest")
    tell(f"{'':<23}   {'light':>20} {'asked on a page':>20} {'heavy':>20}")
    for light, heavy in crews:
        show_night(f"{light} + {heavy}" if heavy else f"{light}, one class", Night(light, heavy).run(runs))


def show(seen: Seen) -> None:
    """One line of the table."""
    plan = ", ".join(seen.scanned) or "by indexes"
    tell(
        f"{seen.name:<40} {seen.milliseconds:6.1f} ms {seen.worst:6.1f} ms  {seen.statements:>10} {seen.rows:>6}  {plan}"
    )


def show_night(crew: str, result: Result) -> None:
    """One line of the night."""
    waits = [np.percentile(result.waits[kind], [50, 99, 100]) for kind in ("light", "asked", "heavy")]
    cells = " ".join(f"{' '.join(f'{value:6,.0f}' for value in values):>20}" for values in waits)
    tell(f"{crew:<14} {result.late:>8,}   {cells}")


def tell(line: str) -> None:
    """Print at once: some steps take minutes."""
    print(line, flush=True)


def main() -> None:
    """Parse and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tenants", type=int, default=100_000)
    parser.add_argument(
        "--days", type=int, default=7, help="days of history: three runs of each tenant a day"
    )
    parser.add_argument("--versions", type=int, default=3, help="snapshots of each dataset")
    parser.add_argument("--times", type=int, default=7, help="repetitions of each measurement")
    parser.add_argument("--only", choices=["queries", "night"])
    parser.add_argument(
        "--base", type=float, help="seconds of a small tenant's scorecard, instead of measuring"
    )
    parser.add_argument(
        "--per-million", type=float, help="seconds that a million rows add, instead of measuring"
    )
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with running(Settings(data_dir=Path(folder)), redis=True) as settings:
            if given.only != "queries":
                cost = Cost(base=given.base or 0.0, per_million_rows=given.per_million or 0.0)
                if given.base is None or given.per_million is None:
                    cost = measured(settings, Database(settings.urls), tell)
                night("the night", Scene(tenants=given.tenants), cost, CREWS)
                night("a small installation by day", SMALL, cost, SMALL_CREWS)
            if given.only != "night":
                sizes = {"tenants": given.tenants, "days": given.days, "versions": given.versions}
                queries(settings, sizes, given.times)


if __name__ == "__main__":
    main()
