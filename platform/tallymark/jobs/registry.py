"""Which function does which kind of job.

A handler may be started more than once for one run (a worker can die after the work and before
its result is stored), so it must be idempotent: write under the run's id, inside
`JobContext.transaction()`.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .context import JobContext

logger = logging.getLogger(__name__)

HandlerFunction = Callable[["JobContext"], Mapping[str, Any]]

DEFAULT_TIMEOUT = 600
"""Seconds a handler may take unless it says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Handler:
    """A kind of job: the function, its time limit in seconds, and what to run once before forking.

    Runs that go `back_to_back` share a process, one after the other, also those of different tenants.
    """

    kind: str
    function: HandlerFunction
    timeout: int
    warm: Callable[[], None] | None
    back_to_back: bool = False


_handlers: dict[str, Handler] = {}


def handles(
    kind: str,
    *,
    timeout: int = DEFAULT_TIMEOUT,
    warm: Callable[[], None] | None = None,
    back_to_back: bool = False,
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Register the decorated function for runs of `kind`.

    `timeout` is in seconds. `warm` runs once in the worker before it forks: it should walk the
    whole path of the job once, and must leave no database, DuckDB or HTTP connection open.
    `back_to_back` spares the process a run would otherwise have to itself: only for a function that
    reads no foreign files, closes what it opens, and keeps nothing of a tenant in the module.
    """

    def register(function: HandlerFunction) -> HandlerFunction:
        known = _handlers.get(kind)
        if known is not None and _name(known.function) != _name(function):
            first, second = _name(known.function), _name(function)
            raise ValueError(f"Jobs of kind {kind!r} have two handlers, {first} and {second}; remove one.")
        _handlers[kind] = Handler(
            kind=kind, function=function, timeout=timeout, warm=warm, back_to_back=back_to_back
        )
        return function

    return register


def handler_of(kind: str) -> Handler | None:
    """The handler for `kind`, or None when no loaded module provides one."""
    return _handlers.get(kind)


def back_to_back_kinds() -> list[str]:
    """The kinds whose runs may follow another one in the same process."""
    return [handler.kind for handler in _handlers.values() if handler.back_to_back]


def load(modules: Iterable[str]) -> None:
    """Import the modules that register handlers; ImportError names the one that is missing."""
    for module in modules:
        importlib.import_module(module)


def warm_up() -> None:
    """Run every handler's `warm` once; one that fails costs speed, not the worker."""
    for handler in _handlers.values():
        if handler.warm is None:
            continue
        try:
            handler.warm()
        except Exception:
            logger.exception("Warming up jobs of kind %r failed; they will start cold.", handler.kind)


def _name(function: HandlerFunction) -> str:
    return f"{function.__module__}.{function.__qualname__}"
