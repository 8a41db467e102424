"""The rows behind a cell of a large tenant."""

from __future__ import annotations

from pathlib import Path

from bench.explain import measured, timing
from bench.results import Result, results_of


def measure(size: str, folder: Path, runs: int) -> list[Result]:
    """How long it takes to find the rows of cells of flows, stocks, ratios and medians."""
    found = [(timing(case), told.total) for case, told in measured(size, folder, runs)]
    notes: dict[str, dict[str, str | float]] = {each.name: {"rows": rows} for each, rows in found}
    return results_of("explain", size, [each for each, _ in found], {}, notes)
