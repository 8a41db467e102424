"""Importing one pack and asking it for its metrics, with a reason for whatever goes wrong."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint
from itertools import islice
from types import ModuleType
from typing import Any

import pluggy

from tallymark.sandbox.seccomp import why_unavailable
from tallymark_sdk import InvalidMetric, Metric, check, hookspecs
from tallymark_sdk.errors import did_you_mean
from tallymark_sdk.leaves import computations

MOST_METRICS = 1000
HOOK = "tallymark_metrics"
_LONGEST_REASON = 600
NOT_ITS_OWN = (KeyboardInterrupt, MemoryError)
"""Errors that usually are the process's. A pack that raises one is found out before, in a process of its own."""


class Refused(Exception):
    """The pack can't be used; the text says why and what to do."""


def ask(point: EntryPoint) -> list[object]:
    """Whatever the pack's hook gives, unchecked.

    Raises:
        Refused: it can't be imported, or its hook isn't right. The errors that end a process get through.
    """
    # A pack that prints must not end up within what a command writes for machines.
    with contextlib.redirect_stdout(sys.stderr):
        if EntryPoint.pattern.match(point.value) is None:
            raise Refused(f'the entry point "{point.value}" names no module; write the module\'s name')
        try:  # SystemExit and the like are caught too: an import must not end the process
            module = point.load()
        except NOT_ITS_OWN:
            raise
        except BaseException as error:
            raise Refused(f"could not be imported: {said(error)}") from error
        return _given(_hook(module, point))


def refusal(metric: object, family: str) -> str | None:
    """Why one of a pack's metrics can't be used; None where it can."""
    if type(metric) is not Metric:
        kind = (
            f"a subclass of Metric, {_name(metric)}; use Metric itself" if isinstance(metric, Metric) else ""
        )
        return f"{HOOK}() gave {kind or f'{_name(metric)}, not a Metric'}"
    key = metric.key
    if type(key) is not str:
        return f"a metric's key is text, not {_name(key)}"
    if metric.family != family:
        return f'{key}: the key must start with the entry point\'s name, "{family}."'
    try:
        check(metric)
    except InvalidMetric as error:
        return one_line(str(error))
    except NOT_ITS_OWN:
        raise
    except BaseException as error:  # noqa: BLE001  a view's build is the author's code and may raise anything
        return f"{key}: it can't be checked: {said(error)}"
    in_python = any(True for formula in metric.all_formulas() for _ in computations(formula))
    if in_python and (why := why_unavailable()) is not None:
        return f"{key}: a metric in Python can't be contained here: {why}"
    return None


def said(error: BaseException) -> str:
    """An error's kind and text; of one that can't even say its text, the kind."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  a stranger's error may raise another
        text = ""
    return one_line(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def one_line(text: str) -> str:
    """The text without line breaks or what can't be shown, cut where it is longer than anybody reads."""
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def _hook(module: Any, point: EntryPoint) -> Any:
    if not isinstance(module, ModuleType):
        raise Refused(f'the entry point "{point.value}" names a {_name(module)}; let it name the module')
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
    except Exception as error:
        raise Refused(f"its hook isn't right: {said(error)}") from error
    for implementation in manager.hook.tallymark_metrics.get_hookimpls():
        return implementation.function
    if others := [name for name in marked(module) if name != "tallymark_charts"]:
        near = did_you_mean(others[0], [HOOK]) or f" It is called {HOOK}."
        raise Refused(f'{point.value} implements no {HOOK}(): there is no hook "{others[0]}".{near}')
    if hasattr(module, HOOK):
        raise Refused(f"{point.value} implements no {HOOK}(): mark the function with @hookimpl")
    raise Refused(f"{point.value} implements no {HOOK}(); define it and mark it with @hookimpl")


def marked(module: Any) -> list[str]:
    """The names of a module's functions that are marked as hooks, sorted."""
    return sorted(name for name, value in vars(module).items() if _is_marked(value))


def _is_marked(value: object) -> bool:
    return callable(value) and isinstance(getattr(value, f"{hookspecs.PROJECT}_impl", None), dict)


def _given(hook: Any) -> list[object]:
    found: list[object] = []
    try:
        found.extend(islice(_each(hook()), MOST_METRICS + 1))
    except (Refused, *NOT_ITS_OWN):
        raise
    except BaseException as error:
        after = f" after {len(found)} metrics" if found else ""
        raise Refused(f"{HOOK}() raised {said(error)}{after}") from error
    if len(found) > MOST_METRICS:
        raise Refused(f"{HOOK}() gives more than {MOST_METRICS} metrics; split the pack")
    return found


def _each(given: Any) -> Iterator[object]:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        if hasattr(given, "close"):
            given.close()  # a coroutine complains when nobody has
        hint = "; give a list: [METRIC]" if isinstance(given, Metric) else ""
        raise Refused(f"{HOOK}() gave {_name(given)}, not a list of metrics{hint}")
    return iter(given)


def _name(value: object) -> str:
    return type(value).__name__
