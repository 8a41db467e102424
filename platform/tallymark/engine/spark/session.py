"""One Spark session a process, kept from other tenants' files, the network and the log."""

from __future__ import annotations

import atexit
import os
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tallymark.engine.session import EngineError
from tallymark.engine.spark.settings import SparkSettings, missing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What Spark must do so that a statement means what it means in DuckDB.
_MEANING: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what doesn't fit is an error and never silently null
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # a product keeps its places, or fails
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",  # so does the wider of two types
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",  # our files never held dates of the Julian calendar
    "spark.sql.runSQLOnFiles": "false",  # no statement can name a file; what it reads are the tenant's views
}

_lock = threading.Lock()
_started: tuple[int, SparkSettings, SparkSession] | None = None


@contextmanager
def opened(settings: SparkSettings, pace: Mapping[str, str]) -> Iterator[SparkSession]:
    """A session with views of its own, on the process's one connection to Spark, which is made when first asked for.

    Args:
        pace: Spark's settings for as much data as there is (`pace.suited_to`).

    Raises:
        EngineError: PySpark or Java isn't installed, or Spark can't be reached.
    """
    session = _connected(settings).newSession()
    for name, value in {**pace, **_MEANING}.items():
        session.conf.set(name, value)
    try:
        yield session
    finally:
        for table in session.catalog.listTables():
            session.catalog.dropTempView(table.name)


def lost(session: SparkSession) -> bool:
    """Whether Spark has gone; then the next session starts it anew."""
    from py4j.protocol import Py4JError

    try:
        stopped = session.sparkContext._jsc.sc().isStopped()  # noqa: SLF001  Python's own face of it doesn't know
    except (Py4JError, OSError, AttributeError):
        stopped = True
    if stopped:
        stop()
    return bool(stopped)


def stop() -> None:
    """End the process's connection to Spark, if there is one; it is made again when next asked for."""
    global _started  # noqa: PLW0603  one for the process, as Spark has it
    with _lock:
        if _started is not None and _started[0] == os.getpid():
            _started[2].stop()
        _started = None


def _connected(settings: SparkSettings) -> SparkSession:
    global _started  # noqa: PLW0603  one for the process, as Spark has it
    with _lock:
        if _started is None:
            _started = os.getpid(), settings, _start(settings)
            atexit.register(stop)
        owner, at, session = _started
    if owner != os.getpid():
        raise EngineError(
            "Spark was started before this process was forked; start it in the process that computes."
        )
    if at != settings:
        raise EngineError("Spark runs with other settings in this process; restart it after changing them.")
    return session


def _start(settings: SparkSettings) -> SparkSession:
    if lacking := missing():
        raise EngineError(f"{lacking}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark warns of pandas' version; nothing here hands pandas to it
        from pyspark.errors import PySparkException
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession

        # It would print the whole plan of every query that fails; the engine tells in one line which metric did.
        PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
        settings.folder.mkdir(parents=True, exist_ok=True)
        builder = SparkSession.builder.master(settings.master).appName("tallymark")
        for name, value in _settled(settings).items():
            builder = builder.config(name, value)
        try:
            with _submitted_with(settings):
                return builder.getOrCreate()
        except (PySparkException, _gateway_error()) as error:
            raise EngineError(f"Spark can't be started at {settings.master}; see its log for why.") from error


def _settled(settings: SparkSettings) -> dict[str, str]:
    """What is decided for every process, before Java starts: nothing listens that needn't, nothing is kept or fetched."""
    folder = settings.folder
    log = Path(__file__).with_name("log4j2.properties").as_uri()
    options = f"-Dlog4j2.configurationFile={log} -Djava.io.tmpdir={folder}"
    settled = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.jars.ivy": str(folder / "ivy"),  # nothing is fetched; this is where it would be kept
        "spark.driver.defaultJavaOptions": options,  # those of a file of properties are added
        # The driver only plans and collects cells: queries wait for workers, not for each other.
        "spark.scheduler.mode": "FAIR",
    }
    if settings.is_here:
        settled |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return settled


@contextmanager
def _submitted_with(settings: SparkSettings) -> Iterator[None]:
    """Java is started by a script that takes these from the environment and from nowhere else."""
    wanted = {}
    if settings.properties is not None:
        wanted["PYSPARK_SUBMIT_ARGS"] = f'--properties-file "{settings.properties}" pyspark-shell'
    if settings.is_here:
        wanted["SPARK_LOCAL_IP"] = "127.0.0.1"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _gateway_error() -> Any:
    from py4j.protocol import Py4JError

    return Py4JError
