"""What asking costs again after a small sync: all anew, only what changed, and the newest month alone.

    .venv/bin/python -m bench.recompute --size 100k

One row in a hundred of the datasets that move comes again (`bench.data.change`). Preparation and asking are measured
apart, in turn within each round, on the same changed snapshot; the cells of both ways are checked to be equal.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.data.change import changed
from bench.data.tenant import tenant
from bench.question import AS_OF, MonthlyTarget, Question, whole_catalogue
from tallymark.engine import TenantData, compute
from tallymark.engine.cells import Cells
from tallymark.plugins.registry import registry

KEPT = "kept.values"


def main() -> None:
    """Measure and print medians of wall and processor seconds, and ratios to a full run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="100k")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    base = tenant(given.size)
    with tempfile.TemporaryDirectory(dir=base.folder, prefix="recompute-") as folder:
        _report(_measured(base, Path(folder), given.runs))


def _measured(base: TenantData, folder: Path, runs: int) -> dict[str, list[tuple[float, float]]]:
    asked, newest = whole_catalogue(), whole_catalogue(months=1)
    before, data = folder / "before", changed(base)
    _ask(dataclasses.replace(base, facts=before), asked)
    values = (before / KEPT).read_bytes()
    anew, after = folder / "anew", folder / "after"
    full = dataclasses.replace(data, facts=anew, keep_values=False)
    again = dataclasses.replace(data, facts=after)
    shutil.copytree(before, after)
    found: dict[str, list[tuple[float, float]]] = {"all facts and cells anew": [_ask(full, asked)[1]]}
    found["facts remade, only what changed computed"] = [_ask(again, asked)[1]]
    for _ in range(runs):
        whole, seconds = _ask(full, asked)
        found.setdefault("all cells, facts there", []).append(seconds)
        (after / KEPT).write_bytes(values)
        cells, seconds = _ask(again, asked)
        found.setdefault("only what changed, facts there", []).append(seconds)
        found.setdefault("nothing changed", []).append(_ask(again, asked)[1])
        found.setdefault("the newest month alone", []).append(_ask(full, newest)[1])
    if list(cells) != list(whole):
        raise SystemExit("The cells differ: what was kept isn't what a full run computes.")
    return found


def _ask(data: TenantData, asked: Question) -> tuple[Cells, tuple[float, float]]:
    wall, cpu = time.perf_counter(), time.process_time()
    cells = compute(
        registry(), asked.keys, asked.periods, asked.by,
        data=data, calendar=asked.calendar, as_of=AS_OF, targets=MonthlyTarget(), threads=2,
    )  # fmt: skip
    return cells, (time.perf_counter() - wall, time.process_time() - cpu)


def _report(found: dict[str, list[tuple[float, float]]]) -> None:
    told = {name: [median(each) for each in zip(*seconds, strict=True)] for name, seconds in found.items()}
    first = "all facts and cells anew"
    whole, warm = told[first], told["all cells, facts there"]
    print(f"{'':44}{'wall s':>9}{'cpu s':>9}{'of all anew':>13}{'of all cells':>13}")
    for name, (wall, cpu) in told.items():
        print(f"{name:44}{wall:9.3f}{cpu:9.3f}{cpu / whole[1]:13.2f}{cpu / warm[1]:13.2f}")
    print("Ratios are of processor time; the cells are equal.")


if __name__ == "__main__":
    main()
