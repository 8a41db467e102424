"""Asking a pack for its charts, each of them checked on its own. The hook is optional."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint
from itertools import islice
from typing import Any

from tallymark.plugins.asking import NOT_ITS_OWN, marked, said
from tallymark_sdk import Metric
from tallymark_sdk.charts import Chart, problem
from tallymark_sdk.errors import did_you_mean

MOST_CHARTS = 200
HOOK = "tallymark_charts"
HOOKS = ("tallymark_metrics", HOOK)


def ask_charts(point: EntryPoint) -> tuple[tuple[Chart, ...], tuple[str, ...]]:
    """The pack's good charts, and why others of it can't be used. Its metrics don't depend on them."""
    with contextlib.redirect_stdout(sys.stderr):
        module = point.load()
        strange = [name for name in marked(module) if name not in HOOKS]
        reasons = [f'there is no hook "{name}".{did_you_mean(name, HOOKS)}' for name in strange]
        hook = getattr(module, HOOK, None)
        if hook is None:
            return (), tuple(reasons)
        if HOOK not in marked(module):
            return (), (*reasons, f"{point.value}: mark {HOOK}() with @hookimpl, or it isn't asked")
        given, reason = _given(hook)
    good: list[Chart] = []
    for each in given:
        refused = problem(each, point.name)
        if refused is not None:
            reasons.append(refused)
        elif isinstance(each, Chart):
            good.append(each)
    return tuple(good), (*reasons, *reason)


def unfit(chart: Chart, metrics: Mapping[str, Metric]) -> str | None:
    """What a chart speaks of that isn't there; None where all is."""
    for key in chart.metrics:
        if key not in metrics:
            return f'{chart.key} shows "{key}", which isn\'t there.{did_you_mean(key, metrics)}'
        if chart.by and chart.by not in metrics[key].by:
            return f'{chart.key} shows {key} by "{chart.by}", which it doesn\'t offer.{did_you_mean(chart.by, metrics[key].by)}'
        if chart.kind == "funnel" and metrics[key].unit != "count":
            return f"{chart.key} is a funnel, and {key} is no count; a funnel's metrics count what goes from one to the next"
    return None


def _given(hook: Any) -> tuple[list[object], list[str]]:
    found: list[object] = []
    try:
        given = hook()
        if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
            return [], [f"{HOOK}() gave {type(given).__name__}, not a list of charts"]
        found.extend(islice(given, MOST_CHARTS + 1))
    except NOT_ITS_OWN:
        raise
    except BaseException as error:  # noqa: BLE001  whatever the author's code raises costs its charts, not its metrics
        return [], [f"{HOOK}() raised {said(error)}"]
    if len(found) > MOST_CHARTS:
        return [], [f"{HOOK}() gives more than {MOST_CHARTS} charts; offer the ones that matter"]
    return found, []
