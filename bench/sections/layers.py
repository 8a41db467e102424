"""Eight KPIs × six groupings, beside MetricFlow and boring-semantic-layer."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from bench.answers import compare
from bench.contestants.contestant import Contestant
from bench.contestants.layers import Layer, question
from bench.contestants.tallymark import Tallymark
from bench.data.tenant import tenant
from bench.layers.prepared import prepared_tables
from bench.measure import rounds
from bench.results import Result, results_of


def measure(size: str, folder: Path, runs: int) -> list[Result]:
    """On the raw tables, and on tables as narrow as our facts."""
    data, asked = tenant(size, folder=folder), question()
    narrow = prepared_tables(data)
    contestants: list[Contestant] = [Tallymark(data, asked)]
    for layer in ("metricflow", "bsl"):
        contestants.append(Layer(layer, folder, data, asked))
        contestants.append(
            Layer(layer, folder, data, asked, files=narrow, views="prepared.sql", on="prepared tables")
        )
    with ExitStack() as stack:
        for contestant in contestants:
            contestant.open()
            stack.callback(contestant.close)
        timings = rounds(contestants, runs)
        ours = contestants[0].read(timings[0].asked)
        checks = {
            each.name: str(compare(ours, each.read(timing.asked), asked))
            for each, timing in zip(contestants[1:], timings[1:], strict=True)
        }
    return results_of("layers", size, timings, checks, {})
