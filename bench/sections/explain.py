"""The rows behind a cell of a large tenant."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bench.results import Result

MODULE = "tallymark.engine.explain"


def measure(size: str, _folder: Path, _runs: int) -> list[Result]:
    """How long it takes to find the rows of cells of flows, stocks, ratios and cohorts."""
    if find_spec(MODULE) is None:
        return [
            Result(
                section="explain", size=size, name="not there yet: the engine has no `explain`", wall=[0.0]
            )
        ]
    raise NotImplementedError("tallymark.engine.explain has come: measure it here")
