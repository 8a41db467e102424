"""`tallymark worker` and `tallymark dispatcher`."""

from __future__ import annotations

import logging
import signal
import threading
from dataclasses import replace

import click

from tallymark.jobs.tuning import Tuning


def register(main: click.Group) -> None:
    """Add the two commands to `main`."""
    main.add_command(worker)
    main.add_command(dispatcher)


@click.command()
@click.option(
    "--class",
    "worker_class",
    default="default",
    show_default=True,
    help='Whose queue to work on; "heavy" for the runs that take long.',
)
@click.option(
    "--handlers", multiple=True, metavar="MODULE", help="Load the job handlers of this module instead of all."
)
@click.option("--lease", type=float, default=Tuning.lease, show_default=True, help="Seconds to be silent.")
@click.option(
    "--child-runs", default=Tuning.child_runs, show_default=True, help="Runs before the child is replaced."
)
@click.option(
    "--child-megabytes", default=Tuning.child_megabytes, show_default=True, help="Memory before it is."
)
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
def worker(
    worker_class: str,
    handlers: tuple[str, ...],
    lease: float,
    child_runs: int,
    child_megabytes: int,
    *,
    burst: bool,
) -> None:
    """Run queued work, one job at a time, until stopped.

    Start one process for each job to run at once, some of them with `--class heavy` where there are tenants whose
    runs take long: others then never wait behind those. Without one they are done by the others, one at a time.
    SIGTERM lets the job at hand finish; a second one ends it, and another worker takes it over.
    """
    from tallymark.cli.opening import opened
    from tallymark.jobs.errors import RedisAway
    from tallymark.jobs.handlers import MODULES
    from tallymark.jobs.redis_link import require
    from tallymark.jobs.runtime import Runtime
    from tallymark.jobs.worker import leave, prepare, serve
    from tallymark_tenants.db import Database

    _log_plainly()
    signal.signal(signal.SIGTERM, leave)
    with opened(redis=True) as product:
        settings = product.settings
        try:
            require(settings.redis_url).close()
        except RedisAway as error:
            raise click.ClickException(str(error)) from error
        runtime = Runtime(
            settings=settings,
            open_database=lambda: Database(settings.urls),
            tuning=replace(Tuning(), lease=lease, child_runs=child_runs, child_megabytes=child_megabytes),
        )
        prepare(runtime, handlers or MODULES)
        click.echo(f"Working on queue {worker_class!r}.")
        serve(runtime, worker_class, burst=burst)


@click.command()
@click.option("--in-flight", default=Tuning.in_flight, show_default=True, help="Runs of a tenant at a time.")
@click.option("--grace", default=Tuning.grace, show_default=True, help="Seconds before a job counts as lost.")
@click.option("--reconcile-every", default=Tuning.reconcile_every, show_default=True, help="Seconds.")
@click.option(
    "--heavy-patience",
    default=Tuning.heavy_patience,
    show_default=True,
    help="Seconds without a heavy worker before the others take heavy runs.",
)
def dispatcher(in_flight: int, grace: float, reconcile_every: float, heavy_patience: float) -> None:
    """Send due runs to the workers, recover lost ones, keep schedules, until stopped.

    Several may run; one acts and the others stand by.
    """
    from tallymark.cli.opening import opened
    from tallymark.jobs.dispatcher import Dispatcher
    from tallymark.jobs.redis_link import connect
    from tallymark.jobs.wakeup import Wakeup

    _log_plainly()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tuning = replace(
        Tuning(),
        in_flight=in_flight,
        grace=grace,
        reconcile_every=reconcile_every,
        heavy_patience=heavy_patience,
    )
    with opened(redis=True) as product:
        wakeup = Wakeup(product.settings.urls.dispatcher)
        click.echo("Dispatching.")
        Dispatcher(product.database, connect(product.settings.redis_url), tuning).run(wakeup, stop)
        wakeup.close()


def _log_plainly() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
