"""Running a plan's queries on Spark, over one tenant's Parquet files."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from typing import TYPE_CHECKING, Any

from tallymark.engine.fuse import Query
from tallymark.engine.plan import Leaf
from tallymark.engine.session import EngineError, TenantData
from tallymark.engine.spark.answers import Answers, answers_of
from tallymark.engine.spark.pace import suited_to
from tallymark.engine.spark.session import lost, opened
from tallymark.engine.spark.settings import SparkSettings
from tallymark.engine.spark.tables import make_period_views, make_views
from tallymark_sdk.calendars import Period
from tallymark_sdk.model import DATASETS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Queries under way together: while one is planned or waits for its last task, others keep the workers busy."""

_UNREADABLE = ("FAILED_READ_FILE", "CANNOT_READ_FILE", "PATH_NOT_FOUND")
_NAMED_AS_IN_DUCKDB = {
    "ARITHMETIC_OVERFLOW": "OutOfRangeException",
    "NUMERIC_VALUE_OUT_OF_RANGE": "OutOfRangeException",
    "CAST_OVERFLOW": "ConversionException",
}
"""What a reason calls an overflow shall not depend on where a tenant is computed."""

Rows = list[tuple[Any, ...]]


def run(
    queries: Sequence[Query],
    periods: Sequence[Period],
    data: TenantData,
    histories: Iterable[str],
    settings: SparkSettings,
) -> Answers:
    """Run the queries; periods are numbered by their place in `periods`. DuckDB would answer the same.

    A query that fails is run again leaf by leaf, so that only the leaf at fault has no value.

    Args:
        queries: fused in the dialect `SPARK`.
        data: the tenant's files, at paths that every worker can read.
        histories: datasets of spans that some metric needs whole.

    Raises:
        EngineError: Spark can't be reached or isn't installed, or a file can't be read.
    """
    spans = sorted(set(histories))
    with opened(settings, suited_to(data)) as session:
        make_views(session, data, [*_read_by(queries), *spans])
        make_period_views(session, periods)
        failed: dict[Leaf, str] = {}
        found = _all_rows(queries, session, failed)
        since = _known_since(spans, session)
    return answers_of(found, failed, since)


def _all_rows(
    queries: Iterable[Query], session: SparkSession, failed: dict[Leaf, str]
) -> list[tuple[Query, Rows]]:
    given_up = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(_rows, query, session, failed, given_up) for query in queries]
        try:
            return [pair for each in asked for pair in each.result()]
        except BaseException:  # a run is ended by raising in this thread: Spark is to stop working for it too
            given_up.set()
            for each in asked:
                each.cancel()
            session.interruptAll()
            # One that is still being planned can't be interrupted yet.
            while wait(asked, timeout=1).not_done:
                session.interruptAll()
            raise


def _read_by(queries: Iterable[Query]) -> list[str]:
    """The datasets that the statements name."""
    statements = [query.sql for query in queries]
    return [name for name in DATASETS if any(f"`{name}`" in sql for sql in statements)]


def _rows(
    query: Query, session: SparkSession, failed: dict[Leaf, str], given_up: threading.Event
) -> list[tuple[Query, Rows]]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        return [(query, [tuple(row) for row in session.sql(query.sql).collect()])]
    except (PySparkException, Py4JError, OSError) as error:
        if given_up.is_set():
            raise
        if lost(session):
            raise EngineError(
                "The connection to Spark was lost; see that its master and workers run."
            ) from error
        condition = condition_of(error)
        if condition.startswith(_UNREADABLE):
            raise EngineError(
                "A file of the data can't be read; import the dataset again, or restore the data folder."
            ) from error
        if len(query.leaves) > 1:
            return [pair for alone in query.one_by_one() for pair in _rows(alone, session, failed, given_up)]
        log.warning("a leaf failed: %s", _first_line(error))
        name = _NAMED_AS_IN_DUCKDB.get(condition.partition(".")[0], condition or type(error).__name__)
        failed[query.leaves[0]] = f"could not be computed: {name}"
        return []


def condition_of(error: BaseException) -> str:
    """Spark's own name of what went wrong, "" where it has none. It stands in brackets where a task failed."""
    named = getattr(error, "getCondition", None)
    if named is not None and (condition := named()):
        return str(condition)
    text = str(error)
    at = text.find("[")
    inside = text[at + 1 : text.find("]", at)] if at >= 0 else ""
    return inside if inside.isupper() else ""


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _known_since(spans: Iterable[str], session: SparkSession) -> dict[str, date]:
    found: dict[str, date] = {}
    for name in spans:
        # The name is a dataset of the model, held so when its metric was loaded.
        sql = f"SELECT min(entered_on) FROM `{name}` HAVING bool_and(origin <=> 'derived')"  # noqa: S608
        for (first,) in session.sql(sql).collect():
            if first is not None:
                found[name] = first
    return found
