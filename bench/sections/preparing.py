"""What making all facts costs beside writing the snapshot."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow.parquet as pq

from bench.contestants.tallymark import Tallymark
from bench.data.tenant import tenant
from bench.data.write import ROW_GROUP
from bench.measure import Timing, rounds
from bench.question import whole_catalogue
from bench.results import Result, results_of
from tallymark.engine.session import TenantData


class Writing:
    """Writing the snapshot's files from rows in memory, as the lake does: zstd, a dataset after another."""

    name = "writing the snapshot alone"

    def __init__(self, data: TenantData) -> None:
        self.data = data
        self.folder = data.folder / "written"

    def seconds(self) -> tuple[float, float]:
        """On the clock and of the processor; reading the rows isn't counted."""
        self.folder.mkdir(exist_ok=True)
        wall = cpu = 0.0
        for name, files in self.data.files.items():
            table = pq.read_table(files[0])
            started, used = time.perf_counter(), time.process_time()
            options = {"compression": "zstd", "compression_level": 1, "row_group_size": ROW_GROUP}
            pq.write_table(table, self.folder / f"{name}.parquet", **options)
            wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - used
            (self.folder / f"{name}.parquet").unlink()
        return wall, cpu


def measure(size: str, folder: Path, runs: int) -> list[Result]:
    """In turn: writing, and asking with no facts less asking with facts."""
    data, asked = tenant(size, folder=folder), whole_catalogue()
    writing, written = Writing(data), Timing(Writing.name)
    with_facts, without = Tallymark(data, asked), Tallymark(data, asked, state="preparing")
    with_facts.open()
    preparing = Timing("making all facts")
    for _ in range(min(runs, 3)):
        wall, cpu = writing.seconds()
        written.wall.append(wall)
        written.cpu.append(cpu)
        made = rounds([without], 1, warm=False)[0]
        had = rounds([with_facts], 1, warm=False)[0]
        preparing.wall.append(made.wall[0] - had.wall[0])
        preparing.cpu.append(made.cpu[0] - had.cpu[0])
    return results_of("preparing", size, [written, preparing], {}, {})
