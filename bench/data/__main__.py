"""Make a tenant: python -m bench.data --size 1m."""

from __future__ import annotations

import time
from pathlib import Path

import click
import pyarrow.parquet as pq

from bench.data.sizes import SIZES
from bench.data.tenant import FOLDER, tenant


@click.command()
@click.option("--size", type=click.Choice(list(SIZES)), required=True, help="How large the tenant is.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="Where it is kept."
)
@click.option("--variant", default=0, help="Another tenant of the same size.")
def main(size: str, folder: Path, variant: int) -> None:
    """Make a tenant of a size where it isn't there yet, and print the rows of its datasets."""
    started = time.perf_counter()
    data = tenant(size, folder=folder, variant=variant)
    print(f"{data.folder} in {time.perf_counter() - started:.1f} s")
    for name, files in data.files.items():
        rows = sum(pq.read_metadata(file).num_rows for file in files)
        print(f"{name:22} {rows:12,}  {sum(file.stat().st_size for file in files) / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
