"""Whether another calendar costs more: periods are looked up by day, so it shouldn't."""

from __future__ import annotations

from pathlib import Path

from bench.contestants.contestant import Contestant
from bench.contestants.tallymark import Tallymark
from bench.data.tenant import tenant
from bench.measure import rounds
from bench.question import whole_catalogue
from bench.results import Result, results_of


def measure(size: str, folder: Path, runs: int) -> list[Result]:
    """Thirteen Gregorian months, thirteen Jalali ones."""
    data = tenant(size, folder=folder)
    contestants: list[Contestant] = []
    for calendar in ("gregorian", "jalali"):
        contestant = Tallymark(data, whole_catalogue(calendar))
        contestant.name = f"{calendar.title()} months"
        contestant.open()
        contestants.append(contestant)
    timings = rounds(contestants, runs)
    notes: dict[str, dict[str, str | float]] = {each.name: {"cells": len(each.asked)} for each in timings}
    return results_of("calendars", size, timings, {}, notes)
