"""How fast a CSV file is read: makes one of a million rows and twelve columns, prints rows a second and peak memory.

Usage: python bench/import_csv.py [ROWS]
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from tallymark_connectors.csv_xlsx import Mapping, mapping_from_toml, read

COLUMNS = "Id,Name,Account,Owner,Stage,Amount,Opened,Closed,Source,Number,Region,Note"
MAPPING = """
dataset = "opportunities"
currency = "USD"
[columns]
id = "Id"
name = "Name"
account_id = "Account"
rep_id = "Owner"
amount = "Amount"
opened_at = "Opened"
closed_at = "Closed"
status = { from = "Stage", values = { "*" = "open", Won = "won", Lost = "lost" } }
source = "Source"
region_id = "Region"
"""


def write(path: Path, rows: int) -> None:
    """A CRM export: ids, names, times and amounts that hardly repeat, and a few columns that do."""
    stages, sources = ("New", "Offer", "Won", "Lost"), ("Web", "Trade fair", "Referral", "")
    with path.open("w", encoding="utf-8") as file:
        file.write(COLUMNS + "\n")
        for n in range(rows):
            file.write(
                f"006{n:012},Deal number {n},001{n % 9999:08},005{n % 99:04},{stages[n % 4]},"
                f"{n * 37 % 900_000}.{n % 90 + 10},"
                f"20{n % 6 + 15}-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:{n % 59:02},"
                f"{n % 12 + 1}/{n % 28 + 1}/2021,{sources[n % 4]},{n},R{n % 7},Việt Nam {n % 1000}\n"
            )


def measure(path: Path, mapping: Mapping) -> tuple[int, float]:
    """Rows read, and the seconds of processor time that took."""
    started = time.process_time()
    batches = read(path, mapping, source_id="bench", timezone="Asia/Ho_Chi_Minh")
    rows = sum(batch.batch.num_rows for batch in batches)
    return rows, time.process_time() - started


def main() -> None:
    """Run it and print one line."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        write(path, rows)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        read_rows, seconds = measure(path, mapping_from_toml(MAPPING))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{read_rows:,} rows in {seconds:.1f} s of processor time ({read_rows / seconds:,.0f} rows/s), "
        f"peak {peak // 1024} MB ({(peak - before) // 1024} MB for reading)"
    )


if __name__ == "__main__":
    main()
