"""What a piece of the product asks PostgreSQL, how long that takes, and by which plan."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

LARGE = ("runs", "snapshots", "datasets", "schedules", "tenants", "run_weights", "editions")
"""Tables that grow with every tenant: reading one whole is a defect. The outbox holds unfinished work only."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One measurement: median milliseconds, statements, and the large tables that were read whole."""

    name: str
    milliseconds: float
    worst: float
    statements: int
    rows: int
    scanned: tuple[str, ...]


def watch(name: str, do: Callable[[], tuple[Session, int]], undo: Callable[[], None], times: int) -> Seen:
    """Do something `times` times (it gives its session and how many rows it handled); look at the plans of the last."""
    taken, statements, rows, scanned = [], 0, 0, set[str]()
    for number in range(times):
        with _collected() as asked:
            began = time.perf_counter()
            session, rows = do()
            taken.append((time.perf_counter() - began) * 1000)
        statements = len(asked)
        if number == times - 1:
            for statement, parameters in dict.fromkeys(asked):
                scanned |= set(_scans(session, statement, dict(parameters)))
        undo()
    return Seen(
        name=name,
        milliseconds=statistics.median(taken),
        worst=max(taken),
        statements=statements,
        rows=rows,
        scanned=tuple(sorted(scanned)),
    )


@contextmanager
def _collected() -> Iterator[list[tuple[str, tuple[tuple[str, Any], ...]]]]:
    """The statements executed meanwhile."""
    found: list[tuple[str, tuple[tuple[str, Any], ...]]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if isinstance(parameters, Mapping):
            hashable = {
                key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()
            }
            found.append((statement, tuple(hashable.items())))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _scans(session: Session, statement: str, parameters: dict[str, Any]) -> Iterator[str]:
    """The large tables that the plan of a statement reads from one end to the other.

    A statement of another session, whose role may do what this one's may not, is passed by.
    """
    if not statement.lstrip().lower().startswith(("select", "with", "insert", "update", "delete")):
        return
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in parameters.items()}
    try:
        with session.begin_nested():
            answer = session.connection().exec_driver_sql(f"explain (format json) {statement}", values)
            plan = answer.scalar_one()
    except ProgrammingError:
        return
    yield from _walk(plan[0]["Plan"])


def _walk(node: Mapping[str, Any]) -> Iterator[str]:
    if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan") and node["Relation Name"] in LARGE:
        yield f"{node['Relation Name']} read whole"
    for child in node.get("Plans", ()):
        yield from _walk(child)
