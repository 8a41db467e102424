"""Measure: python -m bench.run --size 100k --size 1m (`make bench` does)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from bench.data.sizes import SIZES
from bench.data.tenant import FOLDER
from bench.results import Result, keep, told

SECTIONS = (
    "catalogue",
    "by-hand",
    "layers",
    "small",
    "calendars",
    "change",
    "preparing",
    "explain",
    "growth",
)
TITLES = {
    "catalogue": "the whole catalogue × 13 months × total and up to five breakdowns each",
    "by-hand": "the KPIs written by hand × 13 months × total and up to five breakdowns each",
    "layers": "eight KPIs × six groupings × 13 months",
    "small": "small tenants, the whole catalogue",
    "calendars": "the whole catalogue in months of two calendars",
    "change": "after a change of one row in a hundred",
    "preparing": "what a sync does besides writing the snapshot",
    "explain": "the rows behind a cell",
    "growth": "the whole catalogue as the tenant grows",
}
POSTGRES_UP_TO = 1_000_000


@click.command()
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)), default=("5k", "100k", "1m"))
@click.option("--runs", default=5, show_default=True, help="How often each is asked after the first time.")
@click.option("--only", multiple=True, type=click.Choice(SECTIONS), help="These tables; all without it.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where tenants are kept.",
)
@click.option(
    "--keep/--forget", "kept", default=True, help="Whether to put the results in bench/results.json."
)
def main(sizes: tuple[str, ...], runs: int, only: tuple[str, ...], folder: Path, *, kept: bool) -> None:
    """Measure every table for every size, print it, and keep the results."""
    for section in only or SECTIONS:
        for size, ask in _asked(section, sizes, folder, runs):
            started = time.perf_counter()
            print(f"\n{TITLES[section]}{f', {size} opportunities' if size else ''}", flush=True)
            results = ask()
            print(told(results))
            print(f"  ({time.perf_counter() - started:.0f} s for measuring)", flush=True)
            if kept:
                keep(results)


def _asked(
    section: str, sizes: tuple[str, ...], folder: Path, runs: int
) -> list[tuple[str, Callable[[], list[Result]]]]:
    """(size, what measures it) of a table; imported here so that one table can be had without the others' needs."""
    largest = max(sizes, key=lambda size: SIZES[size].deals)
    match section:
        case "catalogue":
            from bench.sections.side_by_side import measure_catalogue

            return [(size, partial(measure_catalogue, size, folder, runs)) for size in sizes]
        case "by-hand":
            from bench.sections.side_by_side import measure_by_hand

            return [
                (size, partial(measure_by_hand, size, folder, runs, postgres=_fits(size))) for size in sizes
            ]
        case "layers":
            from bench.sections import layers

            return [(size, partial(layers.measure, size, folder, runs)) for size in sizes if _fits(size)]
        case "small":
            from bench.sections import small

            return [("5k", lambda: small.measure(folder, runs))]
        case "growth":
            from bench.sections import growth

            return [("", lambda: growth.measure(sizes, folder, runs))]
        case "calendars":
            from bench.sections import calendars

            return [(largest, lambda: calendars.measure(largest, folder, runs))]
        case "change":
            from bench.sections import change

            return [(largest, lambda: change.measure(largest, folder, runs))]
        case "preparing":
            from bench.sections import preparing

            return [(largest, lambda: preparing.measure(largest, folder, runs))]
        case _:
            from bench.sections import explain

            return [(largest, lambda: explain.measure(largest, folder, runs))]


def _fits(size: str) -> bool:
    return SIZES[size].deals <= POSTGRES_UP_TO


if __name__ == "__main__":
    main()
