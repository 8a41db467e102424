"""The pytest plugin: fixtures for a pack's own tests, and hints after the summary.

It loads with every run of pytest in an environment that has the SDK, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from tallymark_sdk.reference import ReferenceEvaluator

_HINTS = pytest.StashKey[dict[str, None]]()


def note_hints(config: pytest.Config, hints: Iterable[str]) -> None:
    """Keep hints for the end of the run."""
    config.stash.setdefault(_HINTS, {}).update(dict.fromkeys(hints))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the hints: what isn't wrong but is worth a look."""
    hints = config.stash.get(_HINTS, None) or {}
    for number, hint in enumerate(hints):
        if number == 0:
            terminalreporter.section("hints of tallymark")
        terminalreporter.write_line(hint)


@pytest.fixture
def reference() -> Callable[..., ReferenceEvaluator]:
    """Makes an evaluator over rows, for tests of a pack's own; dates and base amounts are made as the load would.

    In a test: `reference({"opportunities": [{"id": "1", "closed_on": date(2026, 6, 30)}]}).value(WON, june)`.
    """
    return _reference


def _reference(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], calendar: str = "gregorian", *, time_zone: str = "UTC"
) -> ReferenceEvaluator:
    from tallymark_sdk.calendars import calendar as named
    from tallymark_sdk.testing.bench import Bench
    from tallymark_sdk.testing.installed import installed_metrics
    from tallymark_sdk.testing.rows import whole_rows

    whole = whole_rows(
        {name: [dict(row) for row in given] for name, given in rows.items()}, ZoneInfo(time_zone)
    )
    return Bench(whole, named(calendar), installed_metrics())
